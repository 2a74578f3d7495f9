/* Any tree as an object of each kind, through all rules: each finding is a printable line with a
 * place in the file, and the same object as an API server sends it gets the same verdict. The last
 * document is the old object. */
#include "base/json.h"
#include "checks/table.h"
#include "engine/engine.h"

static const char site[] =
	"{apiVersion: backup-guard.io/v1alpha1, kind: BackupPolicy, spec: {profile: strict, stores: [{name: one, objectStoreName: '{app}-store', destinationPath: ['s3://b/{app}/{cluster}'], endpointURL: ['https://s3.example'], credentials: {secretName: [keys], accessKeyId: ID, secretAccessKey: KEY, requiredKeys: [ID, KEY], requiredValues: {REGION: eu}}},{name: two, role: offsite, objectStoreName: '{cluster}-{namespace}-far'}],schedule: {minInterval: 1h, maxInterval: 2d, window: '22:00-05:00'}, scheduledBackup: {name: '{cluster}-backup', ownerReference: self}, clusterNameAliases: ['-restored$'],retention: {min: 7d, max: 12m}, checksumEnvRequired: ['*'], rules: {";

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

static void describe(const struct finding *f, const struct doc *file, struct buf *out)
{
	size_t start = out->len;

	finding_sentence(f, out);
	struct str text = str_slice(buf_slice(out), start, out->len);
	BUG_IF(!text.len || !str_is_utf8(text));
	for (size_t i = 0; i < text.len; i++)
		BUG_IF((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f);
	BUG_IF(file && (!f->pos.line || !f->pos.column ||
			f->pos.column > doc_line(file, f->pos.line).len + 1));
	buf_fmt(out, "%s %d ", f->rule->id, (int)f->severity);
	buf_str(out, f->path);
}

static struct object as(enum kind kind, const struct doc *d)
{
	struct obj root = doc_root(d);

	return (struct object){.kind = kind,
			       .api_version = STR("v1"),
			       .kind_name = STR("X"),
			       .root = root,
			       .namespace = obj_text(root, "metadata.namespace"),
			       .name = obj_text(root, "metadata.name")};
}

enum how { AS_SENT, AS_READ, AS_MANIFEST };

/* docs: the object, the old one. */
static struct str judge(enum kind kind, bool update, const struct doc *const docs[2], enum how how,
			struct arena *a)
{
	struct object object = as(kind, docs[0]), old = as(kind, docs[1]);
	struct judge_request request = {update ? OP_UPDATE : OP_CREATE, &object,
					update ? &old : NULL, .now = 1787998830};
	struct buf said = BUF_ARENA(a);
	struct verdict v;

	object.manifest = how == AS_MANIFEST;
	engine_judge(every_rule(), &request, a, &v);
	buf_fmt(&said, "%d %d\n", v.allowed, (int)v.reason);
	for (size_t i = 0; i < v.findings.len; i++)
		describe(&v.findings.items[i], how != AS_SENT ? docs[0] : NULL, &said);
	return buf_slice(&said);
}

static const struct doc *as_sent(const struct doc *d, struct arena *a)
{
	struct buf text = BUF_ARENA(a);
	struct json j = JSON(&text);
	const struct doc *again;
	struct err err;

	obj_json(doc_root(d), &j);
	BUG_IF(!doc_read_json(a, buf_slice(&text), &again, &err));
	return again;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err err;

	struct str bytes = {(const char *)data, size};
	if (!doc_read_yaml(a, bytes, &list, &err) || !list.len)
		return 0;
	const struct doc *file[] = {list.docs[0], list.docs[list.len - 1]};
	const struct doc *sent[] = {as_sent(file[0], a), as_sent(file[1], a)};
	for (unsigned kind = 1, update = 0; kind < KIND_ALL; kind <<= update, update = !update) {
		BUG_IF(!str_eq(judge((enum kind)kind, update, file, AS_READ, a),
			       judge((enum kind)kind, update, sent, AS_SENT, a)));
		judge((enum kind)kind, update, file, AS_MANIFEST, a);
	}
	return 0;
}
