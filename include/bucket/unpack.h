/*
 * Small texts of a bucket that Barman has compressed with what libcurl does not unpack: frames of
 * LZ4 (lz4_Frame_format.md) and of Snappy (framing_format.txt, format_description.txt), whose
 * checksums are not looked at: who reads what comes out holds it for what anybody may have written;
 * and streams of xz and bzip2. The only home of liblzma and libbz2.
 */
#ifndef BUCKET_UNPACK_H
#define BUCKET_UNPACK_H

#include "base/arena.h"

/* False: it is no such frame, or ends before its end, or holds more than `most` bytes. The result
 * lives in the arena. */
MUST_CHECK bool unpack_lz4(struct str bytes, size_t most, struct arena *a, struct str *out);
MUST_CHECK bool unpack_snappy(struct str bytes, size_t most, struct arena *a, struct str *out);
MUST_CHECK bool unpack_xz(struct str bytes, size_t most, struct arena *a, struct str *out);
MUST_CHECK bool unpack_bzip2(struct str bytes, size_t most, struct arena *a, struct str *out);

#endif
