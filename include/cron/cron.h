/*
 * Schedules exactly as CloudNativePG reads them: cron.Parse and Schedule.Next of
 * github.com/robfig/cron v1.2.0, quirks and error texts included, in UTC.
 * The first of five or six fields is the second; see `explain schedule-five-fields`.
 */
#ifndef CRON_CRON_H
#define CRON_CRON_H

#include "base/buf.h"
#include "base/str.h"

/* Why the library refuses a spec. The names are those of its error texts. */
enum cron_error {
	CRON_OK,
	CRON_EMPTY,
	CRON_FIELDS,
	CRON_DESCRIPTOR,
	CRON_DURATION,
	CRON_DURATION_NO_UNIT,
	CRON_DURATION_UNIT,
	CRON_INT,
	CRON_INT_RANGE,
	CRON_NEGATIVE,
	CRON_HYPHENS,
	CRON_SLASHES,
	CRON_BELOW,
	CRON_ABOVE,
	CRON_BEYOND,
	CRON_STEP,
};

enum cron_field {
	CRON_SECOND,
	CRON_MINUTE,
	CRON_HOUR,
	CRON_DAY,
	CRON_MONTH,
	CRON_WEEKDAY,
	CRON_FIELDS_LEN
};

struct cron {
	int64_t every;		       /* seconds of an "@every"; 0: the sets below count */
	uint64_t set[CRON_FIELDS_LEN]; /* bit n: value n */
	bool star[CRON_FIELDS_LEN];    /* an item was * or ? (with or without a step) */
};

uint64_t cron_full(enum cron_field f); /* all values of a field */

/* Days that exist in at least one of these months in some year: bit n is day n. */
uint64_t cron_days_of_any(uint64_t months);

/* "13th", "1st, 11th and 21st to 25th"; "Fridays", "Mondays to Thursdays"; "January", "June to
 * August". Of seconds, minutes and hours the numbers. */
void cron_names(struct buf *out, uint64_t set, enum cron_field f);

/* Words as Go's strings.Fields counts them: CloudNativePG warns when there are not six. */
size_t cron_words(struct str spec);
/* Takes the next of them off `*rest`; false when there is none. */
bool cron_word(struct str *rest, struct str *word);

/* `message` (may be NULL) gets the library's own text when the answer is not CRON_OK.
 * Linear in the length of the spec. */
MUST_CHECK enum cron_error cron_parse(struct str spec, struct cron *out, struct buf *message);

/* The name used in the vectors: "fields", "int-range"; "-" for CRON_OK. */
const char *cron_error_name(enum cron_error e);

/* First activation strictly after `t`; false when the library finds none (it looks until the end of
 * the fifth year after t+1 s). Microseconds, for "never" too. */
bool cron_next(const struct cron *c, int64_t t, int64_t *out);

struct cron_gaps {
	int64_t activations; /* in the window */
	int64_t shortest,
		longest; /* seconds between two consecutive ones in it; 0: fewer than two */
	int64_t last;	 /* of them; 0: none, or it runs by a period (@every) */
};

/* Activations in [from, from + days * 86400), days at most 1000. By day, never by enumeration. */
struct cron_gaps cron_gaps(const struct cron *c, int64_t from, int days);

/* In English, what it does: "at 03:00:00 every day", "every hour at minute 3", "every 15 seconds",
 * "every hour at minute 2 on every day in January", "at 03:00:00 on day 13 of the month or on
 * Friday (either is enough)", "never: February has no day 30". Exact, never a guess. */
void cron_explain(const struct cron *c, struct buf *out);

/* "1 day 12 hours", "15 seconds". */
void cron_period(int64_t seconds, struct buf *out);

/*
 * What the author most likely meant, as a spec that cron_parse accepts (it was parsed before it is
 * offered): "0 " in front of five fields, weekday 7 as 0, a TZ= prefix dropped, "22-2" split,
 * Quartz "L" and "#" when there is a near equivalent, a misspelt descriptor, "0 N * * * *" as "0 0
 * N * * *". `reason` gets a clause for people ("weekdays run from 0 (Sunday) to 6"). False when
 * nothing is near, or nothing is wrong; `reason` then may say what cannot be written.
 * CRON_SIX_FIELDS is the clause about a second that was put in front.
 */
#define CRON_SIX_FIELDS "CloudNativePG wants six fields and reads the first as seconds"
bool cron_suggest(struct str spec, struct buf *suggestion, struct buf *reason);

/* "11:03:00, 12:03:00, 13:03:00 UTC" when all are within a day of `from`, else with dates
 * ("2026-08-27 03:00:00, ..."); "never" when there is none. */
void cron_next_text(const struct cron *c, int64_t from, int count, struct buf *out);

#endif
