#include "base/utc.h"

#include <inttypes.h>
#include <stdio.h>

/* Days are counted in eras of 400 years that begin on 1 March: the leap day comes last. */
#define ERA_DAYS 146097
#define EPOCH_SHIFT 719468 /* 0000-03-01 to 1970-01-01 */

int64_t utc_days(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_SHIFT;
}

struct utc_date utc_date(int64_t days)
{
	int64_t z = days + EPOCH_SHIFT;
	int64_t era = (z >= 0 ? z : z - (ERA_DAYS - 1)) / ERA_DAYS;
	int64_t of_era = z - era * ERA_DAYS;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t shifted = (5 * of_year + 2) / 153;
	int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);

	return (struct utc_date){
		.year = year + era * 400 + (month <= 2),
		.month = month,
		.day = (int)(of_year - (153 * shifted + 2) / 5 + 1),
	};
}

int utc_weekday(int64_t days)
{
	int64_t w = (days + 4) % 7; /* 1970-01-01 was a Thursday */

	return (int)(w < 0 ? w + 7 : w);
}

int utc_month_days(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	BUG_IF(month < 1 || month > 12);
	return days[month - 1] + (month == 2 && leap);
}

const char *utc_format(int64_t t, char out[UTC_TEXT])
{
	int64_t days = t / UTC_DAY - (t % UTC_DAY < 0);
	int64_t second = t - days * UTC_DAY;
	struct utc_date d = utc_date(days);

	snprintf(out, UTC_TEXT, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day,
		 (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
	return out;
}

/* `count` digits at *at; moves on. */
static bool number(struct str s, size_t *at, int count, int *out)
{
	int n = 0;

	for (int i = 0; i < count; i++, (*at)++) {
		if (*at >= s.len || s.ptr[*at] < '0' || s.ptr[*at] > '9')
			return false;
		n = n * 10 + (s.ptr[*at] - '0');
	}
	*out = n;
	return true;
}

static bool byte(struct str s, size_t *at, char c)
{
	if (*at >= s.len || s.ptr[*at] != c)
		return false;
	(*at)++;
	return true;
}

bool utc_parse(struct str s, int64_t *out)
{
	int year, month, day, hour, minute, second, off_hour = 0, off_minute = 0;
	int64_t sign = 1;
	size_t at = 0;

	if (!number(s, &at, 4, &year) || !byte(s, &at, '-') || !number(s, &at, 2, &month) ||
	    !byte(s, &at, '-') || !number(s, &at, 2, &day) ||
	    !(byte(s, &at, 'T') || byte(s, &at, 't') || byte(s, &at, ' ')) ||
	    !number(s, &at, 2, &hour) || !byte(s, &at, ':') || !number(s, &at, 2, &minute) ||
	    !byte(s, &at, ':') || !number(s, &at, 2, &second))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > utc_month_days(year, month) || hour > 23 ||
	    minute > 59 || second > 59)
		return false;
	if (byte(s, &at, '.')) {
		size_t first = at;

		while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
			at++;
		if (at == first)
			return false;
	}
	if (!byte(s, &at, 'Z') && !byte(s, &at, 'z')) {
		if (byte(s, &at, '-'))
			sign = -1;
		else if (!byte(s, &at, '+'))
			return false;
		if (!number(s, &at, 2, &off_hour) || !byte(s, &at, ':') ||
		    !number(s, &at, 2, &off_minute) || off_hour > 23 || off_minute > 59)
			return false;
	}
	if (at != s.len)
		return false;
	*out = utc_days(year, month, day) * UTC_DAY + hour * 3600 + minute * 60 + second -
	       sign * (off_hour * 3600 + off_minute * 60);
	return true;
}
