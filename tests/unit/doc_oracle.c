/* Generated and mutated JSON texts, read as cJSON reads them. */
#include "../fuzz/oracle.h"

#include <criterion/criterion.h>

#include "wall.h"

/* xorshift64 */
static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t below(uint64_t *state, size_t bound)
{
	return next(state) % bound;
}

static void add_digits(struct buf *out, uint64_t *state, size_t most)
{
	for (size_t i = below(state, most) + 1; i > 0; i--)
		buf_byte(out, (char)('0' + below(state, 10)));
}

/* Most of them are numbers. */
static void add_number(struct buf *out, uint64_t *state)
{
	if (below(state, 2))
		buf_byte(out, '-');
	if (below(state, 4))
		buf_byte(out, (char)('1' + below(state, 9)));
	if (below(state, 4))
		add_digits(out, state, 22);
	if (!below(state, 3)) {
		buf_byte(out, '.');
		add_digits(out, state, 20);
	}
	if (!below(state, 3)) {
		buf_byte(out, below(state, 2) ? 'e' : 'E');
		buf_text(out, below(state, 2) ? "-" : "+");
		add_digits(out, state, 3);
	}
}

static void add_string(struct buf *out, uint64_t *state)
{
	static const char *const pieces[] = {
		"a",	   "spec", " ",	       "\xc3\xa4",	 "\xf0\x9f\x98\x80", "\\n",
		"\\\"",	   "\\\\", "\\u00e4",  "\\ud83d\\ude00", "\\u0000",	     "\\/",
		"\\uFFFF", "\x7f", "12345678", "\\u0041",	 "\xed\x9f\xbf",     "\\f"};

	buf_byte(out, '"');
	for (size_t i = below(state, 6); i > 0; i--)
		buf_text(out, pieces[below(state, ARRAY_LEN(pieces))]);
	buf_byte(out, '"');
}

static void add_value(struct buf *out, uint64_t *state, unsigned depth)
{
	static const char *const words[] = {"null", "true", "false", " 0 ", "[]", "{}", "-0"};
	bool map = below(state, 2);
	size_t kind = below(state, depth < 6 ? 6 : 3);

	if (kind == 0) {
		buf_text(out, words[below(state, ARRAY_LEN(words))]);
	} else if (kind == 1) {
		add_number(out, state);
	} else if (kind == 2) {
		add_string(out, state);
	} else {
		buf_byte(out, map ? '{' : '[');
		for (size_t i = 0, len = below(state, 5); i < len; i++) {
			buf_text(out, i ? ",\n" : "");
			if (map)
				add_string(out, state);
			buf_text(out, map ? ": " : "");
			add_value(out, state, depth + 1);
		}
		buf_byte(out, map ? '}' : ']');
	}
}

static void mutate(struct buf *text, uint64_t *state)
{
	static const char bytes[] = "\"\\{}[],:0e-. \0\xc3\xff\n";
	size_t at = below(state, text->len);

	if (below(state, 3))
		text->ptr[at] = bytes[below(state, sizeof bytes)];
	else if (below(state, 2))
		text->len = at;
	else
		text->ptr[at] = text->ptr[below(state, text->len)];
}

Test(doc_oracle, what_we_read_cjson_reads_alike)
{
	struct buf text CLEANUP(buf) = {0};
	uint64_t state = 20261129;
	unsigned read = 0, refused = 0;

	for (int i = 0; i < 20000; i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		const struct doc *d;
		struct err err;

		text.len = 0;
		add_value(&text, &state, 0);
		for (size_t k = i % 2 ? below(&state, 3) + 1 : 0; k > 0 && text.len; k--)
			mutate(&text, &state);
		struct wall w CLEANUP(wall) = wall_build(buf_slice(&text));
		if (!doc_read_json(a, w.text, &d, &err)) {
			refused++;
			continue;
		}
		read++;
		cr_assert(oracle_agrees(w.text, doc_root(d)), "%.*s", STR_ARG(w.text));
	}
	cr_assert_gt(read, 8000);
	cr_assert_gt(refused, 4000);
}
