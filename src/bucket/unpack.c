#include "bucket/unpack.h"

#include "base/limits.h"

#include <bzlib.h>
#include <lzma.h>
#include <string.h>

struct output {
	char *bytes;
	size_t len, most;
};

static bool take(struct str *rest, size_t len, struct str *piece)
{
	if (rest->len < len)
		return false;
	*piece = (struct str){rest->ptr, len};
	rest->ptr += len;
	rest->len -= len;
	return true;
}

/* A number of up to four bytes, the lowest first. */
static bool take_number(struct str *rest, size_t bytes, uint32_t *out)
{
	struct str piece;

	*out = 0;
	if (!take(rest, bytes, &piece))
		return false;
	for (size_t i = bytes; i-- > 0;)
		*out = *out << 8 | (unsigned char)piece.ptr[i];
	return true;
}

static bool add(struct output *o, struct str piece)
{
	if (piece.len > o->most - o->len)
		return false;
	if (piece.len)
		memcpy(o->bytes + o->len, piece.ptr, piece.len);
	o->len += piece.len;
	return true;
}

static bool add_from(struct output *o, struct str *rest, size_t len)
{
	struct str piece;

	return take(rest, len, &piece) && add(o, piece);
}

/* What came `back` bytes before, which may be what is being written. */
static bool repeat(struct output *o, size_t back, size_t len)
{
	if (!back || back > o->len || len > o->most - o->len)
		return false;
	for (size_t i = 0; i < len; i++, o->len++)
		o->bytes[o->len] = o->bytes[o->len - back];
	return true;
}

/* Four bits, and as many bytes more as it takes. */
static bool take_lz4_length(struct str *rest, uint32_t nibble, size_t *out)
{
	uint32_t more = 255;

	*out = nibble;
	while (nibble == 15 && more == 255) {
		if (!take_number(rest, 1, &more))
			return false;
		*out += more;
	}
	return true;
}

static bool add_lz4_block(struct output *o, struct str block)
{
	uint32_t token, back;
	size_t len;

	while (take_number(&block, 1, &token)) {
		if (!take_lz4_length(&block, token >> 4, &len) || !add_from(o, &block, len))
			return false;
		if (!block.len) /* the last one ends with its literals */
			return true;
		if (!take_number(&block, 2, &back) || !take_lz4_length(&block, token & 15, &len) ||
		    !repeat(o, back, len + 4))
			return false;
	}
	return false;
}

#define LZ4_MAGIC 0x184d2204u
#define LZ4_RAW 0x80000000u /* of a block's size: it is not compressed */
enum { LZ4_DICTIONARY = 1, LZ4_SIZE = 8, LZ4_BLOCK_SUM = 16, LZ4_VERSION = 0xc0, LZ4_ONE = 0x40 };

static bool add_lz4(struct output *o, struct str rest)
{
	uint32_t magic, flags, size;
	struct str piece;

	if (!take_number(&rest, 4, &magic) || magic != LZ4_MAGIC ||
	    !take_number(&rest, 1, &flags) || (flags & LZ4_VERSION) != LZ4_ONE ||
	    flags & LZ4_DICTIONARY || !take(&rest, flags & LZ4_SIZE ? 10 : 2, &piece))
		return false;
	for (;;) {
		if (!take_number(&rest, 4, &size))
			return false;
		if (!size)
			return true;
		if (!take(&rest, size & ~LZ4_RAW, &piece) ||
		    !(size & LZ4_RAW ? add(o, piece) : add_lz4_block(o, piece)) ||
		    (flags & LZ4_BLOCK_SUM && !take(&rest, 4, &piece)))
			return false;
	}
}

static bool add_snappy_literal(struct output *o, struct str *rest, uint32_t len)
{
	uint32_t more = len;

	if (len >= 60 && !take_number(rest, len - 59, &more))
		return false;
	return add_from(o, rest, (size_t)more + 1);
}

static bool add_snappy_block(struct output *o, struct str block)
{
	uint32_t byte, back;

	do { /* how long it is, in sevens of bits; what comes out says it as well */
		if (!take_number(&block, 1, &byte))
			return false;
	} while (byte & 0x80);
	while (take_number(&block, 1, &byte)) {
		uint32_t kind = byte & 3, len = byte >> 2;

		if (!kind) {
			if (!add_snappy_literal(o, &block, len))
				return false;
			continue;
		}
		if (!take_number(&block, kind == 1 ? 1 : kind == 2 ? 2 : 4, &back))
			return false;
		if (kind == 1) {
			back |= len >> 3 << 8;
			len = (len & 7) + 3;
		}
		if (!repeat(o, back, (size_t)len + 1))
			return false;
	}
	return true;
}

enum { SNAPPY_BLOCK = 0, SNAPPY_RAW = 1, SNAPPY_PADDING = 0x80, SNAPPY_BEGIN = 0xff };

static bool add_snappy(struct output *o, struct str rest)
{
	uint32_t kind, size;
	struct str piece, sum;
	bool begun = false;

	for (; take_number(&rest, 1, &kind); begun = true) {
		if (!take_number(&rest, 3, &size) || !take(&rest, size, &piece) ||
		    (!begun && (kind != SNAPPY_BEGIN || !str_is(piece, "sNaPpY"))))
			return false;
		if (kind >= SNAPPY_PADDING)
			continue;
		if (kind > SNAPPY_RAW || !take(&piece, 4, &sum) ||
		    !(kind == SNAPPY_RAW ? add(o, piece) : add_snappy_block(o, piece)))
			return false;
	}
	return begun;
}

static bool unpack(bool (*add_all)(struct output *o, struct str rest), struct str bytes,
		   size_t most, struct arena *a, struct str *out)
{
	struct output o = {arena_alloc_raw(a, most), 0, most};

	if (!add_all(&o, bytes))
		return false;
	*out = (struct str){o.bytes, o.len};
	return true;
}

bool unpack_lz4(struct str bytes, size_t most, struct arena *a, struct str *out)
{
	return unpack(add_lz4, bytes, most, a, out);
}

bool unpack_snappy(struct str bytes, size_t most, struct arena *a, struct str *out)
{
	return unpack(add_snappy, bytes, most, a, out);
}

bool unpack_xz(struct str bytes, size_t most, struct arena *a, struct str *out)
{
	uint8_t *text = arena_alloc_raw(a, most);
	uint64_t memory = LIMIT_XZ_MEMORY;
	size_t read = 0, len = 0;

	if (lzma_stream_buffer_decode(&memory, 0, NULL, (const uint8_t *)bytes.ptr, &read,
				      bytes.len, text, &len, most) != LZMA_OK)
		return false;
	*out = (struct str){(const char *)text, len};
	return true;
}

bool unpack_bzip2(struct str bytes, size_t most, struct arena *a, struct str *out)
{
	unsigned len = (unsigned)most;
	char *text = arena_alloc_raw(a, most);

	BUG_IF(most > LIMIT_S3_TEXT_BYTES || bytes.len > LIMIT_S3_TEXT_BYTES);
	if (BZ2_bzBuffToBuffDecompress(text, &len, (char *)(uintptr_t)bytes.ptr,
				       (unsigned)bytes.len, 0, 0) != BZ_OK)
		return false;
	*out = (struct str){text, len};
	return true;
}
