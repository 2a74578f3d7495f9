/* What the version of a chart may be: one, or a range as Helm and Flux read it. */
#include "internal.h"

/* A comparison: ">=0.3.0". A part that is not written, or an x, is -1. */
struct comparison {
	struct str op;
	int64_t parts[3];
};

static bool is_operator(char c)
{
	return c == '<' || c == '>' || c == '=' || c == '~' || c == '^' || c == '!';
}

static struct comparison comparison_of(struct str word)
{
	struct comparison c = {.parts = {-1, -1, -1}};
	size_t at = 0;
	struct str part;

	while (at < word.len && is_operator(word.ptr[at]))
		at++;
	c.op = str_slice(word, 0, at);
	at += at < word.len && word.ptr[at] == 'v';
	struct str rest = str_slice(word, at, word.len);
	rest = str_slice(rest, 0, str_find_byte(rest, '-'));
	rest = str_slice(rest, 0, str_find_byte(rest, '+'));
	for (size_t i = 0; i < ARRAY_LEN(c.parts) && str_split(&rest, '.', &part); i++)
		if (!str_to_i64(part, &c.parts[i]))
			break;
	return c;
}

/* What it admits is below 0.MINOR.0. */
static bool is_below(const struct comparison *c, int64_t minor)
{
	bool first = c->parts[2] <= 0; /* of those with this minor number */

	if (c->parts[0] != 0 || c->parts[1] < 0 || (c->op.len && c->op.ptr[0] == '!'))
		return false;
	if (str_is(c->op, "<"))
		return c->parts[1] < minor || (c->parts[1] == minor && first);
	return (!c->op.len || c->op.ptr[0] != '>') && c->parts[1] < minor;
}

/* All of its comparisons hold: one of them is enough. */
static bool all_below(struct str range, int64_t minor)
{
	struct str word, op = STR_EMPTY;
	bool below = false, before = false;

	while (str_split(&range, ' ', &word)) {
		struct comparison c = comparison_of(word);

		if (str_is(word, "-")) { /* 0.3.0 - 0.7.9: what stands before is the least */
			below = before;
			op = STR("<=");
		} else if (c.op.len == word.len) {
			op = c.op; /* ">= 0.3", or nothing */
		} else {
			c.op = op.len ? op : c.op;
			op = STR_EMPTY;
			before = below;
			below |= is_below(&c, minor);
		}
	}
	return below;
}

static bool range_is_below(struct str range, int64_t minor)
{
	struct str part;
	bool below = false;

	while (str_split(&range, ',', &part))
		below |= all_below(str_trim(part), minor);
	return below;
}

bool versions_are_below(struct str constraint, int64_t minor)
{
	struct str range;
	bool below = false;

	while (str_split(&constraint, '|', &range)) { /* "||" has nothing between */
		range = str_trim(range);
		if (range.len && !(below = range_is_below(range, minor)))
			return false;
	}
	return below;
}
