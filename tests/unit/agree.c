/*
 * `check` on a manifest and the webhook on an AdmissionReview of the same object find the same, on
 * every case there is.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utc.h"
#include "cmd/cmd.h"
#include "review/review.h"
#include "rules/rule.h"

#include <criterion/criterion.h>
#include <glob.h>

struct run {
	struct policy *policy;
	struct arena *arena;
	const char *file;
	size_t objects;
};

static const int64_t now = 20691 * (int64_t)UTC_DAY; /* 2026-08-26 */

/* What a file may leave to Flux or Helm, nobody fills in at the API server; what only a file shows,
 * it has pruned or refused. */
static bool only_there(const struct finding *f)
{
	return f->scope == SCOPE_MANIFEST ||
	       str_is(str_from(f->rule->id), "unresolved-placeholder");
}

static struct str words(const struct findings *all, struct arena *arena)
{
	struct buf text = BUF_ARENA(arena);

	for (size_t i = 0; i < all->len; i++)
		if (!only_there(&all->items[i]))
			buf_fmt(&text, "%s %s %.*s\n", all->items[i].rule->id,
				severity_name(all->items[i].severity), STR_ARG(all->items[i].path));
	return buf_slice(&text);
}

static struct str envelope(const struct object *o, struct arena *arena)
{
	struct buf out = BUF_ARENA(arena);
	struct json j = JSON(&out);
	size_t slash = str_find_byte(o->api_version, '/');

	json_open(&j, '{');
	json_key_str(&j, "kind", STR("AdmissionReview"));
	json_key_str(&j, "apiVersion", STR("admission.k8s.io/v1"));
	json_key(&j, "request");
	json_open(&j, '{');
	json_key_str(&j, "uid", STR("u"));
	json_key(&j, "kind");
	json_open(&j, '{');
	json_key_str(&j, "group", str_slice(o->api_version, 0, slash == STR_NONE ? 0 : slash));
	json_key_str(&j, "version",
		     slash == STR_NONE ? o->api_version
				       : str_slice(o->api_version, slash + 1, o->api_version.len));
	json_key_str(&j, "kind", o->kind_name);
	json_close(&j, '}');
	json_key_str(&j, "operation", STR("CREATE"));
	json_key(&j, "userInfo");
	json_open(&j, '{');
	json_key_str(&j, "username", /* a file does not say who writes it */
		     object_is_from_schedule(o)
			     ? STR("system:serviceaccount:cnpg-system:cnpg-manager")
			     : STR("anna"));
	json_close(&j, '}');
	json_key(&j, "object");
	obj_json(o->root, &j);
	json_close(&j, '}');
	json_close(&j, '}');
	return buf_slice(&out);
}

/* An answer leaves out the field's name where a message begins with it (see finding_add): what
 * follows it must then be about the field alone. */
static void reads_after_its_path(const struct run *run, struct str answer)
{
	static const char *const never[] = {"and ", "or ", "of ", "in ", "(", ", ", "'s "};

	for (size_t i = 0; i < ARRAY_LEN(never); i++) {
		struct str begins = arena_fmt(run->arena, "\"message\":\"%s", never[i]);

		cr_assert_not(str_contains(answer, begins), "%s: %.*s", run->file, STR_ARG(answer));
	}
}

static void compare(void *ctx, struct obj root)
{
	struct run *run = ctx;
	struct review_outcome outcome;
	struct buf answer = BUF_ARENA(run->arena);
	struct verdict offline;
	struct object o;

	/* no API server asks about that, or lets it be created so */
	if (!object_read(root, &o) || !o.kind || o.misnamed || object_is_terminating(&o))
		return;
	o.manifest = true;
	struct judge_request request = {.operation = OP_CREATE, .object = &o, .now = now};
	engine_judge(run->policy, &request, run->arena, &offline);
	struct review_input input = {.body = envelope(&o, run->arena), .now = now};
	review_answer(run->policy, &input, run->arena, &answer, &outcome);
	struct str a = words(&offline.findings, run->arena);
	struct str b = words(&outcome.verdict.findings, run->arena);

	reads_after_its_path(run, buf_slice(&answer));
	cr_assert(str_eq(a, b), "%s\ncheck:\n%.*sreview:\n%.*s", run->file, STR_ARG(a), STR_ARG(b));
	run->objects++;
}

static void compare_file(struct run *run)
{
	struct doc_list list;
	struct str bytes;
	struct err err;

	cr_assert(file_read(run->arena, str_from(run->file), LIMIT_FILE_BYTES, &bytes, &err),
		  "%s: %s", run->file, err.msg);
	if (!doc_read_yaml(run->arena, bytes, &list, &err))
		return; /* a case of what cannot be read */
	for (size_t i = 0; i < list.len; i++)
		object_each(doc_root(list.docs[i]), compare, run);
}

static void compare_all(const char *profile)
{
	struct run run = {.arena = arena_new()};
	struct err err;
	glob_t files;

	cr_assert(policy_from_profile(str_from(profile), &run.policy, &err), "%s", err.msg);
	cr_assert_eq(glob("tests/cases/*/*.yaml", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		run.file = files.gl_pathv[i];
		compare_file(&run);
		arena_reset(run.arena);
	}
	globfree(&files);
	cr_assert_gt(run.objects, 100);
	policy_drop(run.policy);
	arena_free(run.arena);
}

Test(agree, check_and_review_find_the_same_with_site_rules)
{
	compare_all("homelab");
}

Test(agree, check_and_review_find_the_same_in_strict)
{
	compare_all("strict");
}
