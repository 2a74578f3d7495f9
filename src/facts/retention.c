#include "facts/retention.h"

#include "base/arena.h"

#include <inttypes.h>

/* Days of n units ("days", "w", "Months"); hours are whole days. 0: there is no such unit. */
static int64_t unit_days(struct str unit, int64_t n)
{
	static const struct {
		const char *name;
		int64_t days;
	} units[] = {{"d", 1},	 {"day", 1},	{"w", 7},   {"wk", 7},	 {"week", 7},  {"m", 31},
		     {"mo", 31}, {"month", 31}, {"y", 366}, {"yr", 366}, {"year", 366}};

	if (unit.len > 1 && (unit.ptr[unit.len - 1] | 0x20) == 's')
		unit.len--;
	if (str_eq_nocase(unit, STR("h")) || str_eq_nocase(unit, STR("hour")))
		return (n + 23) / 24;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_eq_nocase(unit, str_from(units[i].name)))
			return n * units[i].days;
	return unit.len ? 0 : n;
}

/* "4w", "30 days": a number and its unit, which may be empty, from the beginning of `text`. */
static bool next_part(struct str *text, int64_t *n, struct str *unit)
{
	size_t digits = 0, blank, end;

	while (digits < text->len && text->ptr[digits] >= '0' && text->ptr[digits] <= '9')
		digits++;
	for (blank = digits; blank < text->len && text->ptr[blank] == ' ';)
		blank++;
	for (end = blank;
	     end < text->len && (text->ptr[end] | 0x20) >= 'a' && (text->ptr[end] | 0x20) <= 'z';)
		end++;
	*unit = str_slice(*text, blank, end);
	if (digits > 9 || !str_to_i64(str_slice(*text, 0, digits), n))
		return false;
	while (end < text->len && text->ptr[end] == ' ')
		end++;
	*text = str_slice(*text, end, text->len);
	return true;
}

static struct str write_days(struct arena *a, int64_t n, struct str unit, int64_t days)
{
	char letter = unit.len ? (char)(unit.ptr[0] | 0x20) : 'd';

	switch (letter) {
	case 'y':
		return arena_fmt(a, "%" PRId64 "m", 12 * n);
	case 'w':
	case 'm':
		return arena_fmt(a, "%" PRId64 "%c", n, letter);
	default:
		return arena_fmt(a, "%" PRId64 "d", days);
	}
}

struct str retention_meant(struct arena *a, struct str text)
{
	struct str rest = text, unit = STR_EMPTY, none = STR("30d");
	int64_t n = 0, days = 0;
	bool one = true;

	while (rest.len) {
		one = !days;
		if (!next_part(&rest, &n, &unit) || !unit_days(unit, n))
			return none;
		days += unit_days(unit, n);
	}
	return days ? write_days(a, n, one ? unit : STR_EMPTY, days) : none;
}
