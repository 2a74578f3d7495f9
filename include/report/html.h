/*
 * Text inside of HTML: the one place in which what somebody wrote becomes part of a page.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/buf.h"

/* In an element or a quoted attribute: it opens and closes nothing. What a terminal would obey, and
 * what is not UTF-8, is shown as escaped (report/glyph.h); line breaks are blanks. Appends. */
void html_text(struct buf *out, struct str s);
/* The same of text in which line breaks count: inside of <pre>. */
void html_lines(struct buf *out, struct str s);

#endif
