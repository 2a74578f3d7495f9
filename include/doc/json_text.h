/* One JSON string, as a line of a list may hold it. */
#ifndef DOC_JSON_TEXT_H
#define DOC_JSON_TEXT_H

#include "base/arena.h"

/* The whole of `line` is one JSON string: its text, which may hold NUL, in `*out` (in the arena).
 * A surrogate without its other half becomes U+FFFD. False for all else. */
bool json_text(struct arena *a, struct str line, struct str *out);

#endif
