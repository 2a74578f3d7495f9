/* What users wrote, inside of Markdown: it makes no link, mentions nobody, and breaks no table. */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "base/buf.h"

/* In a sentence, or the cell of a table. Appends. */
void markdown_text(struct buf *out, struct str s);
/* As code, between as many backquotes as it needs; a pipe is escaped, as a table needs it. Appends.
 */
void markdown_code(struct buf *out, struct str s);

#endif
