#include "base/clock.h"
#include "base/log.h"

#include "base/json.h"
#include "base/utc.h"

#include <unistd.h>

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t len)
{
	static const char *const names[] = {"info", "warn", "error"};
	struct buf line CLEANUP(buf) = {0};
	struct json j = JSON(&line);
	char time[UTC_TEXT];

	json_open(&j, '{');
	json_key_str(&j, "time", str_from(utc_format(clock_utc(), time)));
	json_key_str(&j, "level", str_from(names[level]));
	json_key_str(&j, "event", str_from(event));
	for (size_t i = 0; i < len; i++)
		json_key_str(&j, fields[i].key, fields[i].value);
	json_close(&j, '}');
	buf_byte(&line, '\n');
	if (write(STDERR_FILENO, line.ptr, line.len) < 0)
		return; /* nobody to tell */
}
