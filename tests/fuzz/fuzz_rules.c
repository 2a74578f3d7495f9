/* Any tree as an object of each kind, through all rules: the verdict is the same again, and each
 * finding is a printable line with a place in the file. The last document is the old object. */
#include "base/arena.h"
#include "engine/engine.h"
#include "rules/rule.h"

static const char site[] =
	"{apiVersion: backup-guard.io/v1alpha1, kind: BackupPolicy, spec: {profile: strict, "
	"stores: ["
	"{name: one, objectStoreName: '{app}-store', destinationPath: ['s3://b/{app}/{cluster}'],"
	" endpointURL: ['https://s3.example'], credentials: {secretName: [keys], accessKeyId: ID,"
	" secretAccessKey: KEY, requiredKeys: [ID, KEY], requiredValues: {REGION: eu}}},"
	"{name: two, role: offsite, objectStoreName: '{cluster}-{namespace}-far'}],"
	"schedule: {minInterval: 1h, maxInterval: 2d, window: '22:00-05:00'}, scheduledBackup:"
	" {name: '{cluster}-backup', ownerReference: self}, clusterNameAliases: ['-restored$'],"
	"retention: {min: 7d, max: 12m}, checksumEnvRequired: ['*'], rules: {";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct policy *every_rule(void)
{
	static struct policy *policy;
	struct buf text CLEANUP(buf) = {0};
	struct err err;

	buf_text(&text, site);
	for (size_t i = 0; !policy && i < rules_len; i++)
		buf_fmt(&text, "%s: {severity: deny},", rules[i].id);
	buf_text(&text, "}}}");
	BUG_IF(!policy && !policy_from_yaml(buf_slice(&text), &policy, &err));
	return policy;
}

static void describe(const struct finding *f, const struct doc *doc, struct buf *out)
{
	size_t start = out->len;

	finding_sentence(f, out);
	struct str text = str_slice(buf_slice(out), start, out->len);
	BUG_IF(!text.len || !str_is_utf8(text));
	for (size_t i = 0; i < text.len; i++)
		BUG_IF((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f);
	BUG_IF(!f->pos.line || !f->pos.column ||
	       f->pos.column > doc_line(doc, f->pos.line).len + 1);
	buf_fmt(out, "%s %d %u:%u %.*s\n", f->rule->id, (int)f->severity, f->pos.line,
		f->pos.column, STR_ARG(f->path));
}

static struct str judge(const struct judge_request *request, struct arena *a)
{
	struct buf said = BUF_ARENA(a);
	struct verdict v;

	engine_judge(every_rule(), request, a, &v);
	buf_fmt(&said, "%d %d\n", v.allowed, (int)v.reason);
	for (size_t i = 0; i < v.findings.len; i++)
		describe(&v.findings.items[i], request->object->root.doc, &said);
	return buf_slice(&said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err err;

	if (!doc_read_yaml(a, (struct str){(const char *)data, size}, &list, &err) || !list.len)
		return 0;
	for (unsigned kind = 1, update = 0; kind < KIND_ALL; kind <<= update, update = !update) {
		struct object old = {.kind = (enum kind)kind,
				     .api_version = STR("v1"),
				     .kind_name = STR("X")},
			      object;
		old.root = doc_root(list.docs[list.len - 1]);
		old.namespace = obj_text(old.root, "metadata.namespace");
		old.name = obj_text(old.root, "metadata.name");
		object = old;
		object.root = doc_root(list.docs[0]);
		object.manifest = !update;
		struct judge_request request = {update ? OP_UPDATE : OP_CREATE, &object,
						update ? &old : NULL, .now = 1787998830};
		BUG_IF(!str_eq(judge(&request, a), judge(&request, a)));
	}
	return 0;
}
