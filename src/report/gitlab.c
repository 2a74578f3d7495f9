/* GitLab's code quality report: it shows what a merge request adds, by the fingerprints. */
#include "report/writers.h"

#include "base/json.h"
#include "report/fingerprint.h"
#include "report/phrase.h"
#include "report/uri.h"
#include "rules/rule.h"

#include <inttypes.h>

struct issue {
	struct str check, description, fingerprint, file;
	const char *severity;
	uint32_t line;
};

static void write_issue(struct json *j, struct issue i)
{
	json_open(j, '{');
	json_key_str(j, "description", i.description);
	json_key_str(j, "check_name", i.check);
	json_key_str(j, "fingerprint", i.fingerprint);
	json_key_str(j, "severity", str_from(i.severity));
	json_key(j, "location");
	json_open(j, '{');
	json_key_str(j, "path", i.file);
	json_key(j, "lines");
	json_open(j, '{');
	json_key_int(j, "begin", i.line ? i.line : 1); /* it must have one */
	json_close(j, '}');
	json_close(j, '}');
	json_close(j, '}');
}

static void write_finding(struct json *j, const struct report *r, const struct report_finding *f)
{
	static const char *const severities[] = {"info", "info", "major", "blocker"};
	struct buf text CLEANUP(buf) = {0}, fingerprint CLEANUP(buf) = {0};

	phrase_object(&text, f);
	buf_text(&text, ": ");
	phrase_sentence(&text, f);
	fingerprint_text(&fingerprint, f);
	write_issue(j, (struct issue){
			       .check = str_from(f->finding.rule->id),
			       .description = buf_slice(&text),
			       .fingerprint = buf_slice(&fingerprint),
			       .file = uri_relative(r, f->file),
			       .severity = severities[f->finding.severity],
			       .line = f->finding.pos.line,
		       });
}

static void write_error(struct json *j, const struct report *r, const struct report_error *e)
{
	struct buf fingerprint CLEANUP(buf) = {0};
	uint64_t hash = str_hash(str_hash(STR_HASH, e->file), e->message);

	buf_fmt(&fingerprint, "%016" PRIx64, hash);
	write_issue(j, (struct issue){
			       .check = STR("unreadable"),
			       .description = e->message,
			       .fingerprint = buf_slice(&fingerprint),
			       .file = uri_relative(r, e->file),
			       .severity = "blocker",
			       .line = e->line,
		       });
}

void gitlab_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct json j = JSON(out);

	(void)style;
	json_open(&j, '[');
	for (size_t i = 0; i < r->errors.len; i++)
		write_error(&j, r, &r->errors.items[i]);
	for (size_t i = 0; i < r->findings.len; i++)
		write_finding(&j, r, &r->findings.items[i]);
	json_close(&j, ']');
	buf_byte(out, '\n');
}
