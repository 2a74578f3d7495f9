/* The shape that people know from compilers: what, where, the line, what to write. */
#include "report/writers.h"

#include "framework_internal.h"
#include "report/glyph.h"
#include "report/ink.h"
#include "report/phrase.h"
#include "rules/rule.h"

struct text {
	struct buf *out;
	const struct report_style *style;
	size_t gutter; /* columns of the line number */
	const char *ink;
};

static void ink(const struct text *t, const char *code)
{
	if (t->style->color)
		buf_text(t->out, code);
}

static const char *ink_of(enum severity s)
{
	return s == SEV_DENY ? INK_RED : s == SEV_WARN ? INK_YELLOW : INK_CYAN;
}

static size_t digits(uint32_t n)
{
	size_t count = 1;

	for (; n >= 10; n /= 10)
		count++;
	return count;
}

/* "error[rule-id]: message", or without a rule for what could not be read. */
static void headline(const struct text *t, const char *word, const char *rule, struct str message)
{
	struct wrap w = {.width = t->style->width, .indent = 2};
	size_t start;

	ink(t, t->ink);
	start = t->out->len;
	buf_fmt(t->out, "%s%s%s%s", word, rule ? "[" : "", rule ? rule : "", rule ? "]" : "");
	w.column = t->out->len - start + 2;
	ink(t, INK_PLAIN);
	ink(t, INK_BOLD);
	buf_text(t->out, ": ");
	phrase_wrap(t->out, message, w);
	ink(t, INK_PLAIN);
	buf_byte(t->out, '\n');
}

static size_t place(const struct text *t, struct str file, uint32_t line, uint32_t column)
{
	size_t start = t->out->len;

	glyph_clean(t->out, file);
	if (line)
		buf_fmt(t->out, ":%u", line);
	if (column)
		buf_fmt(t->out, ":%u", column);
	return glyph_width(str_slice(buf_slice(t->out), start, t->out->len));
}

static void arrow(const struct text *t)
{
	buf_repeat(t->out, ' ', t->gutter);
	ink(t, INK_BLUE);
	buf_text(t->out, "--> ");
	ink(t, INK_PLAIN);
}

/* Beside what stands before it when that fits, else on a line of its own. */
static size_t beside(const struct text *t, size_t column, const struct buf *words)
{
	size_t width = glyph_width(buf_slice(words)), indent = t->gutter + sizeof "--> " - 1;

	if (column + 3 + width <= t->style->width) {
		buf_text(t->out, "   ");
		column += 3;
	} else {
		buf_byte(t->out, '\n');
		buf_repeat(t->out, ' ', indent);
		column = indent;
	}
	buf_str(t->out, buf_slice(words));
	return column + width;
}

/* A live object has no file: its name is its place. */
static void whereabouts(const struct text *t, const struct report_finding *f)
{
	struct buf object CLEANUP(buf) = {0}, path CLEANUP(buf) = {0}, origin CLEANUP(buf) = {0};
	size_t column = t->gutter + sizeof "--> " - 1;

	phrase_object(&object, f);
	glyph_clean(&path, f->finding.path);
	if (f->file.len) {
		column += place(t, f->file, f->finding.pos.line, f->finding.pos.column);
		column = beside(t, column, &object);
	} else {
		buf_str(t->out, buf_slice(&object));
		column += glyph_width(buf_slice(&object));
	}
	if (path.len)
		column = beside(t, column, &path);
	if (f->origin.len) {
		buf_text(&origin, "from ");
		glyph_clean(&origin, f->origin);
		beside(t, column, &origin);
	}
	buf_byte(t->out, '\n');
}

static void bar(const struct text *t, uint32_t line)
{
	ink(t, INK_BLUE);
	if (line)
		buf_fmt(t->out, "%*u |", (int)t->gutter, line);
	else
		buf_fmt(t->out, "%*s |", (int)t->gutter, "");
	ink(t, INK_PLAIN);
}

/* The line and the carets. True when `label` fitted beside them. */
static bool source(const struct text *t, const struct excerpt *e, struct pos pos, struct str label)
{
	struct buf shown CLEANUP(buf) = {0};
	struct excerpt_view view;
	size_t room = t->style->width > t->gutter + 3 ? t->style->width - t->gutter - 3 : 0;

	if (!e->text.len)
		return false;
	excerpt_lay_out(e, pos, room, &shown, &view);
	bar(t, 0);
	buf_byte(t->out, '\n');
	bar(t, pos.line);
	buf_byte(t->out, ' ');
	buf_str(t->out, view.shown);
	buf_byte(t->out, '\n');
	bar(t, 0);
	buf_repeat(t->out, ' ', view.indent + 1);
	ink(t, t->ink);
	buf_repeat(t->out, '^', view.carets);
	bool fits = label.len && view.indent + view.carets + 1 + glyph_width(label) <= room;
	if (fits) {
		buf_byte(t->out, ' ');
		glyph_clean(t->out, label);
	}
	ink(t, INK_PLAIN);
	buf_byte(t->out, '\n');
	return fits;
}

/* "   = word: " and the column after it. */
static size_t note(const struct text *t, const char *word, const char *code)
{
	buf_repeat(t->out, ' ', t->gutter + 1);
	ink(t, INK_BLUE);
	buf_byte(t->out, '=');
	ink(t, INK_PLAIN);
	ink(t, code);
	buf_fmt(t->out, " %s: ", word);
	ink(t, INK_PLAIN);
	return t->gutter + 1 + sizeof "= : " - 1 + str_from(word).len;
}

/* What to write is broken in a terminal alone, which would break it anywhere: elsewhere it is there
 * to be copied. The reason stands beside it when that fits, else below. */
static void fix(const struct text *t, struct str text)
{
	size_t column = note(t, "fix", INK_GREEN), dash = str_find(text, STR(" - "));
	struct str what = str_slice(text, 0, dash), why = STR_EMPTY;
	size_t width = column + glyph_width(what);

	if (dash != STR_NONE)
		why = str_slice(text, dash + 3, text.len);
	if (!why.len && width > t->style->width && !str_contains(text, STR(": "))) {
		phrase_wrap(t->out, text, (struct wrap){column, column, t->style->width});
		buf_byte(t->out, '\n');
		return;
	}
	if (t->style->terminal)
		phrase_wrap(t->out, what, (struct wrap){column, column, t->style->width});
	else
		glyph_clean(t->out, what);
	if (why.len && width + 3 + glyph_width(why) <= t->style->width) {
		buf_text(t->out, "   ");
		glyph_clean(t->out, why);
	} else if (why.len) {
		buf_byte(t->out, '\n');
		buf_repeat(t->out, ' ', column);
		phrase_wrap(t->out, why, (struct wrap){column, column, t->style->width});
	}
	buf_byte(t->out, '\n');
}

static void write_finding(struct text *t, const struct report_finding *f)
{
	const struct finding *found = &f->finding;

	t->gutter = digits(found->pos.line) > 2 ? digits(found->pos.line) : 2;
	t->ink = ink_of(found->severity);
	headline(t, phrase_severity(found->severity), found->rule->id, found->message);
	arrow(t);
	whereabouts(t, f);
	if (!source(t, &f->source, found->pos, found->effect) && found->effect.len) {
		size_t column = note(t, "effect", "");

		phrase_wrap(t->out, found->effect, (struct wrap){column, column, t->style->width});
		buf_byte(t->out, '\n');
	}
	if (found->fix.len)
		fix(t, found->fix);
	buf_byte(t->out, '\n');
}

void text_error(struct buf *out, const struct report_error *e, const struct report_style *style)
{
	struct text t = {.out = out, .style = style, .ink = INK_RED};
	struct pos pos = {.line = e->line, .column = e->column};

	t.gutter = digits(e->line) > 2 ? digits(e->line) : 2;
	headline(&t, "error", NULL, e->message);
	if (e->file.len) {
		arrow(&t);
		place(&t, e->file, e->line, e->column);
		buf_byte(out, '\n');
	}
	source(&t, &e->source, pos, STR_EMPTY);
	buf_byte(out, '\n');
}

/* What was silenced is never silent: "exempted[rule-id]: place object: reason". */
static void exempted(const struct text *t, const struct report_finding *f, struct str by)
{
	struct buf words CLEANUP(buf) = {0};
	const struct rule *rule = f->finding.rule;

	buf_fmt(&words, "exempted%s%s%s: ", rule ? "[" : "", rule ? rule->id : "", rule ? "]" : "");
	if (f->file.len) {
		place(&(struct text){.out = &words}, f->file, f->finding.pos.line,
		      f->finding.pos.column);
		buf_byte(&words, ' ');
	}
	phrase_object(&words, f);
	buf_fmt(&words, ": %.*s", STR_ARG(by));
	phrase_wrap(t->out, buf_slice(&words), (struct wrap){0, 2, t->style->width});
	buf_byte(t->out, '\n');
}

static void write_exempted(const struct text *t, const struct report *r)
{
	for (size_t i = 0; i < r->exempted.len; i++)
		exempted(t, &r->exempted.items[i], r->exempted.items[i].finding.exempted_by);
	for (size_t i = 0; i < r->exempt_objects.len; i++) {
		const struct report_exempt *e = &r->exempt_objects.items[i];
		struct report_finding named = {.file = e->file,
					       .kind = e->kind,
					       .namespace = e->namespace,
					       .name = e->name,
					       .context = e->context};

		exempted(t, &named, e->by);
	}
	if (r->exempted.len + r->exempt_objects.len)
		buf_byte(t->out, '\n');
}

/* How many of each rule were shown, and how many were not. */
struct shown {
	const struct rule *rule;
	size_t len, more;
};

static struct shown *shown_of(struct shown *all, size_t *len, const struct rule *rule)
{
	for (size_t i = 0; i < *len; i++)
		if (all[i].rule == rule)
			return &all[i];
	all[*len] = (struct shown){.rule = rule};
	return &all[(*len)++];
}

static void write_some(struct text *t, const struct report *r)
{
	const struct report_style *style = t->style;
	struct shown *shown = ARENA_ARRAY(r->arena, struct shown, r->findings.len + 1);
	size_t len = 0, more = 0;

	for (enum severity s = SEV_DENY; s >= style->least && s > SEV_OFF; s--)
		for (size_t i = 0; i < r->findings.len; i++) {
			const struct report_finding *f = &r->findings.items[i];
			struct shown *of;

			if (f->finding.severity != s)
				continue;
			of = shown_of(shown, &len, f->finding.rule);
			if (of->len++ < style->layout.most)
				write_finding(t, f);
			else
				of->more++;
		}
	for (size_t i = 0; i < len; i++) {
		if (shown[i].more)
			buf_fmt(t->out, "%zu more of %s: --group-by rule has them all\n",
				shown[i].more, shown[i].rule->id);
		more += shown[i].more;
	}
	if (more)
		buf_byte(t->out, '\n');
}

static void write_all(struct text *t, const struct report *r)
{
	for (enum severity s = SEV_DENY; s >= t->style->least && s > SEV_OFF; s--)
		for (size_t i = 0; i < r->findings.len; i++)
			if (r->findings.items[i].finding.severity == s)
				write_finding(t, &r->findings.items[i]);
}

void text_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct text t = {.out = out, .style = style};

	clusters_text(out, r, style);
	stores_text(out, r, style);
	framework_text(out, r);
	if (style->layout.group || style->layout.counts)
		groups_text(out, r, style);
	else if (style->layout.most)
		write_some(&t, r);
	else
		write_all(&t, r);
	if (r->quiet && !r->findings.len)
		return;
	if (!r->quiet)
		write_exempted(&t, r);
	phrase_summary(out, r, style);
}
