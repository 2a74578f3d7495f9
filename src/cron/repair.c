/* What was most likely meant by one word of a schedule that does not parse. */
#include "suggest_internal.h"

#include "base/arena.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct str take_while(struct str *s, bool (*accept)(char))
{
	size_t at = 0;

	while (at < s->len && accept(s->ptr[at]))
		at++;
	struct str taken = str_slice(*s, 0, at);
	*s = str_slice(*s, at, s->len);
	return taken;
}

bool cron_is_star(struct str word)
{
	return str_is(word, "*") || str_is(word, "?");
}

static bool parse_field(struct arena *a, struct str word, enum cron_field f, struct cron *c)
{
	struct buf spec = BUF_ARENA(a);

	for (int i = 0; i < CRON_FIELDS_LEN; i++) {
		buf_str(&spec, i == (int)f ? word : STR("*"));
		buf_byte(&spec, ' ');
	}
	return cron_parse(buf_slice(&spec), c, NULL) == CRON_OK;
}

/* "Wednesday", "sept", "Tues", "mondays" as three letters. */
static struct str short_name(struct cron_draft *d, struct str s, enum cron_field f)
{
	const struct cron_bounds *b = &cron_bounds[f];

	for (int v = b->min; b->names && v <= b->max; v++) {
		struct str full = str_from(b->names[v - b->min]), singular = s;

		if (s.len > 4 && (s.ptr[s.len - 1] == 's' || s.ptr[s.len - 1] == 'S') &&
		    !str_has_prefix_nocase(full, s))
			singular.len--;
		if (singular.len > 3 && str_has_prefix_nocase(full, singular)) {
			cron_note(d, NOTE_NAME);
			return str_slice(full, 0, 3);
		}
	}
	return s;
}

/* A name, or a number up to one above the maximum: 7, 24 and 60 mean the beginning. */
static bool end_value(struct cron_draft *d, struct str s, enum cron_field f, int *out)
{
	const struct cron_bounds *b = &cron_bounds[f];
	struct cron c;
	int64_t n;

	if (parse_field(d->arena, s, f, &c) && cron_count(c.set[f]) == 1) {
		*out = cron_lowest(c.set[f]);
		return true;
	}
	if (b->min != 0 || !str_to_i64(s, &n) || n != b->max + 1)
		return false;
	cron_note(d, f == CRON_WEEKDAY ? NOTE_SEVEN : NOTE_END);
	*out = b->max + 1;
	return true;
}

/* The members in order, from `first` to the maximum and then from the minimum. */
static struct str write_set(struct arena *a, uint64_t set, enum cron_field f, int first)
{
	const uint64_t halves[] = {set & (UINT64_MAX << first), set & ~(UINT64_MAX << first)};
	int run_min = f == CRON_WEEKDAY ? 3 : 2;
	struct buf out = BUF_ARENA(a);

	for (size_t i = 0; i < ARRAY_LEN(halves); i++) {
		for (uint64_t rest = halves[i]; rest;) {
			int from = cron_lowest(rest), to = from;

			while (rest >> (to + 1) & 1)
				to++;
			if (to - from + 1 < run_min)
				to = from;
			rest &= ~cron_range(from, to);
			buf_fmt(&out, out.len ? ",%d" : "%d", from);
			if (to > from)
				buf_fmt(&out, "-%d", to);
		}
	}
	return buf_slice(&out);
}

/* A range that passes the end of its field, written as one or two that do not. */
static struct str wrapped(struct cron_draft *d, int low, int high, uint64_t step, enum cron_field f)
{
	const struct cron_bounds *b = &cron_bounds[f];
	int size = b->max - b->min + 1;
	uint64_t set = 0;

	if (high > b->max) /* the note says already that 7, 24 or 60 is the beginning */
		high = low == b->min ? b->max : b->min;
	else if (high < low)
		cron_note(d, NOTE_WRAP);
	int length = (high - low + size) % size;
	for (uint64_t at = 0; at <= (uint64_t)length; at += step)
		set |= (uint64_t)1 << (b->min + (low - b->min + (int)at) % size);
	return write_set(d->arena, set, f, f == CRON_WEEKDAY ? b->min : low);
}

/* Quartz's L and W. */
static bool repair_day(struct cron_draft *d, struct str *item)
{
	struct str number = str_slice(*item, 0, item->len - 1);
	int64_t n;

	if (str_eq_nocase(*item, STR("L"))) {
		cron_note(d, NOTE_LAST);
		*item = STR("28-31");
		return true;
	}
	if (str_has_suffix_nocase(*item, STR("W")) && str_to_i64(number, &n)) {
		cron_note(d, NOTE_WORKDAY);
		*item = number;
		return true;
	}
	if (str_has_prefix_nocase(*item, STR("L")))
		cron_note(d, NOTE_NO_WAY);
	return false;
}

static bool is_name(struct str s)
{
	return s.len == 3 && is_letter(s.ptr[0]);
}

static struct str repair_item(struct cron_draft *d, struct str item, enum cron_field f)
{
	struct str rest = item, range = STR_EMPTY, step = STR_EMPTY, low_text = STR_EMPTY,
		   high_text = STR_EMPTY;
	struct cron unused;
	int64_t step_by = 1;
	int low, high;

	if (!item.len || parse_field(d->arena, item, f, &unused))
		return item;
	if (f == CRON_DAY && repair_day(d, &item))
		return item;
	if (f == CRON_WEEKDAY && str_has_suffix_nocase(item, STR("L")))
		cron_note(d, NOTE_NO_WAY);
	str_split(&rest, '/', &range);
	bool stepped = str_split(&rest, '/', &step);
	if (rest.ptr || (stepped && (!str_to_i64(step, &step_by) || step_by < 1)))
		return item;
	str_split(&range, '-', &low_text);
	bool ranged = str_split(&range, '-', &high_text);
	low_text = short_name(d, low_text, f);
	high_text = short_name(d, high_text, f);
	if (range.ptr || !end_value(d, low_text, f, &low) ||
	    (ranged && !end_value(d, high_text, f, &high)))
		return item;
	const int min = cron_bounds[f].min, max = cron_bounds[f].max;
	if (!ranged && !stepped && is_name(low_text))
		return low_text;
	if (!ranged && (!stepped || low > max))
		return arena_fmt(d->arena, "%d", low > max ? min : low);
	if (!ranged)
		return arena_fmt(d->arena, "%.*s/%.*s", STR_ARG(low_text), STR_ARG(step));
	if (low > max) /* from Sunday, from midnight */
		return wrapped(d, min, high > max ? min : high, (uint64_t)step_by, f);
	if (high >= low && high <= max)
		return arena_fmt(d->arena, "%.*s-%.*s%s%.*s", STR_ARG(low_text), STR_ARG(high_text),
				 stepped ? "/" : "", STR_ARG(step));
	return wrapped(d, low, high, (uint64_t)step_by, f);
}

static struct str repair_list(struct cron_draft *d, struct str word, enum cron_field f)
{
	struct buf out = BUF_ARENA(d->arena);
	struct str item;

	while (str_split(&word, ',', &item)) {
		buf_text(&out, out.len ? "," : "");
		buf_str(&out, repair_item(d, item, f));
	}
	return buf_slice(&out);
}

/*
 * "mon#1". A day list with a star in it (and "*" with a step of 31 is day 1 alone) is the one way
 * to ask for day and weekday together, so the first week can be written; for Sunday, which is "*"
 * with a step of 7, the others as well. Numbers are left alone: Quartz counts them from 1.
 */
static bool repair_nth(struct cron_draft *d)
{
	static const char *const weeks[] = {"1-7", "8-14", "15-21", "22-28", "29-31"};
	struct str nth = d->words[CRON_WEEKDAY], name = STR_EMPTY;
	int64_t n;

	if (str_find_byte(nth, '#') == STR_NONE)
		return false;
	str_split(&nth, '#', &name);
	name = short_name(d, name, CRON_WEEKDAY);
	bool sunday = str_eq_nocase(name, STR("sun"));
	cron_note(d, NOTE_NO_WAY);
	if (!cron_is_star(d->words[CRON_DAY]) || !name.len || !is_letter(name.ptr[0]) ||
	    !str_to_i64(nth, &n) || n < 1 || n > (sunday ? 5 : 1))
		return true;
	d->words[CRON_DAY] = str_from(sunday ? weeks[n - 1] : "1-7,*/31");
	d->words[CRON_WEEKDAY] = sunday ? STR("*/7") : name;
	d->notes &= ~((uint32_t)1 << NOTE_NO_WAY);
	cron_note(d, NOTE_NTH);
	return true;
}

void cron_repair_fields(struct cron_draft *d)
{
	struct str *weekday = &d->words[CRON_WEEKDAY];
	struct cron c, days;

	if (repair_nth(d))
		weekday = NULL;
	for (int f = 0; f < CRON_FIELDS_LEN; f++)
		if (!parse_field(d->arena, d->words[f], (enum cron_field)f, &c))
			d->words[f] = repair_list(d, d->words[f], (enum cron_field)f);
	if (!weekday || !(d->notes >> NOTE_SEVEN & 1) ||
	    !parse_field(d->arena, *weekday, CRON_WEEKDAY, &c))
		return;
	/* All seven days: a star would make a day of the month count alone. */
	bool any_day =
		parse_field(d->arena, d->words[CRON_DAY], CRON_DAY, &days) && days.star[CRON_DAY];
	*weekday = any_day && c.set[CRON_WEEKDAY] == cron_full(CRON_WEEKDAY)
			   ? STR("*")
			   : write_set(d->arena, c.set[CRON_WEEKDAY], CRON_WEEKDAY, 0);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_filler(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

static int64_t unit_seconds(struct str name)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"s", 1},	     {"sec", 1},    {"second", 1},   {"m", 60},	     {"min", 60},
		     {"minute", 60}, {"h", 3600},   {"hr", 3600},    {"hour", 3600}, {"d", 86400},
		     {"day", 86400}, {"w", 604800}, {"week", 604800}};

	if (name.len > 1 && str_has_suffix_nocase(name, STR("s")))
		name.len--;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_eq_nocase(name, str_from(units[i].name)))
			return units[i].seconds;
	return 0;
}

bool cron_repair_duration(struct str text, struct buf *out)
{
	const int64_t most = (int64_t)366 * 86400; /* nobody means more */
	int64_t sum = 0;

	take_while(&text, is_filler);
	while (text.len) {
		struct str digits = take_while(&text, is_digit);
		int64_t n = 1, unit;

		take_while(&text, is_filler);
		unit = unit_seconds(take_while(&text, is_letter));
		take_while(&text, is_filler);
		if (!unit || (digits.len && !str_to_i64(digits, &n)) || (!digits.len && sum) ||
		    n > most / unit)
			return false;
		sum += n * unit;
	}
	if (!sum || sum > most)
		return false;
	if (sum / 3600)
		buf_fmt(out, "%dh", (int)(sum / 3600));
	if (sum / 60 % 60)
		buf_fmt(out, "%dm", (int)(sum / 60 % 60));
	if (sum % 60)
		buf_fmt(out, "%ds", (int)(sum % 60));
	return true;
}
