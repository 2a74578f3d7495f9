/* What follows "@every ": time.ParseDuration of Go, quirks and error texts included. */
#include "cron_internal.h"

/* Go counts a duration in nanoseconds, in 63 bits; its checks use 64. */
#define DURATION_LIMIT ((uint64_t)1 << 63)
#define NANOSECONDS ((uint64_t)1000000000)

static const struct {
	struct str name;
	uint64_t ns;
} units[] = {
	{STR_INIT("ns"), 1},
	{STR_INIT("us"), 1000},
	{STR_INIT("\xc2\xb5s"), 1000}, /* U+00B5 micro sign */
	{STR_INIT("\xce\xbcs"), 1000}, /* U+03BC Greek mu */
	{STR_INIT("ms"), 1000000},
	{STR_INIT("s"), NANOSECONDS},
	{STR_INIT("m"), 60 * NANOSECONDS},
	{STR_INIT("h"), 3600 * NANOSECONDS},
};

static uint64_t unit_ns(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_eq(name, units[i].name))
			return units[i].ns;
	return 0;
}

static enum cron_error fail(struct buf *message, enum cron_error e, struct str whole,
			    struct str unit)
{
	if (!message)
		return e;
	if (e == CRON_DURATION_UNIT) {
		buf_text(message, "time: unknown unit ");
		cron_quote_bytes(unit, message);
		buf_text(message, " in duration ");
	} else if (e == CRON_DURATION_NO_UNIT) {
		buf_text(message, "time: missing unit in duration ");
	} else {
		buf_text(message, "time: invalid duration ");
	}
	cron_quote_bytes(whole, message);
	return e;
}

static bool is_digit(struct str s, size_t at)
{
	return at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';
}

static bool whole_part(struct str s, size_t *at, uint64_t *out)
{
	uint64_t n = 0;

	for (; is_digit(s, *at); ++*at) {
		if (n > DURATION_LIMIT / 10)
			return false;
		n = n * 10 + (uint64_t)(s.ptr[*at] - '0');
		if (n > DURATION_LIMIT)
			return false;
	}
	*out = n;
	return true;
}

struct fraction {
	uint64_t n;
	double scale;
};

/* Digits that no longer fit are skipped: what Go rounds, we must round. */
static struct fraction fraction_part(struct str s, size_t *at)
{
	struct fraction f = {0, 1};
	bool full = false;

	for (; is_digit(s, *at); ++*at) {
		if (full)
			continue;
		uint64_t longer = f.n * 10 + (uint64_t)(s.ptr[*at] - '0');
		full = f.n > (DURATION_LIMIT - 1) / 10 || longer > DURATION_LIMIT;
		if (!full)
			f = (struct fraction){longer, f.scale * 10};
	}
	return f;
}

/* One [number unit]. */
static enum cron_error pair(struct str s, size_t *at, uint64_t *sum, struct str *unit)
{
	struct fraction f = {0, 1};
	size_t from = *at;
	uint64_t n;

	if (!whole_part(s, at, &n))
		return CRON_DURATION;
	size_t digits = *at - from;
	if (*at < s.len && s.ptr[*at] == '.') {
		from = ++*at;
		f = fraction_part(s, at);
		digits += *at - from;
	}
	if (!digits)
		return CRON_DURATION;
	from = *at;
	while (*at < s.len && s.ptr[*at] != '.' && !is_digit(s, *at))
		++*at;
	*unit = str_slice(s, from, *at);
	if (!unit->len)
		return CRON_DURATION_NO_UNIT;
	uint64_t ns = unit_ns(*unit);
	if (!ns)
		return CRON_DURATION_UNIT;
	if (n > DURATION_LIMIT / ns)
		return CRON_DURATION;
	n = n * ns + (f.n ? (uint64_t)((double)f.n * ((double)ns / f.scale)) : 0);
	if (n > DURATION_LIMIT)
		return CRON_DURATION;
	*sum += n; /* 2^63 + 2^63 is 0, there as here */
	return *sum > DURATION_LIMIT ? CRON_DURATION : CRON_OK;
}

enum cron_error cron_duration(struct str text, int64_t *seconds, struct buf *message)
{
	struct str s = text, unit = STR_EMPTY;
	bool negative = s.len && s.ptr[0] == '-';
	uint64_t sum = 0;
	size_t at = 0;

	if (s.len && (negative || s.ptr[0] == '+'))
		s = str_slice(s, 1, s.len);
	if (!s.len)
		return fail(message, CRON_DURATION, text, unit);
	while (at < s.len && !str_is(s, "0")) {
		enum cron_error e = pair(s, &at, &sum, &unit);

		if (e)
			return fail(message, e, text, unit);
	}
	if (!negative && sum == DURATION_LIMIT)
		return fail(message, CRON_DURATION, text, unit);
	*seconds = negative || sum < NANOSECONDS ? 1 : (int64_t)(sum / NANOSECONDS);
	return CRON_OK;
}
