/*
 * One JSON line per event on stderr, one write(2) each. Keys are fixed; never an object's body,
 * never a Secret's data. Levels by reader: error = act now, warn = will have to, info = state
 * change.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/macros.h"
#include "base/str.h"

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

struct log_field {
	const char *key;
	struct str value;
};

/* log_event(LOG_LEVEL_INFO, "listening", FIELDS({"address", s})) */
void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t len);

/* Its last two parameters. */
#define FIELDS(...)                                                                                \
	(struct log_field[]){__VA_ARGS__}, ARRAY_LEN(((struct log_field[]){__VA_ARGS__}))

#endif
