/*
 * Time is int64_t seconds since 1970-01-01T00:00:00Z; calendars are proleptic Gregorian, UTC only.
 */
#ifndef BASE_UTC_H
#define BASE_UTC_H

#include "base/str.h"

#define UTC_DAY 86400

struct utc_date {
	int64_t year;
	int month, day; /* 1-12, 1-31 */
};

int64_t utc_days(int64_t year, int month, int day); /* days since 1970-01-01 */
struct utc_date utc_date(int64_t days);
int utc_weekday(int64_t days); /* 0 is Sunday */
int utc_month_days(int64_t year, int month);

#define UTC_TEXT 32
/* "2026-08-26T10:20:30Z"; returns out. */
const char *utc_format(int64_t t, char out[UTC_TEXT]);

/* RFC 3339, with Z or a numeric offset; a fraction of a second is read and dropped. */
MUST_CHECK bool utc_parse(struct str s, int64_t *out);

#endif
