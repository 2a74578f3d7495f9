/*
 * JUnit's XML, as Jenkins and GitLab read it: a suite a file, a case an object. A case has at most
 * one failure, since readers take the first: it holds all denials. What is less is its output.
 */
#include "report/writers.h"

#include "report/glyph.h"
#include "report/phrase.h"
#include "rules/rule.h"

#include <stdlib.h>

#define NONE SIZE_MAX

/* The findings of each object in a list, chained. */
struct chains {
	const struct report_finding *items;
	size_t *first; /* by object */
	size_t *next;  /* by finding */
};

struct test_case {
	struct str file;
	size_t object;			  /* NONE: it is an error */
	const struct report_error *error; /* else NULL */
};

struct junit {
	struct buf *out;
	const struct report *report;
	struct chains found, baselined, exempted;
	const struct report_exempt **exempt; /* by object, or NULL */
	struct test_case *cases;
	size_t cases_len;
};

/* What XML 1.0 cannot hold is gone already (glyph_clean), but for two that are no characters. */
static void escape(struct buf *out, struct str s)
{
	for (size_t at = 0; at < s.len;) {
		struct glyph g = glyph_at(s, at);

		if (g.code == '&')
			buf_text(out, "&amp;");
		else if (g.code == '<')
			buf_text(out, "&lt;");
		else if (g.code == '>')
			buf_text(out, "&gt;");
		else if (g.code == '"')
			buf_text(out, "&quot;");
		else if (g.code == '\n')
			buf_byte(out, '\n');
		else if (g.code != 0xfffe && g.code != 0xffff)
			glyph_add(out, s, at, &g);
		at += g.bytes;
	}
}

static void attribute(struct buf *out, const char *name, struct str value)
{
	struct buf clean CLEANUP(buf) = {0};

	glyph_clean(&clean, value);
	buf_fmt(out, " %s=\"", name);
	escape(out, buf_slice(&clean));
	buf_byte(out, '"');
}

static struct chains chain(struct arena *a, const struct report_findings *all, size_t objects)
{
	struct chains c = {.items = all->items,
			   .first = ARENA_ARRAY(a, size_t, objects + 1),
			   .next = ARENA_ARRAY(a, size_t, all->len + 1)};

	for (size_t i = 0; i < objects; i++)
		c.first[i] = NONE;
	for (size_t i = all->len; i-- > 0;) {
		size_t object = all->items[i].object;

		if (object >= objects)
			continue;
		c.next[i] = c.first[object];
		c.first[object] = i;
	}
	return c;
}

static int compare(const void *left, const void *right)
{
	const struct test_case *a = left, *b = right;
	int by = str_cmp(a->file, b->file);

	if (by || a->object != b->object)
		return by ? by : a->object < b->object ? -1 : 1;
	return (a->error > b->error) - (a->error < b->error);
}

static void prepare(struct junit *j, struct arena *a)
{
	const struct report *r = j->report;
	size_t objects = r->objects.len;

	j->found = chain(a, &r->findings, objects);
	j->baselined = chain(a, &r->baselined, objects);
	j->exempted = chain(a, &r->exempted, objects);
	j->exempt = ARENA_ARRAY(a, const struct report_exempt *, objects + 1);
	for (size_t i = 0; i < r->exempt_objects.len; i++)
		if (r->exempt_objects.items[i].object < objects)
			j->exempt[r->exempt_objects.items[i].object] = &r->exempt_objects.items[i];
	j->cases_len = objects + r->errors.len;
	j->cases = ARENA_ARRAY(a, struct test_case, j->cases_len + 1);
	for (size_t i = 0; i < objects; i++)
		j->cases[i] = (struct test_case){r->objects.items[i].file, i, NULL};
	for (size_t i = 0; i < r->errors.len; i++)
		j->cases[objects + i] =
			(struct test_case){r->errors.items[i].file, NONE, &r->errors.items[i]};
	if (j->cases_len)
		qsort(j->cases, j->cases_len, sizeof *j->cases, compare);
}

static size_t denials(const struct junit *j, size_t object)
{
	size_t count = 0;

	for (size_t i = j->found.first[object]; i != NONE; i = j->found.next[i])
		count += j->found.items[i].finding.severity == SEV_DENY;
	return count;
}

/* "error[rule-id]: sentence" and its place. */
static void tell(struct buf *out, const char *word, const struct report_finding *f)
{
	buf_fmt(out, "%s[%s]: ", word, f->finding.rule->id);
	phrase_sentence(out, f);
	buf_text(out, "\n  ");
	glyph_clean(out, f->file);
	if (f->finding.pos.line)
		buf_fmt(out, ":%u:%u", f->finding.pos.line, f->finding.pos.column);
	if (f->file.len)
		buf_byte(out, ' ');
	glyph_clean(out, f->finding.path);
	if (f->finding.exempted_by.len) {
		buf_text(out, "\n  because: ");
		glyph_clean(out, f->finding.exempted_by);
	}
	buf_byte(out, '\n');
}

static void write_failure(const struct junit *j, size_t object)
{
	struct buf title CLEANUP(buf) = {0}, text CLEANUP(buf) = {0};
	const struct report_finding *first = NULL;
	size_t count = denials(j, object);

	for (size_t i = j->found.first[object]; i != NONE; i = j->found.next[i]) {
		const struct report_finding *f = &j->found.items[i];

		if (f->finding.severity != SEV_DENY)
			continue;
		first = first ? first : f;
		tell(&text, "error", f);
	}
	if (!first)
		return;
	buf_str(&title, first->finding.message);
	if (count > 1)
		buf_fmt(&title, " (and %zu more)", count - 1);
	buf_text(j->out, "<failure");
	attribute(j->out, "message", buf_slice(&title));
	attribute(j->out, "type", str_from(first->finding.rule->id));
	buf_byte(j->out, '>');
	escape(j->out, buf_slice(&text));
	buf_text(j->out, "</failure>\n");
}

static void write_output(const struct junit *j, size_t object)
{
	struct buf text CLEANUP(buf) = {0};

	for (size_t i = j->found.first[object]; i != NONE; i = j->found.next[i]) {
		const struct report_finding *f = &j->found.items[i];

		if (f->finding.severity != SEV_DENY)
			tell(&text, phrase_severity(f->finding.severity), f);
	}
	for (size_t i = j->baselined.first[object]; i != NONE; i = j->baselined.next[i])
		tell(&text, "baselined", &j->baselined.items[i]);
	for (size_t i = j->exempted.first[object]; i != NONE; i = j->exempted.next[i])
		tell(&text, "exempted", &j->exempted.items[i]);
	if (!text.len)
		return;
	buf_text(j->out, "<system-out>");
	escape(j->out, buf_slice(&text));
	buf_text(j->out, "</system-out>\n");
}

/* Readers split a class at its dots, so it is the file without what is behind the last. */
static struct str class_of(struct str file)
{
	for (size_t i = file.len; i-- > 0 && file.ptr[i] != '/';)
		if (file.ptr[i] == '.' && i)
			return str_slice(file, 0, i);
	return file;
}

static void open_case(const struct junit *j, struct str name, struct str file)
{
	buf_text(j->out, "<testcase");
	attribute(j->out, "name", name);
	attribute(j->out, "classname", file.len ? class_of(file) : j->report->where);
	if (file.len)
		attribute(j->out, "file", file);
	buf_text(j->out, " time=\"0\">\n");
}

static void write_case(const struct junit *j, const struct test_case *c)
{
	struct buf name CLEANUP(buf) = {0};

	if (c->error) {
		open_case(j, c->file.len ? STR("file") : STR("request"), c->file);
		buf_text(j->out, "<error");
		attribute(j->out, "message", c->error->message);
		buf_text(j->out, " type=\"unreadable\">");
		compact_error(&name, c->error);
		escape(j->out, buf_slice(&name));
		buf_text(j->out, "</error>\n");
	} else {
		const struct report_object *o = &j->report->objects.items[c->object];
		struct report_finding named = {.kind = o->kind,
					       .namespace = o->namespace,
					       .name = o->name,
					       .context = o->context};

		phrase_object(&name, &named);
		open_case(j, buf_slice(&name), c->file);
		if (j->exempt[c->object]) {
			buf_text(j->out, "<skipped");
			attribute(j->out, "message", j->exempt[c->object]->by);
			buf_text(j->out, "/>\n");
		}
		write_failure(j, c->object);
		write_output(j, c->object);
	}
	buf_text(j->out, "</testcase>\n");
}

static void open_suite(const struct junit *j, const char *tag, struct str name, size_t from,
		       size_t to)
{
	size_t failures = 0, errors = 0, skipped = 0;

	for (size_t i = from; i < to; i++) {
		const struct test_case *c = &j->cases[i];

		errors += c->error != NULL;
		failures += !c->error && denials(j, c->object);
		skipped += !c->error && j->exempt[c->object];
	}
	buf_fmt(j->out, "<%s", tag);
	attribute(j->out, "name", name);
	buf_fmt(j->out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
		to - from, failures, errors, skipped);
}

void junit_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct junit j = {.out = out, .report = r};

	(void)style;
	prepare(&j, arena);
	buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	open_suite(&j, "testsuites", STR("backup-guard"), 0, j.cases_len);
	for (size_t from = 0, to; from < j.cases_len; from = to) {
		for (to = from; to < j.cases_len && str_eq(j.cases[to].file, j.cases[from].file);)
			to++;
		struct str file = j.cases[from].file;
		open_suite(&j, "testsuite", file.len ? file : r->where, from, to);
		for (size_t i = from; i < to; i++)
			write_case(&j, &j.cases[i]);
		buf_text(out, "</testsuite>\n");
	}
	buf_text(out, "</testsuites>\n");
}
