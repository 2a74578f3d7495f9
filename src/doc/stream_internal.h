/* JSON in a file: kubectl hands a file that begins with '{' to a JSON decoder first. That matters
 * where JSON is no YAML: surrogate pairs, long keys, several values in a row. */
#ifndef DOC_STREAM_H
#define DOC_STREAM_H

#include "tree_internal.h"

enum json_stream {
	STREAM_READ,
	STREAM_OTHER,	/* not JSON: read it as YAML; `out` is empty */
	STREAM_REFUSED, /* err says why; `out` holds the documents before */
};

/* `file` has text and lines. What is read is taken off `budget`. */
enum json_stream json_stream_read(struct arena *a, const struct doc *file,
				  struct doc_budget *budget, struct doc_list *out, struct err *err);

#endif
