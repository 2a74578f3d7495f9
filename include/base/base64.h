/* Base64 (RFC 4648): standard alphabet, padded. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/str.h"

struct arena;
struct buf;

/* As Go reads it: line breaks are ignored, everything else that does not belong is refused. */
MUST_CHECK bool base64_decode(struct str text, struct arena *a, struct str *out);

/* Without line breaks. Appends. */
void base64_encode(struct str bytes, struct buf *out);

#endif
