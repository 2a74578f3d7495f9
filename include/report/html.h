/*
 * Text inside of HTML: the one place in which what somebody wrote becomes part of a page. And what
 * every page has: one style sheet, no script, nothing that is loaded, as it says itself.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/buf.h"

/* In an element or a quoted attribute: it opens and closes nothing. What a terminal would obey, and
 * what is not UTF-8, is shown as escaped (report/glyph.h); line breaks are blanks. Appends. */
void html_text(struct buf *out, struct str s);
/* The same of text in which line breaks count: inside of <pre>. */
void html_lines(struct buf *out, struct str s);

/* The same between <name> and </name>, on a line; nothing for no text. */
void html_element(struct buf *out, const char *name, struct str text);
/* In a <dl>: what it is called, and what it is; nothing for no text. */
void html_term(struct buf *out, const char *word, struct str text);

/* What stands above a page. */
struct html_head {
	struct str title, where; /* `where` may be empty: "context kind" */
	int64_t now;		 /* seconds, UTC; 0: it is not said */
	struct str policy, version;
};
/* Opens the page and its header; html_main ends the header and begins what it is about. */
void html_begin(struct buf *out, const struct html_head *head);
void html_main(struct buf *out);
void html_end(struct buf *out);

/* A verdict: a shape, a colour and words, since a colour alone says nothing. */
enum html_mark { HTML_GOOD, HTML_TOLD, HTML_RISK, HTML_NONE, HTML_UNKNOWN, HTML_MARKS };
void html_verdict(struct buf *out, enum html_mark mark, const char *words);
/* How many of them there are, in a <ul class="counts">. */
void html_count(struct buf *out, enum html_mark mark, size_t count, const char *words);

/* Once in a page with pictures: what is hatched in them, and what their shapes mean. */
struct html_sign {
	const char *shape; /* SVG, in a box of 40 by 24 */
	const char *words;
};
void html_legend(struct buf *out, const struct html_sign *signs, size_t len);
/* Opens a picture of this width and a height of 24, which is stretched to the width that there is;
 * `words` say what is in it. "</svg>" ends it. */
void html_picture(struct buf *out, int width, struct str words);
/* Where a moment stands in a picture of that width that is of `from` to `to`, seconds since 1970,
 * UTC; at its edge when it is not in it. */
int64_t html_x(int width, int64_t from, int64_t to, int64_t at);
/* "2026-11-22", UTC. */
void html_day(struct buf *out, int64_t t);

struct report;
/* What could not be read; nothing where all could. */
void html_errors(struct buf *out, const struct report *r);

/* Markdown as we write it: headings, paragraphs, lists, tables, code in fences and in lines, and
 * words in bold; in it nothing is HTML. Headings become one level lower. */
void html_markdown(struct buf *out, struct str markdown);

#endif
