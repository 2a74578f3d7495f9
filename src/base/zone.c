#include "base/zone.h"

#include "base/utc.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define NAME_MOST 64 /* the longest of the database has 32 */

static bool is_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '/' || c == '_' || c == '-' || c == '+'))
			return false;
	}
	return name.len && name.len <= NAME_MOST && name.ptr[0] != '/';
}

bool zone_use(struct str name, struct err *err)
{
	const char *data = getenv("TZDIR");
	char path[4096], value[NAME_MOST + 2];
	struct stat st;

	if (!data || !*data)
		data = "/usr/share/zoneinfo";
	if (!is_name(name))
		return err_at(err, E_VALUE, 0, 0,
			      "is no name of a time zone such as Europe/Berlin");
	snprintf(path, sizeof path, "%s/%.*s", data, STR_ARG(name));
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return err_at(err, E_VALUE, 0, 0,
			      "is no time zone that %s knows (Debian's package tzdata has them)",
			      data);
	snprintf(value, sizeof value, ":%.*s", STR_ARG(name));
	setenv("TZ", value, 1);
	tzset();
	return true;
}

/* False for a year that does not fit. */
static bool local(int64_t t, struct tm *out)
{
	time_t seconds = (time_t)t;

	return localtime_r(&seconds, out) != NULL;
}

static int64_t offset_at(int64_t t)
{
	struct tm tm = {0};

	return local(t, &tm) ? tm.tm_gmtoff : 0;
}

const char *zone_format(int64_t t, char out[ZONE_TEXT])
{
	struct tm tm = {0};

	if (!local(t, &tm) || !strftime(out, ZONE_TEXT, "%Y-%m-%d %H:%M:%S %Z", &tm))
		utc_format(t, out);
	return out;
}

const char *zone_format_rfc3339(int64_t t, char out[ZONE_TEXT])
{
	int64_t offset = offset_at(t), minutes = (offset < 0 ? -offset : offset) / 60;
	struct tm tm = {0};
	size_t len;

	if (!local(t, &tm) || !(len = strftime(out, ZONE_TEXT, "%Y-%m-%dT%H:%M:%S", &tm)))
		return utc_format(t, out);
	snprintf(out + len, ZONE_TEXT - len, "%c%02d:%02d", offset < 0 ? '-' : '+',
		 (int)(minutes / 60 % 100), (int)(minutes % 60));
	return out;
}

/* No zone sets its clocks twice within a week. */
bool zone_change(int64_t t, int64_t until, int64_t *at, int64_t *by)
{
	const int64_t step = 7 * UTC_DAY, before = offset_at(t);
	int64_t low = t, high = t;

	while (high < until && offset_at(high) == before) {
		low = high;
		high = high + step < until ? high + step : until;
	}
	if (offset_at(high) == before)
		return false;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (offset_at(middle) == before)
			low = middle;
		else
			high = middle;
	}
	*at = high;
	*by = offset_at(high) - before;
	return true;
}
