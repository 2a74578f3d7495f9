/*
 * A line of a file with carets below the characters that matter. Lines are cut around the place,
 * tabs are blanks, wide characters take two columns, control characters are escaped.
 */
#ifndef REPORT_EXCERPT_H
#define REPORT_EXCERPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "doc/doc.h"

/* What is kept of a line. */
struct excerpt {
	struct str text;       /* empty: nothing to show */
	uint32_t first_column; /* of the first character of `text` */
	bool cut_left, cut_right;
};

/* Copies the part of `line` around pos into the arena. */
struct excerpt excerpt_take(struct arena *a, struct str line, struct pos pos);

struct excerpt_view {
	struct str shown; /* as printed */
	size_t indent;	  /* columns before the carets */
	size_t carets;
};

/* Lays it out in `room` columns; text in the arena of `shown`. */
void excerpt_lay_out(const struct excerpt *e, struct pos pos, size_t room, struct buf *shown,
		     struct excerpt_view *out);

#endif
