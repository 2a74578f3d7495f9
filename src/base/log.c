#include "base/log.h"

#include "base/json.h"
#include "base/utc.h"

#include <stdatomic.h>
#include <unistd.h>

static atomic_int threshold = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	atomic_store(&threshold, (int)level);
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t len)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	struct buf line CLEANUP(buf) = {0};
	struct json j = JSON(&line);
	char time[UTC_TEXT];

	if ((int)level < atomic_load(&threshold))
		return;
	json_open(&j, '{');
	json_key_str(&j, "time", str_from(utc_format(utc_now(), time)));
	json_key_str(&j, "level", str_from(names[level]));
	json_key_str(&j, "event", str_from(event));
	for (size_t i = 0; i < len; i++)
		json_key_str(&j, fields[i].key, fields[i].value);
	json_close(&j, '}');
	buf_byte(&line, '\n');
	if (write(STDERR_FILENO, line.ptr, line.len) < 0)
		return; /* nobody to tell */
}
