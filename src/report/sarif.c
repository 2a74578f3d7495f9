/* SARIF 2.1.0 (OASIS), as code scanning and editors read it. */
#include "report/writers.h"

#include "base/arena.h"
#include "base/json.h"
#include "checks/page.h"
#include "checks/table.h"
#include "report/fingerprint.h"
#include "report/phrase.h"
#include "report/uri.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"
/* The version of what report/fingerprint.h describes. */
#define FINGERPRINT_KEY "backupGuard/v1"

static const char *const levels[] = {"none", "note", "warning", "error"};

static void key_open(struct json *j, const char *key, char bracket)
{
	json_key(j, key);
	json_open(j, bracket);
}

/* {"text": …} */
static void key_text(struct json *j, const char *key, struct str text)
{
	key_open(j, key, '{');
	json_key_str(j, "text", text);
	json_close(j, '}');
}

static void key_bool(struct json *j, const char *key, bool b)
{
	json_key(j, key);
	json_bool(j, b);
}

static void help_text(struct buf *out, const struct page *page)
{
	buf_fmt(out, "%.*s\n\nWhat to do: %.*s\n", STR_ARG(page->why), STR_ARG(page->fix));
	buf_fmt(out, "\nWrong:\n\n%.*s\n\nRight:\n\n%.*s\n", STR_ARG(page->bad),
		STR_ARG(page->good));
}

static void help_markdown(struct buf *out, const struct page *page, struct str more)
{
	buf_fmt(out, "%.*s\n\n**What to do:** %.*s\n", STR_ARG(page->why), STR_ARG(page->fix));
	buf_fmt(out, "\nWrong:\n\n```yaml\n%.*s\n```\n\nRight:\n\n```yaml\n%.*s\n```\n",
		STR_ARG(page->bad), STR_ARG(page->good));
	if (more.len)
		buf_fmt(out, "\n[More](%.*s)\n", STR_ARG(more));
}

static void write_rule(struct json *j, struct arena *a, const struct rule *rule)
{
	struct buf text = BUF_ARENA(a), markdown = BUF_ARENA(a), reference = BUF_ARENA(a);
	bool address = phrase_reference(&reference, rule);
	struct str more = address ? buf_slice(&reference) : STR_EMPTY;
	struct page page = page_of(a, rule->id);

	help_text(&text, &page);
	help_markdown(&markdown, &page, more);
	json_open(j, '{');
	json_key_str(j, "id", str_from(rule->id));
	key_text(j, "shortDescription", str_from(rule->summary));
	key_text(j, "fullDescription", page.why);
	key_open(j, "help", '{');
	json_key_str(j, "text", buf_slice(&text));
	json_key_str(j, "markdown", buf_slice(&markdown));
	json_close(j, '}');
	if (more.len)
		json_key_str(j, "helpUri", more);
	key_open(j, "defaultConfiguration", '{');
	if (rule->severity == SEV_OFF)
		key_bool(j, "enabled", false);
	else
		json_key_str(j, "level", str_from(levels[rule->severity]));
	json_close(j, '}');
	json_close(j, '}');
}

static void write_tool(struct json *j, const struct report *r)
{
	CLEANUP(arena) struct arena *a = arena_new();

	key_open(j, "tool", '{');
	key_open(j, "driver", '{');
	json_key_str(j, "name", STR("backup-guard"));
	json_key_str(j, "version", r->version);
	json_key_str(j, "semanticVersion", r->version);
	key_open(j, "rules", '[');
	for (size_t i = 0; i < rules_len; i++)
		write_rule(j, a, &rules[i]);
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, '}');
}

/* Whoever reads the report says where %SRCROOT% is: the folder in which we ran. */
static void write_artifact(struct json *j, const struct report *r, struct str file)
{
	struct buf uri CLEANUP(buf) = {0};

	file = uri_relative(r, file);
	uri_write(&uri, file);
	key_open(j, "artifactLocation", '{');
	json_key_str(j, "uri", buf_slice(&uri));
	if (!str_has_prefix(file, STR("/")))
		json_key_str(j, "uriBaseId", STR("%SRCROOT%"));
	json_close(j, '}');
}

static void write_region(struct json *j, struct pos pos)
{
	if (!pos.line)
		return;
	key_open(j, "region", '{');
	json_key_int(j, "startLine", pos.line);
	if (pos.column)
		json_key_int(j, "startColumn", pos.column);
	if (pos.column && pos.end_line >= pos.line && pos.end_column) {
		json_key_int(j, "endLine", pos.end_line);
		json_key_int(j, "endColumn", pos.end_column);
	}
	json_close(j, '}');
}

static void write_physical(struct json *j, const struct report *r, struct str file, struct pos pos)
{
	key_open(j, "physicalLocation", '{');
	write_artifact(j, r, file);
	write_region(j, pos);
	json_close(j, '}');
}

static void write_logical(struct json *j, const struct report_finding *f)
{
	struct buf object CLEANUP(buf) = {0};

	phrase_object(&object, f);
	key_open(j, "logicalLocations", '[');
	json_open(j, '{');
	if (f->name.len)
		json_key_str(j, "name", f->name);
	json_key_str(j, "fullyQualifiedName", buf_slice(&object));
	json_key_str(j, "kind", STR("resource"));
	json_close(j, '}');
	json_close(j, ']');
}

/* Present in every result when it is in one; empty: it stands. */
static void write_suppressions(struct json *j, const char *kind, struct str why)
{
	key_open(j, "suppressions", '[');
	if (kind) {
		json_open(j, '{');
		json_key_str(j, "kind", str_from(kind));
		json_key_str(j, "status", STR("accepted"));
		json_key_str(j, "justification", why);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void write_properties(struct json *j, const struct report_finding *f)
{
	key_open(j, "properties", '{');
	json_key_str(j, "path", f->finding.path);
	if (f->finding.fix.len)
		json_key_str(j, "fix", f->finding.fix);
	if (f->origin.len)
		json_key_str(j, "origin", f->origin);
	json_close(j, '}');
}

/* `kind` of suppression; NULL: none. */
static void write_result(struct json *j, const struct report *r, const struct report_finding *f,
			 const char *kind, struct str why)
{
	const struct finding *found = &f->finding;
	const struct rule *row = rule_find(str_from(found->rule->id));
	struct buf text CLEANUP(buf) = {0}, fingerprint CLEANUP(buf) = {0};

	phrase_sentence(&text, f);
	fingerprint_text(&fingerprint, f);
	json_open(j, '{');
	json_key_str(j, "ruleId", str_from(found->rule->id));
	if (row)
		json_key_int(j, "ruleIndex", row - rules);
	json_key_str(j, "level", str_from(levels[found->severity]));
	key_text(j, "message", buf_slice(&text));
	key_open(j, "locations", '[');
	json_open(j, '{');
	if (f->file.len)
		write_physical(j, r, f->file, found->pos);
	write_logical(j, f);
	json_close(j, '}');
	json_close(j, ']');
	key_open(j, "partialFingerprints", '{');
	json_key_str(j, FINGERPRINT_KEY, buf_slice(&fingerprint));
	json_close(j, '}');
	write_suppressions(j, kind, why);
	write_properties(j, f);
	json_close(j, '}');
}

static void write_results(struct json *j, const struct report *r)
{
	key_open(j, "results", '[');
	for (size_t i = 0; i < r->findings.len; i++)
		write_result(j, r, &r->findings.items[i], NULL, STR_EMPTY);
	for (size_t i = 0; i < r->baselined.len; i++)
		write_result(j, r, &r->baselined.items[i], "external", r->baseline);
	for (size_t i = 0; i < r->exempted.len; i++)
		write_result(j, r, &r->exempted.items[i], "inSource",
			     r->exempted.items[i].finding.exempted_by);
	json_close(j, ']');
}

static void write_notification(struct json *j, const struct report *r, const struct report_error *e,
			       const char *level)
{
	json_open(j, '{');
	json_key_str(j, "level", str_from(level));
	key_text(j, "message", e->message);
	if (e->file.len) {
		key_open(j, "locations", '[');
		json_open(j, '{');
		write_physical(j, r, e->file, (struct pos){.line = e->line, .column = e->column});
		json_close(j, '}');
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void write_exempt(struct json *j, const struct report *r, const struct report_exempt *e)
{
	struct report_finding named = {
		.kind = e->kind, .namespace = e->namespace, .name = e->name, .context = e->context};
	struct buf text CLEANUP(buf) = {0};

	phrase_object(&text, &named);
	buf_fmt(&text, " is exempt: %.*s", STR_ARG(e->by));
	struct report_error note = {.file = e->file, .message = buf_slice(&text)};
	write_notification(j, r, &note, "note");
}

static void write_invocation(struct json *j, const struct report *r)
{
	key_open(j, "invocations", '[');
	json_open(j, '{');
	key_bool(j, "executionSuccessful", !r->errors.len);
	key_open(j, "toolExecutionNotifications", '[');
	for (size_t i = 0; i < r->errors.len; i++)
		write_notification(j, r, &r->errors.items[i], "error");
	for (size_t i = 0; i < r->exempt_objects.len; i++)
		write_exempt(j, r, &r->exempt_objects.items[i]);
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
}

void sarif_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct json j = JSON(out);

	(void)style;
	json_open(&j, '{');
	json_key_str(&j, "$schema", STR(SCHEMA));
	json_key_str(&j, "version", STR("2.1.0"));
	key_open(&j, "runs", '[');
	json_open(&j, '{');
	write_tool(&j, r);
	write_invocation(&j, r);
	json_key_str(&j, "columnKind", STR("unicodeCodePoints"));
	write_results(&j, r);
	key_open(&j, "properties", '{');
	json_key_str(&j, "policy", r->policy);
	json_close(&j, '}');
	json_close(&j, '}');
	json_close(&j, ']');
	json_close(&j, '}');
	buf_byte(out, '\n');
}
