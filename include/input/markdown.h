/* Manifests in the documentation: the fenced YAML of a Markdown file (CommonMark 0.31). */
#ifndef INPUT_MARKDOWN_H
#define INPUT_MARKDOWN_H

#include "base/arena.h"
#include "base/str.h"

bool markdown_is(struct str name); /* *.md, *.markdown */
/* One of the paths is. */
bool markdown_is_among(const struct str *paths, size_t len);

/* The text with blanks for all but the lines of fences (```yaml, ~~~yml) that hold an object of
 * CloudNativePG or its plugin, each a document of its own: every line and column stays what it is.
 * In the arena; empty when there is none. */
struct str markdown_yaml(struct arena *a, struct str text);

#endif
