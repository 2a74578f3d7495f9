#include "suggest_internal.h"

#include "base/arena.h"

#define SPEC_MAX 1024 /* nobody types more */

static const char *const clauses[NOTES_LEN] = {
	[NOTE_DESCRIPTOR] = "a descriptor is written exactly so, in lower case and without blanks",
	[NOTE_REBOOT] = "nothing boots here; for a backup at creation set immediate: true",
	[NOTE_DURATION] = "a duration has the units h, m and s, and no blanks",
	[NOTE_QUOTES] = "quotes are no part of a schedule",
	[NOTE_CHARACTERS] = "it has an invisible or look-alike character",
	[NOTE_COMMENT] = "a schedule has no comment",
	[NOTE_ZONE] = "schedules have no time zone and run in UTC: convert the hour",
	[NOTE_SECOND] = CRON_SIX_FIELDS,
	[NOTE_YEAR] = "there is no field for the year",
	[NOTE_WEEKDAY_FIELD] = "the sixth field is the weekday",
	[NOTE_SURPLUS] =
		"the last field is one too many after minute, hour, day, month and weekday",
	[NOTE_SEVEN] = "weekdays run from 0 (Sunday) to 6",
	[NOTE_NAME] = "names of months and weekdays have three letters",
	[NOTE_END] = "hours run from 0 to 23, minutes and seconds from 0 to 59",
	[NOTE_WRAP] = "a range cannot pass the end of its field",
	[NOTE_LAST] =
		"there is no L: this runs on the last day of the month and up to three before",
	[NOTE_WORKDAY] = "there is no W: this runs on the day itself, weekday or not",
	[NOTE_NTH] = "there is no #; with a star item in the list, day and weekday must both match",
	[NOTE_NO_WAY] = "there is no # and no such L: this day of the month cannot be written",
	[NOTE_SUNDAY_FIRST] = "check the weekday: here 0 is Sunday, in Quartz and AWS 1",
	[NOTE_PADDED] = "the third field is the hour; as it stands it runs every hour",
	[NOTE_EACH_SECOND] = "a star as the second runs it 60 times a minute",
};

static bool has(const struct cron_draft *d, enum cron_note n)
{
	return d->notes >> n & 1;
}

/* What editors and chats put in place of plain characters, and what cannot be seen. */
static const struct {
	struct str bytes;
	const char *plain;
	enum cron_note note;
} characters[] = {
	{STR_INIT("\""), "", NOTE_QUOTES},
	{STR_INIT("'"), "", NOTE_QUOTES},
	{STR_INIT("`"), "", NOTE_QUOTES},
	{STR_INIT("\xe2\x80\x98"), "", NOTE_QUOTES}, /* U+2018, 2019, 201C, 201D */
	{STR_INIT("\xe2\x80\x99"), "", NOTE_QUOTES},
	{STR_INIT("\xe2\x80\x9c"), "", NOTE_QUOTES},
	{STR_INIT("\xe2\x80\x9d"), "", NOTE_QUOTES},
	{STR_INIT("\xe2\x80\x90"), "-", NOTE_CHARACTERS}, /* hyphen, dashes, minus */
	{STR_INIT("\xe2\x80\x91"), "-", NOTE_CHARACTERS},
	{STR_INIT("\xe2\x80\x93"), "-", NOTE_CHARACTERS},
	{STR_INIT("\xe2\x80\x94"), "-", NOTE_CHARACTERS},
	{STR_INIT("\xe2\x88\x92"), "-", NOTE_CHARACTERS},
	{STR_INIT("\xe2\x88\x97"), "*", NOTE_CHARACTERS}, /* asterisk operator, full width */
	{STR_INIT("\xef\xbc\x8a"), "*", NOTE_CHARACTERS},
	{STR_INIT("\xe2\x80\x8b"), "", NOTE_CHARACTERS}, /* zero width, joiners, marks, BOM */
	{STR_INIT("\xe2\x80\x8c"), "", NOTE_CHARACTERS},
	{STR_INIT("\xe2\x80\x8d"), "", NOTE_CHARACTERS},
	{STR_INIT("\xe2\x80\x8e"), "", NOTE_CHARACTERS},
	{STR_INIT("\xe2\x80\x8f"), "", NOTE_CHARACTERS},
	{STR_INIT("\xe2\x81\xa0"), "", NOTE_CHARACTERS},
	{STR_INIT("\xe1\xa0\x8e"), "", NOTE_CHARACTERS},
	{STR_INIT("\xc2\xad"), "", NOTE_CHARACTERS},
	{STR_INIT("\xef\xbb\xbf"), "", NOTE_CHARACTERS},
};

static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && !(c >= '\t' && c <= '\r')) || c == 0x7f;
}

static struct str clean(struct cron_draft *d, struct str spec)
{
	struct buf out = BUF_ARENA(d->arena);

	while (spec.len) {
		size_t i = 0, width = 1;

		while (i < ARRAY_LEN(characters) && !str_has_prefix(spec, characters[i].bytes))
			i++;
		if (i < ARRAY_LEN(characters)) {
			buf_text(&out, characters[i].plain);
			cron_note(d, characters[i].note);
			width = characters[i].bytes.len;
		} else if (is_control(spec.ptr[0])) {
			cron_note(d, NOTE_CHARACTERS);
		} else {
			buf_byte(&out, spec.ptr[0]);
		}
		spec = str_slice(spec, width, spec.len);
	}
	return buf_slice(&out);
}

/* Splits into words, without a zone in front and a comment behind. `*text` becomes what is between.
 * False when there are too many. */
static bool split(struct cron_draft *d, struct str *text)
{
	struct str rest = *text, word;
	const char *from = NULL, *to = NULL;

	while (cron_word(&rest, &word)) {
		if (!d->len && !from &&
		    (str_has_prefix(word, STR("TZ=")) || str_has_prefix(word, STR("CRON_TZ=")))) {
			cron_note(d, NOTE_ZONE);
			continue;
		}
		if (word.ptr[0] == '#') {
			cron_note(d, NOTE_COMMENT);
			break;
		}
		if (d->len == ARRAY_LEN(d->words))
			return false;
		d->words[d->len++] = word;
		from = from ? from : word.ptr;
		to = word.ptr + word.len;
	}
	*text = from ? (struct str){from, (size_t)(to - from)} : STR_EMPTY;
	return d->len > 0;
}

/* "@Daily", "daily", "@dayly", "every 6 hours". */
static bool descriptor(struct cron_draft *d, struct str text, struct buf *out)
{
	static const char *const names[] = {"yearly", "annually", "monthly", "weekly",
					    "daily",  "midnight", "hourly",  "reboot"};
	bool at = text.len && text.ptr[0] == '@';
	struct str name = str_slice(text, at, text.len);
	const char *best = NULL;

	if (str_has_prefix_nocase(name, STR("every"))) {
		buf_text(out, "@every ");
		cron_note(d, NOTE_DURATION);
		return cron_repair_duration(str_slice(name, 5, name.len), out);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_nocase(name, str_from(names[i])))
			best = names[i];
	if (!best && at && name.len > 3)
		best = str_nearest(name, names, ARRAY_LEN(names));
	if (!best)
		return false;
	bool reboot = str_is(STR("reboot"), best);
	if (reboot)
		cron_note(d, NOTE_REBOOT);
	else if (!d->notes || !at || !str_is(name, best))
		cron_note(d, NOTE_DESCRIPTOR);
	buf_fmt(out, "@%s", reboot ? "daily" : best);
	return true;
}

static bool is_year(struct str word)
{
	int64_t n;
	struct str first = STR_EMPTY;

	if (cron_is_star(word))
		return true;
	str_split(&word, str_find_byte(word, ',') == STR_NONE ? '-' : ',', &first);
	return str_to_i64(first, &n) && n >= 1970 && n <= 2199;
}

/* Puts a second in front of the first five words. */
static void add_second(struct cron_draft *d)
{
	for (size_t i = CRON_WEEKDAY; i > 0; i--)
		d->words[i] = d->words[i - 1];
	d->words[CRON_SECOND] = STR("0");
	d->len = CRON_FIELDS_LEN;
	cron_note(d, NOTE_SECOND);
}

static struct str join(const struct cron_draft *d)
{
	struct buf out = BUF_ARENA(d->arena);

	for (size_t i = 0; i < CRON_FIELDS_LEN; i++) {
		buf_text(&out, i ? " " : "");
		buf_str(&out, d->words[i]);
	}
	return buf_slice(&out);
}

/* 30 February: the last day that each of the months has. */
static bool make_it_fire(struct cron_draft *d, struct cron *c, struct buf *why)
{
	why->len = 0;
	if (!cron_is_never(c, why))
		return true;
	if (!c->set[CRON_MONTH] || !c->set[CRON_DAY])
		return false;
	int day = cron_highest(cron_days_of_each(c->set[CRON_MONTH]));
	d->words[CRON_DAY] = arena_fmt(d->arena, "%d", day);
	cron_note(d, NOTE_NEVER);
	return cron_parse(join(d), c, NULL) == CRON_OK && !cron_is_never(c, NULL);
}

static void warn_of_numbers(struct cron_draft *d)
{
	struct str w = d->words[CRON_WEEKDAY];

	for (size_t i = 0; i < w.len; i++)
		if (w.ptr[i] >= '0' && w.ptr[i] <= '9')
			cron_note(d, NOTE_SUNDAY_FIRST);
}

static bool try_fields(struct cron_draft *d, struct buf *why)
{
	struct cron c;

	cron_repair_fields(d);
	return !has(d, NOTE_NO_WAY) && cron_parse(join(d), &c, NULL) == CRON_OK &&
	       make_it_fire(d, &c, why);
}

/* Minute, hour, day, month, weekday, year: the order of cloud schedulers. */
static bool drop_last(struct cron_draft *d, struct buf *why)
{
	if (!is_year(d->words[CRON_WEEKDAY]))
		return false;
	add_second(d);
	cron_note(d, NOTE_SURPLUS);
	warn_of_numbers(d);
	return try_fields(d, why);
}

/* Cloud schedulers write "?" for a day, and names; "0 0 25 * * *" is nothing of theirs, but an hour
 * that does not exist. */
static bool looks_like_cloud(const struct cron_draft *d)
{
	if (!cron_is_star(d->words[CRON_WEEKDAY]))
		return true;
	for (size_t i = 0; i < CRON_FIELDS_LEN; i++)
		for (size_t k = 0; k < d->words[i].len; k++)
			if (d->words[i].ptr[k] == '?' || d->words[i].ptr[k] >= 'A')
				return true;
	return false;
}

/* The spec does not parse, or it has five fields. */
static bool repair(struct cron_draft *d, bool parses, struct buf *why)
{
	struct cron_draft original = *d;

	if (d->len == CRON_FIELDS_LEN + 1) {
		if (!is_year(d->words[CRON_FIELDS_LEN]))
			return false;
		cron_note(d, NOTE_YEAR);
		warn_of_numbers(d);
		return try_fields(d, why);
	}
	if (d->len == CRON_FIELDS_LEN) {
		if (try_fields(d, why))
			return true;
		if (has(d, NOTE_NO_WAY))
			return false;
		*d = original;
		return looks_like_cloud(d) && drop_last(d, why);
	}
	if (d->len != CRON_FIELDS_LEN - 1)
		return false;
	add_second(d);
	if (try_fields(d, why))
		return true;
	if (!parses)
		return false;
	*d = original; /* "0 30 2 * *": there is no hour 30, so only the weekday is missing */
	d->words[d->len++] = STR("*");
	cron_note(d, NOTE_WEEKDAY_FIELD);
	return try_fields(d, why);
}

static bool is_one(const struct cron *c, enum cron_field f, int from, int to)
{
	return !c->star[f] && cron_count(c->set[f]) == 1 && cron_lowest(c->set[f]) >= from &&
	       cron_lowest(c->set[f]) <= to;
}

/* Six fields that parse, and yet hardly say what was meant. */
static bool second_thoughts(struct cron_draft *d, struct cron *c, struct buf *why)
{
	if (cron_is_never(c, NULL))
		return make_it_fire(d, c, why);
	if (is_one(c, CRON_SECOND, 0, 59) && is_one(c, CRON_MINUTE, 1, 23) &&
	    cron_is_star(d->words[CRON_HOUR]) && c->star[CRON_DAY] && c->star[CRON_MONTH]) {
		d->words[CRON_HOUR] = d->words[CRON_MINUTE];
		d->words[CRON_MINUTE] = d->words[CRON_SECOND];
		d->words[CRON_SECOND] = STR("0");
		cron_note(d, NOTE_PADDED);
		return true;
	}
	if (!c->star[CRON_SECOND] || c->set[CRON_SECOND] != cron_full(CRON_SECOND) ||
	    c->set[CRON_MINUTE] == cron_full(CRON_MINUTE))
		return false;
	d->words[CRON_SECOND] = STR("0");
	cron_note(d, NOTE_EACH_SECOND);
	return true;
}

static void write_reason(const struct cron_draft *d, const struct buf *never, struct buf *reason)
{
	bool more = false;

	for (int n = 0; n < NOTES_LEN; n++) {
		if (!has(d, (enum cron_note)n))
			continue;
		buf_text(reason, more ? "; " : "");
		if (n == NOTE_NEVER)
			buf_str(reason, buf_slice(never));
		else
			buf_text(reason, clauses[n]);
		more = true;
	}
}

static bool find(struct cron_draft *d, struct str spec, struct buf *out, struct buf *never)
{
	struct cron c;
	bool parses = cron_parse(spec, &c, NULL) == CRON_OK;
	struct str text = parses ? spec : clean(d, spec);

	bool aws = str_has_prefix(text, STR("cron(")) && str_has_suffix(text, STR(")"));
	if (aws)
		text = str_slice(text, 5, text.len - 1);
	if (!split(d, &text) || (parses && text.ptr[0] == '@'))
		return false;
	if (!parses && descriptor(d, text, out))
		return true;
	out->len = 0;
	bool found = aws && d->len == CRON_FIELDS_LEN	   ? drop_last(d, never)
		     : parses && d->len == CRON_FIELDS_LEN ? second_thoughts(d, &c, never)
							   : repair(d, parses, never);
	if (!found)
		return false;
	buf_str(out, join(d));
	return true;
}

bool cron_suggest(struct str spec, struct buf *suggestion, struct buf *reason)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct cron_draft d = {.arena = a};
	struct buf text = BUF_ARENA(a), never = BUF_ARENA(a);
	struct cron c;

	if (spec.len > SPEC_MAX)
		return false;
	bool found = find(&d, spec, &text, &never) && !str_eq(buf_slice(&text), spec) &&
		     cron_parse(buf_slice(&text), &c, NULL) == CRON_OK;
	if (found)
		buf_str(suggestion, buf_slice(&text));
	else
		d.notes &= (uint32_t)1 << NOTE_NO_WAY;
	write_reason(&d, &never, reason);
	return found;
}
