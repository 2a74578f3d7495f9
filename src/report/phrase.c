#include "report/phrase.h"

#include "base/utc.h"
#include "report/glyph.h"
#include "rules/rule.h"

#include <inttypes.h>

const char *phrase_severity(enum severity s)
{
	static const char *const names[] = {"off", "info", "warning", "error"};

	return names[s];
}

void phrase_message(struct buf *out, const struct finding *f)
{
	glyph_clean(out, f->message);
	if (f->effect.len) {
		buf_text(out, "; ");
		glyph_clean(out, f->effect);
	}
}

void phrase_sentence(struct buf *out, const struct report_finding *f)
{
	phrase_message(out, &f->finding);
	if (f->finding.fix.len) {
		buf_text(out, ". Fix: ");
		glyph_clean(out, f->finding.fix);
	}
	if (f->origin.len) {
		buf_text(out, " (from ");
		glyph_clean(out, f->origin);
		buf_byte(out, ')');
	}
}

bool phrase_reference(struct buf *out, const struct rule *rule)
{
	struct str s = str_from(rule->reference);
	size_t hash = str_find_byte(s, '#'), slash = str_find_byte(s, '/');
	bool address = str_has_prefix(s, STR("https://"));

	if (address || hash == STR_NONE || slash == STR_NONE || slash > hash) {
		buf_str(out, s);
		return address;
	}
	buf_fmt(out, "https://github.com/%.*s/issues/%.*s", STR_ARG(str_slice(s, 0, hash)),
		STR_ARG(str_slice(s, hash + 1, s.len)));
	return true;
}

void phrase_object(struct buf *out, const struct report_finding *f)
{
	glyph_clean(out, f->kind);
	buf_byte(out, ' ');
	glyph_clean(out, f->namespace);
	if (f->namespace.len)
		buf_byte(out, '/');
	glyph_clean(out, f->name.len ? f->name : STR("(without a name)"));
	if (f->context.len) {
		buf_text(out, " of context ");
		glyph_clean(out, f->context);
	}
}

void phrase_wrap(struct buf *out, struct str text, struct wrap w)
{
	struct str rest = text, word;
	bool first = true;

	while (str_split(&rest, ' ', &word)) {
		size_t width = glyph_width(word);

		if (!first && w.column + 1 + width > w.width && w.indent < w.column) {
			buf_byte(out, '\n');
			buf_repeat(out, ' ', w.indent);
			w.column = w.indent;
		} else if (!first) {
			buf_byte(out, ' ');
			w.column++;
		}
		glyph_clean(out, word);
		w.column += width;
		first = false;
	}
}

void phrase_lines(struct buf *out, struct str text, size_t width)
{
	while (text.len) {
		size_t end = str_find_byte(text, '\n'), blanks = 0;
		struct str line = str_slice(text, 0, end);

		text = end == STR_NONE ? STR_EMPTY : str_slice(text, end + 1, text.len);
		while (blanks < line.len && line.ptr[blanks] == ' ')
			blanks++;
		buf_repeat(out, ' ', blanks);
		if (glyph_width(line) <= width)
			buf_str(out, str_slice(line, blanks, line.len));
		else
			phrase_wrap(out, str_slice(line, blanks, line.len),
				    (struct wrap){blanks, blanks + 2, width});
		buf_byte(out, '\n');
	}
}

void phrase_minute(struct buf *out, int64_t t, const char *otherwise)
{
	char text[UTC_TEXT];

	if (!t) {
		buf_text(out, otherwise);
		return;
	}
	utc_format(t, text);
	buf_fmt(out, "%.10s %.5s", text, text + 11);
}

const char *phrase_then(const struct window *w)
{
	return w->reach.why == REACH_GAP     ? "WAL is missing"
	       : w->reach.why == REACH_OTHER ? "another database system begins"
	       : w->reach.why == REACH_LEFT  ? "its timeline was left"
	       : w->reach.why == REACH_COLD  ? "WAL is in cold storage"
					     : NULL;
}

void phrase_age(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = {{UTC_DAY, 'd'}, {3600, 'h'}, {60, 'm'}};
	int shown = 0;

	for (size_t i = 0; i < ARRAY_LEN(units) && shown < 2; i++) {
		int64_t count = seconds / units[i].seconds;

		seconds %= units[i].seconds;
		if (!count && shown)
			break;
		if (!count && i + 1 < ARRAY_LEN(units))
			continue;
		buf_fmt(out, "%" PRId64 "%c", count, units[i].unit);
		shown++;
	}
}

struct list {
	struct buf *out;
	size_t len;
	bool infos_hidden;
};

static void item(struct list *l, size_t n, const char *one, const char *many)
{
	if (n)
		buf_fmt(l->out, "%s%zu %s", l->len++ ? ", " : "", n, n == 1 ? one : many);
}

/* The others are of an API server. */
static size_t errors_of_files(const struct report *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->errors.len; i++)
		count += r->errors.items[i].file.len != 0;
	return count;
}

static void stores(struct list *l, const struct report *r)
{
	size_t unasked = 0, empty = 0;

	for (size_t i = 0; i < r->stores.len; i++) {
		const struct probe *p = &r->stores.items[i];

		unasked += p->unasked.len != 0;
		for (size_t k = 0; k < p->servers_len; k++)
			empty += probe_server_is_empty(&p->servers[k]);
	}
	item(l, r->stores.len, "store", "stores");
	item(l, unasked, "not asked", "not asked");
	item(l, empty, "archive in which nothing lies yet", "archives in which nothing lies yet");
}

static void counts(struct list *l, const struct report *r)
{
	const struct report_counts *c = &r->count;

	item(l, c->by_severity[SEV_DENY], "error", "errors");
	item(l, c->by_severity[SEV_WARN], "warning", "warnings");
	item(l, c->by_severity[SEV_INFO], l->infos_hidden ? "info (--show info)" : "info",
	     l->infos_hidden ? "infos (--show info)" : "infos");
	item(l, c->dropped, "finding more, not shown", "findings more, not shown");
	item(l, errors_of_files(r), "file unreadable", "files unreadable");
	item(l, r->errors.len - errors_of_files(r), "not read", "not read");
	if (!l->len && c->objects) {
		buf_text(l->out, "no findings");
		l->len++;
	}
	item(l, r->baselined.len, "baselined", "baselined");
	item(l, r->exempted.len + r->exempt_objects.len, "exempted", "exempted");
	if (c->objects)
		item(l, c->other_kinds, "of other kinds", "of other kinds");
	stores(l, r);
	item(l, c->secrets_unread, "Secret not read", "Secrets not read");
	item(l, c->helm_templates, "template skipped", "templates skipped");
	item(l, c->asserts, "assert file skipped", "assert files skipped");
	item(l, c->strangers, "file of others not read", "files of others not read");
	item(l, c->kustomize_patches, "kustomize patch judged in what it makes",
	     "kustomize patches judged in what they make");
}

static const char *severest(const struct report *r)
{
	const struct finding *best = &r->findings.items[0].finding;

	for (size_t i = 1; i < r->findings.len; i++)
		if (r->findings.items[i].finding.severity > best->severity)
			best = &r->findings.items[i].finding;
	return best->rule->id;
}

static void repaired(struct buf *out, const struct report *r)
{
	bool one = r->repaired == 1;
	struct buf file CLEANUP(buf) = {0};

	if (!r->repaired)
		return;
	glyph_clean(&file, r->baseline);
	struct str name = buf_slice(&file);
	buf_fmt(out,
		"hint: %zu entr%s of %.*s no longer occur%s: take %s out with\n"
		"      --baseline %.*s --write-baseline %.*s\n",
		r->repaired, one ? "y" : "ies", STR_ARG(name), one ? "s" : "", one ? "it" : "them",
		STR_ARG(name), STR_ARG(name));
}

static bool shows(const struct report *r, enum severity least)
{
	for (size_t i = 0; i < r->findings.len; i++)
		if (r->findings.items[i].finding.severity >= least)
			return true;
	return false;
}

static void hints(struct buf *out, const struct report *r, const struct report_style *style)
{
	if (shows(r, style->least))
		buf_fmt(out, "more about a rule: %s explain %s\n", style->program, severest(r));
	repaired(out, r);
}

static void checked(struct buf *out, const struct report *r, enum severity least)
{
	const struct report_counts *c = &r->count;
	struct list l = {.out = out, .infos_hidden = least > SEV_INFO};

	buf_text(out, "checked ");
	if (r->where.len) {
		buf_fmt(out, "%zu object%s in ", c->objects, c->objects == 1 ? "" : "s");
		glyph_clean(out, r->where);
		struct buf found CLEANUP(buf) = {0};
		l.out = &found;
		counts(&l, r);
		if (found.len)
			buf_fmt(out, ": %.*s", STR_ARG(buf_slice(&found)));
		return;
	}
	if (c->objects) {
		item(&l, c->objects, "object", "objects");
		buf_fmt(out, " in %zu file%s: ", c->files, c->files == 1 ? "" : "s");
		l.len = 0;
	} else {
		item(&l, c->files, "file", "files");
		if (!c->files)
			buf_text(out, "0 files");
		buf_fmt(out, ": 0 objects, %zu document%s of other kinds", c->other_kinds,
			c->other_kinds == 1 ? "" : "s");
		l.len = 1;
	}
	counts(&l, r);
}

void phrase_counts(struct buf *out, const struct report *r)
{
	checked(out, r, SEV_INFO);
}

void phrase_summary(struct buf *out, const struct report *r, const struct report_style *style)
{
	hints(out, r, style);
	size_t start = out->len;
	checked(out, r, style->least);
	size_t width = out->len - start + r->policy.len + sizeof " ()" - 1;
	buf_text(out, width > style->width ? "\n  (" : " (");
	glyph_clean(out, r->policy);
	buf_text(out, ")\n");
}
