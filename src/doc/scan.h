/* The pass over a JSON text before cJSON sees it, and the strings that cJSON would cut. */
#ifndef DOC_SCAN_H
#define DOC_SCAN_H

#include "base/err.h"
#include "base/str.h"

enum scan_part { SCAN_OPEN, SCAN_CLOSE, SCAN_KEY, SCAN_SCALAR };

/* Told of each part of the text in order; false ends the scan, with err set by `take`. */
struct scan_sink {
	void *context;
	bool (*take)(void *context, enum scan_part part, size_t from, size_t to);
};

/* One JSON value with blanks around it, and nothing of what cJSON lets pass but for duplicate keys.
 * `nul`: some string holds an escaped NUL. With a sink, several values may follow each other. */
MUST_CHECK bool scan_json(struct str text, const struct scan_sink *sink, bool *nul,
			  struct err *err);

/* The next string of a scanned text, without its quotes; takes what stands before it off `rest`.
 * False when there is none. */
bool scan_next_string(struct str *rest, struct str *inside);

bool scan_has_nul(struct str inside);

/* Content of a scanned string into `out`, which has room for inside.len bytes; returns its length.
 * `keep_nul`: an escaped NUL stays as it is written. */
size_t scan_unescape(struct str inside, bool keep_nul, char *out);

#endif
