/*
 * What rules see of a neighbour is what cnpg/reduce.c keeps of it: every case of tests/cases says
 * the same beside its neighbours whole and reduced, in audits and where a write is judged; and of
 * each row of the table some case would say something else without it.
 */
#include "bucket_file.h"
#include "cnpg/reduce.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/utc.h"
#include "cnpg/inventory.h"
#include "engine/engine.h"
#include "checks/table.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <string.h>

#define REDUCED (KIND_CLUSTER | KIND_OBJECT_STORE | KIND_SCHEDULED_BACKUP)

enum { MOST = 64 };

/* The objects of one case, and what became of them. */
struct play {
	struct arena *arena;
	struct policy *policy;
	bool updates; /* the first becomes the second */
	struct object whole[MOST], seen[MOST];
	size_t len;
	struct probes probes;
	bool asked; /* `probes` is what buckets said */
};

static const int64_t now = 20691 * (int64_t)UTC_DAY; /* 2026-08-26 */

static void add_object(void *ctx, struct obj root)
{
	struct play *p = ctx;

	if (p->len < MOST && object_read(root, &p->whole[p->len]) && p->whole[p->len].kind)
		p->len++;
}

static bool read_policy(struct play *p, struct str file, struct str line)
{
	const struct str profile = STR("# profile: "), beside = STR("# policy: ");
	struct str folder = file, bytes;
	struct err err;

	if (str_has_prefix(line, profile))
		return policy_from_profile(str_slice(line, profile.len, line.len), &p->policy,
					   &err);
	if (!str_has_prefix(line, beside))
		return true;
	while (folder.ptr[folder.len - 1] != '/')
		folder.len--;
	return file_read(p->arena,
			 arena_fmt(p->arena, "%.*s%.*s", STR_ARG(folder),
				   STR_ARG(str_slice(line, beside.len, line.len))),
			 LIMIT_FILE_BYTES, &bytes, &err) &&
	       policy_from_yaml(bytes, &p->policy, &err);
}

/* What buckets said, in a file beside the case. */
static void read_bucket(struct play *p, const char *path, struct str line)
{
	const struct str bucket = STR("# bucket: ");
	const char *name = strrchr(path, '/') + 1;
	struct str text;
	struct err err;

	if (!str_has_prefix(line, bucket))
		return;
	struct str file = arena_fmt(p->arena, "%.*s%.*s", (int)(name - path), path,
				    STR_ARG(str_slice(line, bucket.len, line.len)));
	cr_assert(file_read(p->arena, file, LIMIT_FILE_BYTES, &text, &err), "%s", err.msg);
	cr_assert(bucket_file_read(text, p->arena, &p->probes, &err), "%s", err.msg);
	p->asked = true;
}

static struct play *read_case(struct arena *a, const char *path)
{
	struct play *p = ARENA_NEW(a, struct play);
	struct str text, rest, line;
	struct doc_list docs;
	struct err err;

	p->arena = a;
	cr_assert(file_read(a, str_from(path), LIMIT_FILE_BYTES, &text, &err), "%s", err.msg);
	cr_assert(doc_read_yaml(a, text, &docs, &err), "%s: %s", path, err.msg);
	for (size_t i = 0; i < docs.len; i++)
		object_each(doc_root(docs.docs[i]), add_object, p);
	for (rest = text; str_split(&rest, '\n', &line) && str_has_prefix(line, STR("# "));) {
		p->updates |= str_is(line, "# update") && p->len > 1;
		cr_assert(read_policy(p, str_from(path), line), "%s", path);
		read_bucket(p, path, line);
	}
	cr_assert(p->policy || policy_from_profile(STR("generic"), &p->policy, &err));
	return p;
}

/* What stands in the cluster. NULL: as it is. True when a row is missed by any. */
static bool reduce(struct play *p, const struct reduce_table *table)
{
	bool differs = false;

	for (size_t i = 0; i < p->len; i++) {
		struct object all, *seen = &p->seen[i];

		*seen = p->whole[i];
		if (!table || !(seen->kind & REDUCED))
			continue;
		object_reduce(p->whole[i].root, seen->kind, p->arena, &all);
		object_reduce_by(table, p->whole[i].root, seen->kind, p->arena, seen);
		differs |= !obj_equal(all.root, seen->root);
	}
	return differs;
}

/* It looks at every annotation of the object itself, of which an audit knows ours. */
#define OF_ANNOTATIONS "schedule-timezone-assumption"

static void judge(const struct play *p, struct judge_request *request, struct buf *out)
{
	struct verdict v;

	request->now = now;
	request->probes = p->asked && !request->admission ? &p->probes : NULL;
	engine_judge(p->policy, request, p->arena, &v);
	buf_fmt(out, "%d %.*s\n", (int)v.reason, STR_ARG(v.exempted_by));
	for (size_t i = 0; i < v.findings.len; i++) {
		const struct finding *f = &v.findings.items[i];

		if (!request->admission && strcmp(f->rule->id, OF_ANNOTATIONS) == 0)
			continue;
		buf_fmt(out, "%s %s %.*s: ", f->rule->id, severity_name(f->severity),
			STR_ARG(f->path));
		finding_sentence(f, out);
		buf_byte(out, '\n');
	}
}

/* What is live but for one, or for none (p->len). */
static struct inventory *all_but(const struct play *p, size_t one)
{
	struct inventory *inventory = inventory_new(p->arena);

	inventory_is_whole(inventory);
	for (size_t i = 0; i < p->len; i++)
		if (i != one)
			inventory_add(inventory, &p->seen[i], STR_EMPTY, 0);
	inventory_settle(inventory);
	return inventory;
}

static void audit(const struct play *p, struct buf *out)
{
	struct backups *backups = backups_new(p->arena, now);
	struct judge_request request = {
		.operation = OP_UPDATE, .inventory = all_but(p, p->len), .backups = backups};

	for (size_t i = 0; i < p->len; i++)
		if (p->whole[i].kind == KIND_BACKUP)
			backups_note(backups, p->whole[i].root);
	for (size_t i = 0; i < p->len; i++) {
		request.object = &p->seen[i];
		if (p->seen[i].kind & REDUCED)
			judge(p, &request, out);
	}
	backups_free(backups);
}

/* Each is made beside the others, and taken away; and the one is changed that the case says. */
static void write(const struct play *p, struct buf *out)
{
	for (size_t i = 0; i < p->len; i++) {
		struct judge_request request = {.operation = OP_CREATE,
						.object = &p->whole[i],
						.inventory = all_but(p, i),
						.admission = true};

		judge(p, &request, out);
		request.operation = OP_DELETE;
		request.inventory = all_but(p, p->len);
		judge(p, &request, out);
	}
	if (p->updates)
		judge(p,
		      &(struct judge_request){.operation = OP_UPDATE,
					      .old = &p->whole[0],
					      .object = &p->whole[1],
					      .inventory = all_but(p, 1),
					      .admission = true},
		      out);
}

static struct str said(struct play *p)
{
	struct buf out = BUF_ARENA(p->arena);

	audit(p, &out);
	write(p, &out);
	return buf_slice(&out);
}

typedef void case_fn(void *ctx, const char *path, struct play *p);

static void each_case(case_fn *each, void *ctx)
{
	CLEANUP(arena) struct arena *a = arena_new();
	glob_t pass, fail;

	cr_assert_eq(glob("tests/cases/*/pass-*.yaml", 0, NULL, &pass), 0);
	cr_assert_eq(glob("tests/cases/*/fail-*.yaml", 0, NULL, &fail), 0);
	for (size_t i = 0; i < pass.gl_pathc + fail.gl_pathc; i++) {
		const char *path =
			i < pass.gl_pathc ? pass.gl_pathv[i] : fail.gl_pathv[i - pass.gl_pathc];
		struct play *p = read_case(a, path);

		each(ctx, path, p);
		policy_drop(p->policy);
		arena_reset(a);
	}
	globfree(&pass);
	globfree(&fail);
}

static void compare(void *ctx, const char *path, struct play *p)
{
	size_t *cases = ctx;

	reduce(p, NULL);
	struct str whole = said(p);
	reduce(p, &reduce_table);
	struct str reduced = said(p);

	cr_expect(str_eq(whole, reduced), "%s\nwhole:\n%.*sreduced:\n%.*s", path, STR_ARG(whole),
		  STR_ARG(reduced));
	++*cases;
}

Test(cnpg_reduce, every_case_says_the_same_beside_whole_and_reduced_neighbours)
{
	size_t cases = 0;

	each_case(compare, &cases);
	cr_assert_gt(cases, 100);
}

static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP};

/* Rows without which, for one kind, nothing was said otherwise, yet. */
struct needless {
	bool row[128][ARRAY_LEN(kinds)];
};

/* What is said with all rows, for which `with` remembers it, is said without one. */
static bool says_the_same(struct play *p, const struct reduce_table *without, struct str *with)
{
	if (!reduce(p, without))
		return true;
	struct str left = said(p);
	if (!with->len) {
		reduce(p, &reduce_table);
		*with = said(p);
	}
	return str_eq(*with, left);
}

static void drop_rows(void *ctx, const char *path, struct play *p)
{
	struct needless *needless = ctx;
	struct reduce_row rows[ARRAY_LEN(needless->row)];
	const struct reduce_table without = {rows, reduce_table.len};
	struct str with = STR_EMPTY;

	(void)path;
	memcpy(rows, reduce_table.rows, reduce_table.len * sizeof *rows);
	for (size_t i = 0; i < reduce_table.len; i++) {
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			rows[i].kinds &= ~(unsigned)kinds[k];
			if (needless->row[i][k])
				needless->row[i][k] = says_the_same(p, &without, &with);
			rows[i].kinds = reduce_table.rows[i].kinds;
		}
	}
}

/* The table of an audit shows the first, and a rule of buckets reads the second: no bucket is asked
 * here. tests/kube and tests/probe hold them. */
static bool is_elsewhere(const char *row)
{
	return strncmp(row, "firstRecoverabilityPoint", 24) == 0 ||
	       strcmp(row, "pgDataImageInfo") == 0;
}

Test(cnpg_reduce, nothing_is_kept_that_no_case_needs)
{
	struct needless needless;

	cr_assert_leq(reduce_table.len, ARRAY_LEN(needless.row));
	for (size_t i = 0; i < reduce_table.len; i++)
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
			needless.row[i][k] = (reduce_table.rows[i].kinds & kinds[k]) &&
					     !is_elsewhere(reduce_table.rows[i].name);
	each_case(drop_rows, &needless);
	for (size_t i = 0; i < reduce_table.len; i++)
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
			cr_expect(!needless.row[i][k], "%s: %s.%s could go", kind_name(kinds[k]),
				  reduce_table.rows[i].of, reduce_table.rows[i].name);
}
