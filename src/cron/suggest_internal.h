/* What the two files of cron_suggest share. */
#ifndef CRON_SUGGEST_INTERNAL_H
#define CRON_SUGGEST_INTERNAL_H

#include "cron_internal.h"

struct arena;

/* What had to be changed. The clauses for people stand in suggest.c, in this order. */
enum cron_note {
	NOTE_DESCRIPTOR,
	NOTE_REBOOT,
	NOTE_DURATION,
	NOTE_QUOTES,
	NOTE_CHARACTERS,
	NOTE_COMMENT,
	NOTE_ZONE,
	NOTE_SECOND,
	NOTE_YEAR,
	NOTE_WEEKDAY_FIELD,
	NOTE_SURPLUS,
	NOTE_SEVEN,
	NOTE_NAME,
	NOTE_END,
	NOTE_WRAP,
	NOTE_LAST,
	NOTE_WORKDAY,
	NOTE_NTH,
	NOTE_NO_WAY,
	NOTE_SUNDAY_FIRST,
	NOTE_PADDED,
	NOTE_EACH_SECOND,
	NOTE_NEVER,
	NOTES_LEN
};

struct cron_draft {
	struct arena *arena;
	struct str words[CRON_FIELDS_LEN + 1]; /* one more: a year */
	size_t len;
	uint32_t notes; /* bit n: enum cron_note n */
};

static inline void cron_note(struct cron_draft *d, enum cron_note n)
{
	d->notes |= (uint32_t)1 << n;
}

/* Repairs each of the six words by itself, as far as it can be done. */
void cron_repair_fields(struct cron_draft *d);

/* "1 day", "6 Hours", "1h 30m" as Go writes a duration; false when it is none. */
bool cron_repair_duration(struct str text, struct buf *out);

/* One item that is all star. */
bool cron_is_star(struct str word);

#endif
