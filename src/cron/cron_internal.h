/* What the files of src/cron share. Nothing outside that folder includes it. */
#ifndef CRON_INTERNAL_H
#define CRON_INTERNAL_H

#include "cron/cron.h"

struct cron_bounds {
	int min, max;
	const char *const *names; /* in lower case, the first is `min`; or NULL */
	const char *one;	  /* "minute" */
};

extern const struct cron_bounds cron_bounds[CRON_FIELDS_LEN];

/* Escaped as strconv.Quote does (numbers), and as package time does (durations). */
void cron_quote(struct str s, struct buf *out);
void cron_quote_bytes(struct str s, struct buf *out);

/* What follows "@every ": time.ParseDuration, then at least one second and whole seconds only.
 * `message` gets the words of package time. */
MUST_CHECK enum cron_error cron_duration(struct str text, int64_t *seconds, struct buf *message);

/* Days of a month on which the schedule runs: bit n is day n. */
uint64_t cron_days(const struct cron *c, int64_t year, int month);

/* Activations in a stretch of time, and the gaps between neighbours. */
struct cron_span {
	int64_t count, first, last;
	int64_t shortest, longest; /* 0 when fewer than two */
};

/* One full day on which the schedule runs, in seconds after midnight. */
struct cron_span cron_day(const struct cron *c);

/* Days that each of these months has in every year. */
uint64_t cron_days_of_each(uint64_t months);

/* It fires in no year whatever; `why` (may be NULL) gets "February has no day 30". */
bool cron_is_never(const struct cron *c, struct buf *why);

/* How days of month and weekdays act together, after what cannot happen was left out: days that
 * none of the months has, and for the kinds that need such a day, months without one. */
enum cron_calendar_kind {
	CRON_EVERY_DAY,
	CRON_BY_DAY,
	CRON_BY_WEEKDAY,
	CRON_BOTH,   /* the day must match, and the weekday */
	CRON_EITHER, /* one of them suffices */
};

struct cron_calendar {
	enum cron_calendar_kind kind;
	uint64_t day, weekday, month;
};

/* Not for a schedule that never fires. */
struct cron_calendar cron_calendar(const struct cron *c);

/* "13", "1 to 5", "Monday, Wednesday and Friday": runs of three or more become ranges. */
void cron_list(struct buf *out, uint64_t set, enum cron_field f, const char *last);

/* "1st", "22nd", "13th". */
void cron_ordinal(struct buf *out, int n);

/* "minute 3", "minutes 10 and 20", "minutes 0 to 55 in steps of 5". */
void cron_values(struct buf *out, uint64_t set, enum cron_field f);

/* The distance of the members, when there are five or more and all have the same; else 0. */
int cron_step(uint64_t set);

static inline int cron_lowest(uint64_t set)
{
	return __builtin_ctzll(set);
}

static inline int cron_highest(uint64_t set)
{
	return 63 - __builtin_clzll(set);
}

static inline int cron_count(uint64_t set)
{
	return __builtin_popcountll(set);
}

static inline uint64_t cron_range(int from, int to)
{
	return (UINT64_MAX << from) & (UINT64_MAX >> (63 - to));
}

#endif
