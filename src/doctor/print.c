/* What was found, as text and as JSON. */
#include "doctor/doctor.h"

#include "base/json.h"
#include "base/program.h"

const char *const doctor_formats[] = {"text", "json", NULL};

static const char *const words[] = {"ok", "info", "warn", "unknown", "error"};
static const char *const forces[] = {
	[FORCE_UNKNOWN] = "whether a wrong write is refused could not be asked",
	[FORCE_NO] = "a wrong write is not refused: the webhook is not in force",
	[FORCE_WARNS] = "a wrong write is warned about, and not refused",
	[FORCE_AUDIT] = "audit only: a wrong write is accepted, and counted",
	[FORCE_YES] = "a wrong write is refused: the webhook is in force",
};

const struct ink_start doctor_ink[] = {
	{"ok ", INK_GREEN},	 {"info", INK_CYAN}, {"warn", INK_YELLOW},
	{"unknown", INK_YELLOW}, {"error", INK_RED}, {"  = says:", INK_BLUE},
	{"  = fix:", INK_GREEN}, {"", INK_BOLD},     {NULL, NULL},
};

/* A message of several lines stays one. */
static void print_lines(struct buf *out, const char *label, struct str text)
{
	struct str line;

	if (!text.len)
		return;
	for (bool first = true; str_split(&text, '\n', &line); first = false) {
		buf_fmt(out, "  %s", first ? label : "");
		buf_clean(out, line);
		buf_byte(out, '\n');
	}
}

/* Of many names the first ones; JSON has them all. */
static void print_where(struct buf *out, struct str names)
{
	enum { SHOWN = 3 };
	struct str name;
	size_t count = 0;

	while (str_split(&names, ',', &name)) {
		if (count++ < SHOWN) {
			buf_text(out, count > 1 ? "," : "");
			buf_clean(out, name);
		}
	}
	if (count > SHOWN)
		buf_fmt(out, " and %zu more", count - SHOWN);
	buf_text(out, ": ");
}

static void print_finding(struct buf *out, const struct doctor_finding *f)
{
	buf_fmt(out, "%-8s%s: ", words[f->level], f->check);
	if (f->where.len)
		print_where(out, buf_slice(&f->where));
	buf_clean(out, f->message);
	buf_byte(out, '\n');
	print_lines(out, "= says: ", f->says);
	print_lines(out, "= fix: ", f->fix);
}

static void print_text(const struct doctor_report *r, struct buf *out)
{
	size_t errors = r->counts[DOCTOR_ERROR], warnings = r->counts[DOCTOR_WARN];
	size_t unknown = r->counts[DOCTOR_UNKNOWN];

	for (const struct doctor_finding *f = r->first; f; f = f->next)
		print_finding(out, f);
	buf_fmt(out, "\n%s (%zu error%s, %zu warning%s", forces[r->force], errors,
		errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
	if (unknown)
		buf_fmt(out, ", %zu not answered", unknown);
	buf_text(out, ")\n");
}

static void print_json(const struct doctor_report *r, struct buf *out)
{
	struct json j = JSON(out);

	json_open(&j, '{');
	json_key_str(&j, "version", STR(PROGRAM_VERSION));
	json_key_str(&j, "configuration", r->configuration);
	json_key(&j, "inForce");
	if (r->force == FORCE_UNKNOWN)
		json_null(&j);
	else
		json_bool(&j, r->force == FORCE_YES);
	json_key(&j, "summary");
	json_open(&j, '{');
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		json_key_int(&j, words[i], (int64_t)r->counts[i]);
	json_close(&j, '}');
	json_key(&j, "checks");
	json_open(&j, '[');
	for (const struct doctor_finding *f = r->first; f; f = f->next) {
		json_open(&j, '{');
		json_key_str(&j, "check", str_from(f->check));
		json_key_str(&j, "level", str_from(words[f->level]));
		json_key_str(&j, "where", buf_slice(&f->where));
		json_key_str(&j, "message", f->message);
		json_key_str(&j, "says", f->says);
		json_key_str(&j, "fix", f->fix);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	buf_byte(out, '\n');
}

void doctor_print(const struct doctor_report *r, int format, struct buf *out)
{
	if (format == DOCTOR_JSON)
		print_json(r, out);
	else
		print_text(r, out);
}
