#include "report/openreports.h"

#include "base/json.h"
#include "base/limits.h"
#include "report/glyph.h"
#include "rules/rule.h"

static const char *const results[] = {"skip", "warn", "warn", "fail"};
static const char *const severities[] = {"info", "info", "medium", "high"};

static void key_clean(struct json *j, const char *key, struct str text)
{
	struct buf clean CLEANUP(buf) = {0};

	glyph_clean(&clean, text);
	json_key_str(j, key, buf_slice(&clean));
}

static void write_properties(struct json *j, const struct finding *f, bool exempted)
{
	json_key(j, "properties");
	json_open(j, '{');
	key_clean(j, "path", f->path);
	if (f->effect.len)
		key_clean(j, "effect", f->effect);
	if (f->fix.len)
		key_clean(j, "fix", f->fix);
	if (exempted)
		key_clean(j, "exempted", f->exempted_by);
	json_close(j, '}');
}

static void write_result(struct json *j, const struct report *r, const struct report_finding *f,
			 bool exempted)
{
	enum severity severity = f->finding.severity;

	json_open(j, '{');
	json_key_str(j, "source", STR(OPENREPORTS_NAME));
	json_key_str(j, "policy", STR(OPENREPORTS_NAME));
	json_key_str(j, "rule", str_from(f->finding.rule->id));
	json_key_str(j, "category", STR("backup"));
	json_key_str(j, "severity", str_from(severities[severity]));
	json_key_str(j, "result", str_from(exempted ? "skip" : results[severity]));
	json_key(j, "scored");
	json_bool(j, !exempted && severity == SEV_DENY);
	key_clean(j, "message", f->finding.message);
	json_key(j, "timestamp");
	json_open(j, '{');
	json_key_int(j, "seconds", r->now);
	json_key_int(j, "nanos", 0);
	json_close(j, '}');
	json_key(j, "resources");
	json_open(j, '[');
	json_open(j, '{');
	json_key_str(j, "apiVersion", f->api_version);
	json_key_str(j, "kind", f->kind);
	json_key_str(j, "namespace", f->namespace);
	json_key_str(j, "name", f->name);
	json_close(j, '}');
	json_close(j, ']');
	write_properties(j, &f->finding, exempted);
	json_close(j, '}');
}

struct counts {
	int64_t fail, warn, skip;
	size_t written;
};

/* An object has room for so many; all are counted. */
static void write_results(struct json *j, const struct report *r, const struct report_findings *all,
			  struct str namespace, struct counts *c)
{
	bool exempted = all == &r->exempted;

	for (size_t i = 0; i < all->len; i++) {
		const struct report_finding *f = &all->items[i];

		if (!str_eq(f->namespace, namespace))
			continue;
		if (exempted)
			c->skip++;
		else if (f->finding.severity == SEV_DENY)
			c->fail++;
		else
			c->warn++;
		if (c->written++ < LIMIT_REPORT_RESULTS)
			write_result(j, r, f, exempted);
	}
}

static void write_metadata(struct json *j, struct str namespace)
{
	json_key(j, "metadata");
	json_open(j, '{');
	json_key_str(j, "name", STR(OPENREPORTS_NAME));
	json_key_str(j, "namespace", namespace);
	json_key(j, "labels");
	json_open(j, '{');
	json_key_str(j, OPENREPORTS_LABEL, STR(OPENREPORTS_NAME));
	json_close(j, '}');
	json_close(j, '}');
}

void openreports_write(struct buf *out, const struct report *r, const struct openreports_api *api,
		       struct str namespace)
{
	struct json j = JSON(out);
	struct counts c = {0};

	json_open(&j, '{');
	json_key_str(&j, "apiVersion", str_from(api->version));
	json_key_str(&j, "kind", str_from(api->kind));
	write_metadata(&j, namespace);
	json_key(&j, "results");
	json_open(&j, '[');
	write_results(&j, r, &r->findings, namespace, &c);
	write_results(&j, r, &r->exempted, namespace, &c);
	json_close(&j, ']');
	json_key(&j, "summary");
	json_open(&j, '{');
	json_key_int(&j, "pass", 0);
	json_key_int(&j, "fail", c.fail);
	json_key_int(&j, "warn", c.warn);
	json_key_int(&j, "error", 0);
	json_key_int(&j, "skip", c.skip);
	json_close(&j, '}');
	json_close(&j, '}');
}

static bool same_result(struct obj a, struct obj b)
{
	static const char *const compared[] = {"source",
					       "policy",
					       "rule",
					       "category",
					       "severity",
					       "result",
					       "message",
					       "resources",
					       "properties.path",
					       "properties.fix",
					       "properties.exempted"};

	for (size_t i = 0; i < ARRAY_LEN(compared); i++) {
		struct obj x = obj_at(a, compared[i]), y = obj_at(b, compared[i]);

		if ((x.node || y.node) && !obj_equal(x, y))
			return false;
	}
	return true;
}

bool openreports_same(struct obj a, struct obj b)
{
	struct obj x = obj_first(obj_at(a, "results")), y = obj_first(obj_at(b, "results"));

	for (; x.node && y.node; x = obj_next(x), y = obj_next(y))
		if (!same_result(x, y))
			return false;
	return !x.node && !y.node && obj_equal(obj_at(a, "summary"), obj_at(b, "summary")) &&
	       obj_equal(obj_at(a, "metadata.labels"), obj_at(b, "metadata.labels"));
}
