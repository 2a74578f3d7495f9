#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void write_message(struct err *e, enum err_code code, const char *fmt, va_list args)
	PRINTF(3, 0);
static void write_message(struct err *e, enum err_code code, const char *fmt, va_list args)
{
	e->code = code;
	vsnprintf(e->msg, sizeof e->msg, fmt, args);
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list args;

	e->line = e->column = 0;
	va_start(args, fmt);
	write_message(e, code, fmt, args);
	va_end(args);
	return false;
}

bool err_at(struct err *e, enum err_code code, uint32_t line, uint32_t column, const char *fmt, ...)
{
	va_list args;

	e->line = line;
	e->column = column;
	va_start(args, fmt);
	write_message(e, code, fmt, args);
	va_end(args);
	return false;
}

bool err_within(struct err *e, const char *fmt, ...)
{
	char old[sizeof e->msg];
	va_list args;

	memcpy(old, e->msg, sizeof old);
	va_start(args, fmt);
	vsnprintf(e->msg, sizeof e->msg, fmt, args);
	va_end(args);
	size_t len = strlen(e->msg);
	size_t room = sizeof e->msg - len - 1;
	size_t old_len = strnlen(old, sizeof old - 1);
	if (old_len > room)
		old_len = room;
	memcpy(e->msg + len, old, old_len);
	e->msg[len + old_len] = '\0';
	return false;
}
