/*
 * Characters as a terminal shows them. What a terminal would obey instead of show (control
 * characters, marks that turn the direction of writing) is escaped, whoever wrote it.
 */
#ifndef REPORT_GLYPH_H
#define REPORT_GLYPH_H

#include "base/buf.h"

struct glyph {
	size_t bytes; /* in the text */
	size_t width; /* columns, escaped or not */
	uint32_t code;
	bool escaped;
};

/* The character at s.ptr[at]; at < s.len. A byte that is not UTF-8 is a glyph of its own. */
struct glyph glyph_at(struct str s, size_t at);

void glyph_add(struct buf *out, struct str s, size_t at, const struct glyph *g);
void glyph_clean(struct buf *out, struct str s); /* all of s */
size_t glyph_width(struct str s);

#endif
