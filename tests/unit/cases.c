/*
 * Every rule's own examples: tests/cases/<rule-id>/{pass,fail}-*.yaml. A pass file gives no finding
 * of that rule; a fail file gives those of its .expect, one a line:
 *
 *     LINE:COLUMN SEVERITY PATH | MESSAGE | EFFECT | FIX
 *
 * The objects of a file are one bundle. Comments at its beginning: "# profile: NAME" (otherwise
 * generic) or "# policy: policy-NAME.yaml", a file beside the case; "# whole": the inventory is
 * that of a live cluster; "# patch": the first object is a kustomize patch; "# create", "# update"
 * and "# delete": a write at the API server, of the first object, which an update changes into the
 * second; "# dry-run" of it, after it; "# bucket: NAME.bucket", a file beside the case: what
 * buckets said (bucket_file.h). wrong.bucket and right.bucket are also what those of the rule's
 * examples say (checks_examples.c). The clock stands still. GUARD_WRITE_EXPECT=1 (or a rule's id)
 * writes the .expect files instead of comparing them: read what it wrote.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "base/utc.h"
#include "bucket_file.h"
#include "checks/table.h"
#include "cmd/cmd.h"
#include "cure.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define CASES "tests/cases"
#define CLOCK "2026-08-26T10:20:30Z"

struct run {
	struct arena *arena;
	int64_t now;
	struct str file, rule;
	struct policy *policy;
	bool judged;
	struct buf actual;    /* of one file */
	struct buf complaint; /* of all */
	struct cure *cure;    /* not NULL: the remedies are tried, and nothing is compared */
};

/* One line, whatever a value of the example holds. */
static void add_part(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < 0x20 || c == 0x7f)
			buf_fmt(out, "\\x%02x", c);
		else
			buf_byte(out, s.ptr[i]);
	}
}

static void add_finding(struct buf *out, const struct finding *f)
{
	const struct str parts[] = {f->message, f->effect, f->fix};

	buf_fmt(out, "%u:%u %s ", f->pos.line, f->pos.column, severity_name(f->severity));
	add_part(out, f->path);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		buf_text(out, parts[i].len ? " | " : " |");
		add_part(out, parts[i]);
	}
	buf_byte(out, '\n');
}

static void judged(void *ctx, const struct object *object, const struct verdict *verdict)
{
	struct run *run = ctx;

	(void)object;
	run->judged = true;
	for (size_t i = 0; i < verdict->findings.len; i++)
		if (str_is(run->rule, verdict->findings.items[i].rule->id))
			add_finding(&run->actual, &verdict->findings.items[i]);
}

static bool read_beside(struct run *run, struct str name, struct str *out, struct err *err)
{
	size_t folder = run->file.len;

	while (run->file.ptr[folder - 1] != '/')
		folder--;
	struct str path =
		arena_fmt(run->arena, "%.*s%.*s", (int)folder, run->file.ptr, STR_ARG(name));
	return file_read(run->arena, path, LIMIT_FILE_BYTES, out, err);
}

static bool read_bucket(struct run *run, struct str name, struct scene *scene, struct err *err)
{
	struct probes *probes = ARENA_NEW(run->arena, struct probes);
	struct str text;

	scene->probes = probes;
	return read_beside(run, name, &text, err) &&
	       (bucket_file_read(text, run->arena, probes, err) ||
		err_within(err, "%.*s:%u: ", STR_ARG(name), err->line));
}

/* One of the comments with which a case begins. */
static bool read_option(struct run *run, struct str line, struct scene *scene, struct err *err)
{
	const struct str profile = STR("# profile: "), file = STR("# policy: "),
			 bucket = STR("# bucket: ");
	struct str text;
	bool write = true;

	if (str_has_prefix(line, file))
		return read_beside(run, str_slice(line, file.len, line.len), &text, err) &&
		       policy_from_yaml(text, &run->policy, err);
	if (str_has_prefix(line, bucket))
		return read_bucket(run, str_slice(line, bucket.len, line.len), scene, err);
	if (str_has_prefix(line, profile))
		return policy_from_profile(str_slice(line, profile.len, line.len), &run->policy,
					   err);
	if (str_is(line, "# update")) {
		scene->first_is_old = true;
		scene->operation = OP_UPDATE;
	} else if (str_is(line, "# delete")) {
		scene->whole = true;
		scene->operation = OP_DELETE;
	} else if (!str_is(line, "# create")) {
		write = false;
	}
	scene->admission |= write;
	scene->dry_run |= str_is(line, "# dry-run");
	scene->whole |= str_is(line, "# whole");
	scene->first_is_part |= str_is(line, "# patch");
	scene->live |= str_is(line, "# live");
	return true;
}

static bool read_options(struct run *run, struct str text, struct scene *scene)
{
	struct str line;
	struct err err;

	while (str_split(&text, '\n', &line) && str_has_prefix(line, STR("# "))) {
		if (read_option(run, line, scene, &err))
			continue;
		buf_fmt(&run->complaint, "%.*s: %s\n", STR_ARG(run->file), err.msg);
		return false;
	}
	return run->policy || policy_from_profile(STR("generic"), &run->policy, &err);
}

static bool judge_file(struct run *run)
{
	struct scene scene = {0};
	struct str text;
	struct doc_list docs;
	struct err err;

	run->actual = BUF_ARENA(run->arena);
	run->policy = NULL;
	run->judged = false;
	if (!file_read(run->arena, run->file, LIMIT_FILE_BYTES, &text, &err) ||
	    !doc_read_yaml(run->arena, text, &docs, &err)) {
		buf_fmt(&run->complaint, "%.*s:%u: %s\n", STR_ARG(run->file), err.line, err.msg);
		return false;
	}
	if (!read_options(run, text, &scene))
		return false;
	scene.policy = run->policy;
	scene.now = run->now;
	scene.arena = run->arena;
	if (run->cure)
		cure_try(run->cure, &scene, run->file, text, arena_cstr(run->arena, run->rule));
	else
		scene_judge(&scene, &docs, judged, run);
	policy_drop(run->policy);
	if (run->cure)
		return true;
	if (!run->judged)
		buf_fmt(&run->complaint, "%.*s: nothing that a rule reads\n", STR_ARG(run->file));
	return true;
}

static bool writes(const struct run *run)
{
	const char *what = getenv("GUARD_WRITE_EXPECT");

	return what && (strcmp(what, "1") == 0 || str_is(run->rule, what));
}

static void write_expected(struct run *run, struct str path)
{
	FILE *f = fopen(arena_cstr(run->arena, path), "w");
	struct str text = buf_slice(&run->actual);

	cr_assert(f, "%.*s", STR_ARG(path));
	fwrite(text.ptr, 1, text.len, f);
	fclose(f);
}

/* The lines that are in `a` and not in `b`. */
static void add_missing(struct buf *out, const char *mark, struct str a, struct str b)
{
	struct str line;

	while (str_split(&a, '\n', &line)) {
		struct str rest = b, other;
		bool there = !line.len;

		while (!there && str_split(&rest, '\n', &other))
			there = str_eq(line, other);
		if (!there)
			buf_fmt(out, "  %s %.*s\n", mark, STR_ARG(line));
	}
}

static void compare(struct run *run, bool fails)
{
	struct str actual = buf_slice(&run->actual), expected = STR_EMPTY;
	struct err err;
	struct str path =
		arena_fmt(run->arena, "%.*s.expect", (int)run->file.len - 5, run->file.ptr);

	if (fails && writes(run))
		write_expected(run, path);
	if (fails && !file_read(run->arena, path, LIMIT_FILE_BYTES, &expected, &err))
		buf_fmt(&run->complaint, "%.*s: %s\n", STR_ARG(path), err.msg);
	if (fails && !actual.len)
		buf_fmt(&run->complaint, "%.*s: nothing was found\n", STR_ARG(run->file));
	if (str_eq(actual, expected))
		return;
	buf_fmt(&run->complaint, "%.*s: findings differ (- expected, + found)\n",
		STR_ARG(run->file));
	add_missing(&run->complaint, "-", expected, actual);
	add_missing(&run->complaint, "+", actual, expected);
}

static bool is_case(struct str name, const char *prefix)
{
	return str_has_prefix(name, str_from(prefix)) && str_has_suffix(name, STR(".yaml"));
}

static void run_rule(struct run *run, const char *id)
{
	DIR *folder = opendir(arena_cstr(run->arena, arena_fmt(run->arena, CASES "/%s", id)));
	size_t pass = 0, fail = 0;

	run->rule = str_from(id);
	for (struct dirent *e; folder && (e = readdir(folder));) {
		struct str name = str_from(e->d_name);
		bool fails = is_case(name, "fail-");

		if (!fails && !is_case(name, "pass-"))
			continue;
		fail += fails;
		pass += !fails;
		run->file = arena_fmt(run->arena, CASES "/%s/%s", id, e->d_name);
		if (judge_file(run) && !run->cure)
			compare(run, fails);
	}
	if (folder)
		closedir(folder);
	if (!pass || !fail)
		buf_fmt(&run->complaint, "%s: %zu pass and %zu fail cases, at least one each\n", id,
			pass, fail);
}

Test(cases, each_rule_says_what_its_examples_expect)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct run run = {.arena = arena, .complaint = BUF_ARENA(arena)};

	cr_assert(utc_parse(STR(CLOCK), &run.now));
	for (size_t i = 0; i < rules_len; i++)
		run_rule(&run, rules[i].id);
	cr_assert(!run.complaint.len, "\n%.*s", STR_ARG(buf_slice(&run.complaint)));
}

Test(cases, each_remedy_cures)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct cure cure = {.complaint = BUF_ARENA(arena)};
	struct run run = {.arena = arena, .complaint = BUF_ARENA(arena), .cure = &cure};

	cr_assert(utc_parse(STR(CLOCK), &run.now));
	for (size_t i = 0; i < rules_len; i++)
		run_rule(&run, rules[i].id);
	cr_assert(!cure.complaint.len, "\n%.*s", STR_ARG(buf_slice(&cure.complaint)));
	cr_assert(cure.edited > 30 && cure.printed > 100, "%zu edited, %zu printed", cure.edited,
		  cure.printed);
}

/* Some case of the folder names it, or the rule's examples do. */
static bool is_used(const char *folder, const char *name, struct arena *a)
{
	DIR *d = opendir(arena_cstr(a, arena_fmt(a, CASES "/%s", folder)));
	struct str comment = arena_fmt(a, "# bucket: %s\n", name), text;
	bool used = strcmp(name, "wrong.bucket") == 0 || strcmp(name, "right.bucket") == 0;
	struct err err;

	for (struct dirent *e; d && !used && (e = readdir(d));)
		used = str_has_suffix(str_from(e->d_name), STR(".yaml")) &&
		       file_read(a, arena_fmt(a, CASES "/%s/%s", folder, e->d_name),
				 LIMIT_FILE_BYTES, &text, &err) &&
		       str_contains(text, comment);
	if (d)
		closedir(d);
	return used;
}

/* A folder that is no rule, or a file that the loop above would pass by. */
static void find_strays(const char *folder, struct buf *complaint, struct arena *a)
{
	DIR *d = opendir(arena_cstr(a, arena_fmt(a, CASES "/%s", folder)));

	for (struct dirent *e; d && (e = readdir(d));) {
		struct str name = str_from(e->d_name);
		struct str yaml = arena_fmt(a, CASES "/%s/%.*s.yaml", folder,
					    (int)(name.len > 7 ? name.len - 7 : 0), name.ptr);
		FILE *beside = NULL;

		if (e->d_name[0] == '.' || is_case(name, "fail-") || is_case(name, "pass-") ||
		    is_case(name, "policy-") ||
		    (str_has_suffix(name, STR(".bucket")) && is_used(folder, e->d_name, a)))
			continue;
		if (str_has_suffix(name, STR(".expect")))
			beside = fopen(arena_cstr(a, yaml), "r");
		if (beside)
			fclose(beside);
		else
			buf_fmt(complaint, "%s/%s: belongs to no case\n", folder, e->d_name);
	}
	if (d)
		closedir(d);
}

Test(cases, each_folder_and_file_belongs_to_a_rule)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct buf complaint = BUF_ARENA(arena);
	DIR *d = opendir(CASES);

	cr_assert(d);
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		if (!rule_find(str_from(e->d_name)))
			buf_fmt(&complaint, "%s: no rule has this id\n", e->d_name);
		find_strays(e->d_name, &complaint, arena);
	}
	closedir(d);
	cr_assert(!complaint.len, "\n%.*s", STR_ARG(buf_slice(&complaint)));
}
