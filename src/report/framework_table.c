/* Which controls of a framework each Cluster meets. */
#include "framework_internal.h"

#include "report/glyph.h"
#include "report/html.h"

const char *const framework_words[] = {"not known", "met", "not met"};

static void count(const struct report *r, size_t control, size_t out[IS_NOT_MET + 1])
{
	for (const struct framework_cluster *c = r->framed.first; c; c = c->next)
		if (!c->again)
			out[c->verdicts[control].is]++;
}

static bool is_judged(const struct report *r)
{
	return r->framework && r->framed.judged && r->framed.first;
}

/* "prod app/db" */
static void name_of(struct buf *out, const struct framework_cluster *c)
{
	buf_fmt(out, "%.*s%s%.*s%s%.*s", STR_ARG(c->context), c->context.len ? " " : "",
		STR_ARG(c->namespace), c->namespace.len ? "/" : "", STR_ARG(c->name));
}

/* What nobody can know of any Cluster is said once, of the control. */
static bool is_outside(const struct framework_control *control, const struct framework_verdict *v)
{
	return control->outside && v->why.ptr == control->outside;
}

/* No Cluster could be told from another by it. */
static bool is_of_none(const struct framework_control *control)
{
	return control->facts == SEEN(OUTSIDE) && !control->rules[0] && !control->sound;
}

static void rules(struct buf *out, const struct framework_control *control)
{
	size_t i = 0;

	for (; i < ARRAY_LEN(control->rules) && control->rules[i]; i++)
		buf_fmt(out, "%s%s", i ? ", " : "", control->rules[i]);
	if (control->sound)
		buf_fmt(out, "%sany error", i ? ", " : "");
}

static void facts(struct buf *out, const struct framework_control *control)
{
	bool any = false;

	for (int fact = 0; fact < FACT_OUTSIDE; fact++) {
		if (!(control->facts & 1U << fact))
			continue;
		buf_fmt(out, "%s%s", any ? ", " : "", framework_facts[fact].met);
		any = true;
	}
	if (control->outside)
		buf_fmt(out, "%s<span class=\"dim\">%s</span>", any ? "; " : "", control->outside);
}

static void controls_html(struct buf *out, const struct report *r)
{
	static const char *const titles[] = {"CONTROL",	 "MET",	   "NOT MET",	"NOT KNOWN",
					     "ASKS FOR", "MET BY", "AGAINST IT"};

	buf_text(out, "<div class=\"scroll\"><table>\n<tr>");
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		buf_fmt(out, "<th scope=\"col\">%s</th>", titles[i]);
	buf_text(out, "</tr>\n");
	for (size_t i = 0; i < r->framework->len; i++) {
		const struct framework_control *control = &r->framework->controls[i];
		size_t counts[IS_NOT_MET + 1] = {0};

		count(r, i, counts);
		buf_fmt(out,
			"<tr><th scope=\"row\">%s</th><td>%zu</td><td>%zu</td><td>%zu</td><td>%s</td><td>",
			control->id, counts[IS_MET], counts[IS_NOT_MET], counts[IS_NOT_KNOWN],
			control->title);
		facts(out, control);
		buf_text(out, "</td><td>");
		rules(out, control);
		buf_text(out, "</td></tr>\n");
	}
	buf_text(out, "</table></div>\n");
}

static void cluster_html(struct buf *out, const struct report *r, const struct framework_cluster *c)
{
	static const enum html_mark marks[] = {
		[IS_NOT_KNOWN] = HTML_UNKNOWN, [IS_MET] = HTML_GOOD, [IS_NOT_MET] = HTML_NONE};
	struct buf name CLEANUP(buf) = {0};

	name_of(&name, c);
	buf_text(out, "<tr><th scope=\"row\">");
	html_text(out, buf_slice(&name));
	buf_text(out, "</th>");
	for (size_t i = 0; i < r->framework->len; i++) {
		const struct framework_verdict *v = &c->verdicts[i];

		if (is_of_none(&r->framework->controls[i]))
			continue;
		buf_text(out, "<td>");
		html_verdict(out, marks[v->is], framework_words[v->is]);
		if (v->why.len && !is_outside(&r->framework->controls[i], v)) {
			buf_text(out, ": ");
			html_text(out, v->why);
		}
		buf_text(out, "</td>");
	}
	buf_text(out, "</tr>\n");
}

void framework_html(struct buf *out, const struct report *r)
{
	if (!is_judged(r))
		return;
	html_element(out, "h2", str_from(r->framework->title));
	controls_html(out, r);
	buf_text(out, "<div class=\"scroll\"><table>\n<tr><th scope=\"col\">CLUSTER</th>");
	for (size_t i = 0; i < r->framework->len; i++)
		if (!is_of_none(&r->framework->controls[i]))
			buf_fmt(out, "<th scope=\"col\">%s</th>", r->framework->controls[i].id);
	buf_text(out, "</tr>\n");
	for (const struct framework_cluster *c = r->framed.first; c; c = c->next)
		if (!c->again)
			cluster_html(out, r, c);
	buf_text(out, "</table></div>\n");
}

static void control_text(struct buf *out, const struct report *r, size_t at)
{
	const struct framework_control *control = &r->framework->controls[at];
	size_t counts[IS_NOT_MET + 1] = {0};
	struct buf name CLEANUP(buf) = {0};

	count(r, at, counts);
	buf_fmt(out, "  %s: %s: %zu met, %zu not met, %zu not known\n", control->id, control->title,
		counts[IS_MET], counts[IS_NOT_MET], counts[IS_NOT_KNOWN]);
	if (control->outside)
		buf_fmt(out, "    %s\n", control->outside);
	for (const struct framework_cluster *c = r->framed.first; c; c = c->next) {
		const struct framework_verdict *v = &c->verdicts[at];

		if (c->again || is_outside(control, v))
			continue;
		name.len = 0;
		name_of(&name, c);
		buf_text(out, "    ");
		glyph_clean(out, buf_slice(&name));
		buf_fmt(out, "  %s%s%.*s\n", framework_words[v->is], v->why.len ? ": " : "",
			STR_ARG(v->why));
	}
}

void framework_text(struct buf *out, const struct report *r)
{
	if (!is_judged(r))
		return;
	buf_fmt(out, "%s\n", r->framework->title);
	for (size_t i = 0; i < r->framework->len; i++)
		control_text(out, r, i);
	buf_byte(out, '\n');
}
