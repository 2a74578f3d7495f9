#include "bucket/unpack.h"

#include "base/buf.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

typedef bool (*unpack_fn)(struct str bytes, size_t most, struct arena *a, struct str *out);

/* clang-format off */
/* What lz4.frame.compress and snappy.stream_compress of Python make of a short text, of one that
 * repeats itself, and of 300 line breaks. */
static const struct {
	unpack_fn unpack;
	struct str packed;
	size_t len;
	const char *begin;
} TABLE[] = {
	{unpack_lz4, STR_INIT(
		"\x04\x22\x4d\x18\x68\x40\x0e\x00\x00\x00\x00\x00\x00\x00\xc2\x0e\x00\x00\x80\x31"
		"\x09\x30\x2f\x33\x30\x30\x30\x31\x30\x30\x09\x78\x0a\x00\x00\x00\x00"),
		14, "1\t0/3000100\tx\n"},
	{unpack_lz4, STR_INIT(
		"\x04\x22\x4d\x18\x68\x40\xd2\x00\x00\x00\x00\x00\x00\x00\x78\x55\x00\x00\x00\xff"
		"\x20\x31\x09\x30\x2f\x33\x30\x30\x30\x31\x30\x30\x09\x6e\x6f\x20\x72\x65\x63\x6f"
		"\x76\x65\x72\x79\x20\x74\x61\x72\x67\x65\x74\x20\x73\x70\x65\x63\x69\x66\x69\x65"
		"\x64\x0a\x0a\x32\x09\x30\x2f\x34\x2a\x00\x12\x5f\x33\x09\x30\x2f\x35\x2a\x00\x12"
		"\x5f\x34\x09\x30\x2f\x36\x2a\x00\x12\x5f\x35\x09\x30\x2f\x37\x2a\x00\x0d\x50\x69"
		"\x65\x64\x0a\x0a\x00\x00\x00\x00"),
		210, "1\t0/3000100\tno recovery target specified\n\n2\t0/4000100\tno recovery"},
	{unpack_lz4, STR_INIT(
		"\x04\x22\x4d\x18\x68\x40\x2c\x01\x00\x00\x00\x00\x00\x00\x84\x0c\x00\x00\x00\x1f"
		"\x0a\x01\x00\xff\x14\x50\x0a\x0a\x0a\x0a\x0a\x00\x00\x00\x00"),
		300, "\n\n\n\n\n\n\n\n"},
	{unpack_snappy, STR_INIT(
		"\xff\x06\x00\x00\x73\x4e\x61\x50\x70\x59\x01\x12\x00\x00\x70\x1d\xe9\x10\x31\x09"
		"\x30\x2f\x33\x30\x30\x30\x31\x30\x30\x09\x78\x0a"),
		14, "1\t0/3000100\tx\n"},
	{unpack_snappy, STR_INIT(
		"\xff\x06\x00\x00\x73\x4e\x61\x50\x70\x59\x00\x54\x00\x00\x2a\x61\x57\xc7\xd2\x01"
		"\xb8\x31\x09\x30\x2f\x33\x30\x30\x30\x31\x30\x30\x09\x6e\x6f\x20\x72\x65\x63\x6f"
		"\x76\x65\x72\x79\x20\x74\x61\x72\x67\x65\x74\x20\x73\x70\x65\x63\x69\x66\x69\x65"
		"\x64\x0a\x0a\x32\x09\x30\x2f\x34\x92\x2a\x00\x10\x33\x09\x30\x2f\x35\x92\x2a\x00"
		"\x10\x34\x09\x30\x2f\x36\x92\x2a\x00\x10\x35\x09\x30\x2f\x37\x92\x2a\x00"),
		210, "1\t0/3000100\tno recovery target specified\n\n2\t0/4000100\tno recovery"},
	{unpack_snappy, STR_INIT(
		"\xff\x06\x00\x00\x73\x4e\x61\x50\x70\x59\x00\x17\x00\x00\xf0\xe4\x67\xf0\xac\x02"
		"\x00\x0a\xfe\x01\x00\xfe\x01\x00\xfe\x01\x00\xfe\x01\x00\xaa\x01\x00"),
		300, "\n\n\n\n\n\n\n\n"},
};
/* clang-format on */

Test(unpack, gives_what_was_packed)
{
	for (size_t i = 0; i < ARRAY_LEN(TABLE); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct str out;

		cr_assert(TABLE[i].unpack(TABLE[i].packed, TABLE[i].len, a, &out), "%zu", i);
		cr_expect_eq(out.len, TABLE[i].len, "%zu: %zu", i, out.len);
		cr_expect(str_has_prefix(out, str_from(TABLE[i].begin)), "%zu: %.*s", i,
			  STR_ARG(out));
		cr_expect_eq(out.ptr[out.len - 1], '\n');
		cr_expect_not(TABLE[i].unpack(TABLE[i].packed, TABLE[i].len - 1, a, &out),
			      "%zu: one byte more than it may", i);
	}
}

/* LZ4 says where it ends; Snappy ends at the end of any of its chunks. */
Test(unpack, refuses_what_was_cut_off)
{
	for (size_t i = 0; i < ARRAY_LEN(TABLE); i++) {
		for (size_t len = 0; len < TABLE[i].packed.len; len++) {
			CLEANUP(arena) struct arena *a = arena_new();
			struct str out;
			bool ok = TABLE[i].unpack(str_slice(TABLE[i].packed, 0, len), 300, a, &out);
			bool whole = TABLE[i].unpack == unpack_snappy && len == 10;

			cr_expect_eq(ok, whole, "%zu: %zu", i, len);
		}
	}
}

#define LZ4 "\x04\x22\x4d\x18"
#define SNAPPY "\xff\x06\x00\x00sNaPpY"

Test(unpack, keeps_to_what_frames_may_hold)
{
	static const struct {
		unpack_fn unpack;
		struct str packed;
		const char *text; /* NULL: it is refused */
	} table[] = {
		{unpack_lz4, STR_INIT(LZ4 "\x40\x40\xc0\x02\x00\x00\x80hi\x00\x00\x00\x00"), "hi"},
		{unpack_lz4, STR_INIT(LZ4 "\x50\x40\xc0\x02\x00\x00\x80hisums\x00\x00\x00\x00"),
		 "hi"},
		{unpack_lz4, STR_INIT(LZ4 "\x41\x40\xc0\x02\x00\x00\x80hi\x00\x00\x00\x00"), NULL},
		{unpack_lz4, STR_INIT(LZ4 "\x80\x40\xc0\x02\x00\x00\x80hi\x00\x00\x00\x00"), NULL},
		{unpack_lz4,
		 STR_INIT("\x05\x22\x4d\x18\x40\x40\xc0\x02\x00\x00\x80hi\x00\x00\x00\x00"), NULL},
		{unpack_lz4,
		 STR_INIT(LZ4 "\x40\x40\xc0\x05\x00\x00\x00\x10"
			      "a\x02\x00\x00\x00\x00\x00\x00"),
		 NULL},
		{unpack_lz4,
		 STR_INIT(LZ4 "\x40\x40\xc0\x05\x00\x00\x00\x10"
			      "a\x00\x00\x00\x00\x00\x00\x00"),
		 NULL},
		{unpack_snappy, STR_INIT(SNAPPY "\x01\x06\x00\x00sumshi\xfe\x01\x00\x00x"), "hi"},
		{unpack_snappy, STR_INIT(SNAPPY "\x02\x06\x00\x00sumshi"), NULL},
		{unpack_snappy, STR_INIT("\x01\x06\x00\x00sumshi"), NULL},
		{unpack_snappy, STR_INIT("\xff\x06\x00\x00SNAPPY\x01\x06\x00\x00sumshi"), NULL},
		{unpack_snappy,
		 STR_INIT(SNAPPY "\x00\x09\x00\x00sums\x05\x00"
				 "a\x01\x01"),
		 "aaaaa"},
		{unpack_snappy,
		 STR_INIT(SNAPPY "\x00\x0c\x00\x00sums\x05\x00"
				 "a\x0f\x01\x00\x00\x00"),
		 "aaaaa"},
		{unpack_snappy,
		 STR_INIT(SNAPPY "\x00\x09\x00\x00sums\x05\x00"
				 "a\x01\x02"),
		 NULL},
		{unpack_snappy,
		 STR_INIT(SNAPPY "\x00\x0a\x00\x00sums\x02\xf0\x01"
				 "a"
				 "a\x00"),
		 NULL},
		{unpack_snappy,
		 STR_INIT(SNAPPY "\x00\x09\x00\x00sums\x02\xf0\x01"
				 "aa"),
		 "aa"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct str out;
		bool ok = table[i].unpack(table[i].packed, 300, a, &out);

		cr_expect_eq(ok, table[i].text != NULL, "%zu", i);
		cr_expect(!ok || str_is(out, table[i].text), "%zu: %.*s", i, STR_ARG(out));
	}
}

Test(unpack, goes_back_as_far_as_eleven_bits_say)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf packed = BUF_ARENA(a);
	struct str out;

	/* a chunk of 4 + 2 + 3 + 300 + 2 bytes: 300 as they are, and four of 300 bytes before */
	buf_str(&packed, STR(SNAPPY "\x00\x37\x01\x00sums\xb0\x02\xf4\x2b\x01x"));
	buf_repeat(&packed, 'y', 299);
	buf_str(&packed, STR("\x21\x2c"));
	cr_assert(unpack_snappy(buf_slice(&packed), 304, a, &out));
	cr_expect_eq(out.len, 304u);
	cr_expect(str_has_suffix(out, STR("yxyyy")));
}
