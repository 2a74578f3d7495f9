/* The names of fields are a contract: they do not change once published, new ones may come. */
#include "report/writers.h"

#include "base/json.h"
#include "report/phrase.h"
#include "rules/rule.h"

static void write_sentence(struct json *j, const struct finding *f)
{
	struct buf text CLEANUP(buf) = {0};

	phrase_message(&text, f);
	json_key_str(j, "message", buf_slice(&text));
}

static void write_object(struct json *j, const struct report_finding *f)
{
	json_key(j, "object");
	json_open(j, '{');
	json_key_str(j, "apiVersion", f->api_version);
	json_key_str(j, "kind", f->kind);
	json_key_str(j, "namespace", f->namespace);
	json_key_str(j, "name", f->name);
	if (f->context.len)
		json_key_str(j, "context", f->context);
	json_close(j, '}');
}

static void write_finding(struct json *j, const struct report_finding *f, bool baselined)
{
	const struct finding *found = &f->finding;

	json_open(j, '{');
	json_key_str(j, "rule", str_from(found->rule->id));
	json_key_str(j, "severity", str_from(severity_name(found->severity)));
	json_key_str(j, "scope", str_from(scope_name(found->scope)));
	write_sentence(j, found);
	json_key_str(j, "fix", found->fix);
	json_key_str(j, "file", f->file);
	json_key_int(j, "line", found->pos.line);
	json_key_int(j, "column", found->pos.column);
	json_key_int(j, "endLine", found->pos.end_line);
	json_key_int(j, "endColumn", found->pos.end_column);
	json_key_str(j, "path", found->path);
	write_object(j, f);
	if (f->origin.len)
		json_key_str(j, "origin", f->origin);
	if (f->uses.len > 1) {
		json_key(j, "usedBy");
		json_open(j, '[');
		for (size_t i = 0; i < f->uses.len; i++)
			json_str(j, f->uses.roots[i]);
		json_close(j, ']');
	}
	if (baselined) {
		json_key(j, "baselined");
		json_bool(j, true);
	}
	if (found->exempted_by.len)
		json_key_str(j, "exemptedBy", found->exempted_by);
	json_close(j, '}');
}

static void write_findings(struct json *j, const char *key, const struct report_findings *all,
			   bool baselined)
{
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < all->len; i++)
		write_finding(j, &all->items[i], baselined);
	json_close(j, ']');
}

static void write_exempt_object(struct json *j, const struct report_exempt *e)
{
	json_open(j, '{');
	json_key_str(j, "file", e->file);
	json_key_str(j, "kind", e->kind);
	json_key_str(j, "namespace", e->namespace);
	json_key_str(j, "name", e->name);
	if (e->context.len)
		json_key_str(j, "context", e->context);
	json_key_str(j, "exemptedBy", e->by);
	json_close(j, '}');
}

static void write_exempt_objects(struct json *j, const struct report *r)
{
	json_key(j, "exemptedObjects");
	json_open(j, '[');
	for (size_t i = 0; i < r->exempt_objects.len; i++)
		write_exempt_object(j, &r->exempt_objects.items[i]);
	json_close(j, ']');
}

static void write_error(struct json *j, const struct report_error *e)
{
	json_open(j, '{');
	json_key_str(j, "file", e->file);
	json_key_int(j, "line", e->line);
	json_key_int(j, "column", e->column);
	json_key_str(j, "message", e->message);
	json_close(j, '}');
}

static void write_summary(struct json *j, const struct report *r)
{
	const struct report_counts *c = &r->count;

	json_key(j, "summary");
	json_open(j, '{');
	json_key_int(j, "files", (int64_t)c->files);
	json_key_int(j, "objects", (int64_t)c->objects);
	json_key_int(j, "otherKinds", (int64_t)c->other_kinds);
	json_key_int(j, "deny", (int64_t)c->by_severity[SEV_DENY]);
	json_key_int(j, "warn", (int64_t)c->by_severity[SEV_WARN]);
	json_key_int(j, "info", (int64_t)c->by_severity[SEV_INFO]);
	json_key_int(j, "exempted", (int64_t)(r->exempted.len + r->exempt_objects.len));
	json_key_int(j, "baselined", (int64_t)r->baselined.len);
	json_key_int(j, "repaired", (int64_t)r->repaired);
	json_key_int(j, "errors", (int64_t)r->errors.len);
	json_key_int(
		j, "skipped",
		(int64_t)(c->helm_templates + c->kustomize_patches + c->strangers + c->asserts));
	if (r->where.len)
		json_key_int(j, "secretsUnread", (int64_t)c->secrets_unread);
	json_close(j, '}');
}

void json_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct json j = JSON(out);

	(void)style;
	json_open(&j, '{');
	json_key_str(&j, "version", r->version);
	json_key_str(&j, "profile", r->profile);
	json_key_str(&j, "policy", r->policy);
	write_summary(&j, r);
	write_findings(&j, "findings", &r->findings, false);
	write_findings(&j, "baselined", &r->baselined, true);
	write_findings(&j, "exempted", &r->exempted, false);
	write_exempt_objects(&j, r);
	if (r->where.len) {
		json_key_str(&j, "where", r->where);
		json_key(&j, "clusters");
		clusters_json(&j, r);
	}
	if (r->stores.items) {
		json_key(&j, "stores");
		stores_json(&j, r);
	}
	json_key(&j, "errors");
	json_open(&j, '[');
	for (size_t i = 0; i < r->errors.len; i++)
		write_error(&j, &r->errors.items[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_byte(out, '\n');
}

/* Beside findings, one line each: {"baselined": …}, {"exempted": …}, {"exemptedObject": …},
 * {"cluster": …}, {"store": …}, {"error": …}. */
static struct json open_line(struct buf *out, const char *key)
{
	struct json j = JSON(out);

	json_open(&j, '{');
	json_key(&j, key);
	return j;
}

static void close_line(struct json *j, struct buf *out)
{
	json_close(j, '}');
	buf_byte(out, '\n');
}

static void finding_lines(struct buf *out, const char *key, const struct report_findings *all,
			  bool baselined)
{
	for (size_t i = 0; i < all->len; i++) {
		struct json j = open_line(out, key);

		write_finding(&j, &all->items[i], baselined);
		close_line(&j, out);
	}
}

void jsonl_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	(void)style;
	for (size_t i = 0; i < r->findings.len; i++) {
		struct json j = JSON(out);

		write_finding(&j, &r->findings.items[i], false);
		buf_byte(out, '\n');
	}
	finding_lines(out, "baselined", &r->baselined, true);
	finding_lines(out, "exempted", &r->exempted, false);
	for (size_t i = 0; i < r->exempt_objects.len; i++) {
		struct json j = open_line(out, "exemptedObject");

		write_exempt_object(&j, &r->exempt_objects.items[i]);
		close_line(&j, out);
	}
	for (size_t i = 0; i < r->clusters.len; i++) {
		struct json j = open_line(out, "cluster");

		clusters_json_one(&j, r, &r->clusters.items[i]);
		close_line(&j, out);
	}
	for (size_t i = 0; i < r->stores.len; i++) {
		struct json j = open_line(out, "store");

		stores_json_one(&j, &r->stores.items[i]);
		close_line(&j, out);
	}
	for (size_t i = 0; i < r->errors.len; i++) {
		struct json j = open_line(out, "error");

		write_error(&j, &r->errors.items[i]);
		close_line(&j, out);
	}
}
