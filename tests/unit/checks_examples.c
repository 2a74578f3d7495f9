/*
 * The examples that `explain` shows: the bad one is found by its rule, the good one is not, and a
 * reader who copies the good one is not refused for what it shows. They are the least YAML that
 * makes the point; what every object has is put in front here. Of a rule about a change the first
 * document is the old object and the second the new one; of one about deletions the first goes. Of
 * one about buckets wrong.bucket and right.bucket beside its cases are what the bucket said.
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/utc.h"
#include "bucket_file.h"
#include "checks/page.h"
#include "checks/table.h"
#include "cure.h"

#include <criterion/criterion.h>

/* Rules that speak only when a policy gives them something to compare with. */
#define GENERIC                                                                                    \
	"apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nmetadata: {name: examples}\n"   \
	"spec:\n  profile: generic\n  pluginVersion: '0.12'\n  credentialSecrets: "                \
	"[s3-credentials]\n"
#define SITE                                                                                       \
	"apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nmetadata: {name: examples}\n"   \
	"spec:\n  profile: homelab\n  retention: {min: 7d, max: 90d}\n"                            \
	"  schedule: {window: '01:00-05:00'}\n  requireStoreRoles: [archive]\n  rules:\n"          \
	"    policy-require-store-roles: {severity: deny}\n"                                       \
	"    policy-retention: {severity: deny}\n    policy-schedule-window: {severity: deny}\n"   \
	"    policy-require-compression: {severity: deny}\n"                                       \
	"    policy-require-endpoint-ca: {severity: deny}\n"

static const struct {
	enum kind kind;
	const char *api_version;
} kinds[] = {
	{KIND_CLUSTER, "postgresql.cnpg.io/v1"},
	{KIND_SCHEDULED_BACKUP, "postgresql.cnpg.io/v1"},
	{KIND_BACKUP, "postgresql.cnpg.io/v1"},
	{KIND_OBJECT_STORE, "barmancloud.cnpg.io/v1"},
	{KIND_SECRET, "v1"},
	{KIND_EXTERNAL_SECRET, "external-secrets.io/v1"},
};

struct run {
	struct arena *arena;
	struct policy *site, *generic;
	struct buf complaint;
	struct cure cure;
};

static struct policy *read_policy(const char *text)
{
	struct policy *policy;
	struct err err;

	cr_assert(policy_from_yaml(str_from(text), &policy, &err), "%s", err.msg);
	return policy;
}

/* Has the example a top-level key of this name? */
static bool has_key(struct str example, const char *line)
{
	struct str rest = example, it;

	while (str_split(&rest, '\n', &it))
		if (str_has_prefix(it, str_from(line)))
			return true;
	return false;
}

/* The kind that the example's first document says, else any of the rule's. */
static bool is_of(struct str example, enum kind kind)
{
	const struct str key = STR("kind: ");
	struct str line;

	while (str_split(&example, '\n', &line) && !str_has_prefix(line, STR("---")))
		if (str_has_prefix(line, key))
			return str_is(str_slice(line, key.len, line.len), kind_name(kind));
	return false;
}

/* A Cluster's example may leave its storage out, which each has. */
static void add_part(struct buf *out, struct str part, enum kind kind)
{
	const struct str spec = STR("spec:\n");
	size_t at = str_find(part, spec);

	if (kind != KIND_CLUSTER || at == STR_NONE || str_contains(part, STR("storage:"))) {
		buf_str(out, part);
		return;
	}
	buf_str(out, str_slice(part, 0, at + spec.len));
	buf_text(out, "  storage: {size: 1Gi}\n");
	buf_str(out, str_slice(part, at + spec.len, part.len));
}

static void add_document(struct buf *out, struct str part, size_t k)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (has_key(part, "kind:") && is_of(part, kinds[i].kind))
			k = i;
	buf_text(out, "---\n");
	if (!has_key(part, "apiVersion:"))
		buf_fmt(out, "apiVersion: %s\n", kinds[k].api_version);
	if (!has_key(part, "kind:"))
		buf_fmt(out, "kind: %s\n", kind_name(kinds[k].kind));
	if (!has_key(part, "metadata:"))
		buf_text(out, "metadata: {name: db}\n");
	add_part(out, part, kinds[k].kind);
}

/* Several documents stand for several objects. */
static struct str whole(struct run *run, struct str example, size_t k)
{
	const struct str between = STR("\n---\n");
	struct buf out = BUF_ARENA(run->arena);

	for (size_t at; (at = str_find(example, between)) != STR_NONE;) {
		add_document(&out, str_slice(example, 0, at + 1), k);
		example = str_slice(example, at + between.len, example.len);
	}
	add_document(&out, example, k);
	return buf_slice(&out);
}

/* It is about something that the least YAML may leave out: what each object has, or the credentials
 * of a store. */
static bool is_left_out(const struct rule *rule, const struct finding *f)
{
	struct str id = str_from(f->rule->id);

	/* what a bucket says is of a live cluster, of which the example shows a part */
	return (rule->scope == SCOPE_BUCKET && f->scope == SCOPE_REFERENCE) ||
	       str_is(id, "credentials-absent") || str_is(id, "operator-refuses-credentials") ||
	       (str_is(id, "invalid-value") && str_contains(f->message, STR(" has no ")));
}

/* What other rules would refuse in a good one. */
static void find_denials(struct run *run, const struct rule *rule, const struct verdict *v)
{
	for (size_t i = 0; i < v->findings.len; i++) {
		const struct finding *f = &v->findings.items[i];

		if (f->severity == SEV_DENY && !is_left_out(rule, f))
			buf_fmt(&run->complaint, "%s: the good example is refused by %s\n",
				rule->id, f->rule->id);
	}
}

struct counting {
	struct run *run;
	const struct rule *rule;
	bool denials; /* count what refuses a good example */
	size_t found;
};

static void judged(void *ctx, const struct object *object, const struct verdict *v)
{
	struct counting *c = ctx;

	(void)object;
	if (c->denials)
		find_denials(c->run, c->rule, v);
	for (size_t i = 0; i < v->findings.len; i++)
		c->found += v->findings.items[i].rule == c->rule;
}

static const struct probes *read_bucket(struct run *run, const struct rule *rule, bool good)
{
	struct probes *probes = ARENA_NEW(run->arena, struct probes);
	struct str path = arena_fmt(run->arena, "tests/cases/%s/%s.bucket", rule->id,
				    good ? "right" : "wrong"),
		   text;
	struct err err;

	if (rule->scope != SCOPE_BUCKET)
		return NULL;
	cr_assert(file_read(run->arena, path, LIMIT_FILE_BYTES, &text, &err), "%s", err.msg);
	cr_assert(bucket_file_read(text, run->arena, probes, &err), "%.*s:%u: %s", STR_ARG(path),
		  err.line, err.msg);
	return probes;
}

static size_t count(struct run *run, const struct rule *rule, struct str example, bool good,
		    size_t k)
{
	bool site = str_has_prefix(str_from(rule->id), STR("policy-"));
	bool change = rule->scope == SCOPE_CHANGE, deletion = rule->scope == SCOPE_DELETE;
	struct str text = whole(run, example, k);
	struct counting counting = {.run = run, .rule = rule, .denials = good && !site};
	struct scene scene = {.policy = site ? run->site : run->generic,
			      .admission = change || deletion,
			      .whole = deletion,
			      .live = rule->scope == SCOPE_LIVE || rule->scope == SCOPE_BUCKET,
			      .first_is_old = change,
			      .operation = change     ? OP_UPDATE
					   : deletion ? OP_DELETE
						      : OP_CREATE,
			      .probes = read_bucket(run, rule, good),
			      .arena = run->arena};
	struct doc_list docs;
	struct err err;

	cr_assert(utc_parse(STR("2026-08-26T10:20:30Z"), &scene.now));
	cr_assert(doc_read_yaml(run->arena, text, &docs, &err), "%s: %s", rule->id, err.msg);
	scene_judge(&scene, &docs, judged, &counting);
	if (!good && counting.found)
		cure_try(&run->cure, &scene, str_from(kind_name(kinds[k].kind)), text, rule->id);
	return counting.found;
}

static void judge(struct run *run, const struct rule *rule)
{
	struct page page = page_of(run->arena, rule->id);
	size_t bad = 0;

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		if (!(rule->kinds & kinds[k].kind) ||
		    (has_key(page.bad, "kind:") && !is_of(page.bad, kinds[k].kind)))
			continue;
		bad += count(run, rule, page.bad, false, k);
		if (count(run, rule, page.good, true, k))
			buf_fmt(&run->complaint, "%s: the good example is found as a %s\n",
				rule->id, kind_name(kinds[k].kind));
	}
	if (!bad)
		buf_fmt(&run->complaint, "%s: the bad example is not found\n", rule->id);
}

Test(checks_examples, the_bad_one_is_found_and_the_good_one_is_not)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct run run = {.arena = arena,
			  .site = read_policy(SITE),
			  .generic = read_policy(GENERIC),
			  .complaint = BUF_ARENA(arena),
			  .cure.complaint = BUF_ARENA(arena)};

	for (size_t i = 0; i < rules_len; i++)
		judge(&run, &rules[i]);
	policy_drop(run.site);
	policy_drop(run.generic);
	cr_assert(!run.complaint.len, "\n%.*s", STR_ARG(buf_slice(&run.complaint)));
	cr_assert(!run.cure.complaint.len, "\n%.*s", STR_ARG(buf_slice(&run.cure.complaint)));
	cr_assert(run.cure.edited && run.cure.printed);
}
