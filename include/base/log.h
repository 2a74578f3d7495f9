/*
 * One JSON line per event on stderr, one write(2) each. Keys are fixed; never an object's body,
 * never a Secret's data. Levels by reader: error = act now, warn = will have to, info = state
 * change.
 *
 * Between log_start and log_stop nobody waits for who reads the log: a thread writes what is held,
 * LIMIT_LOG_BYTES at most. What finds no room is dropped and counted, and a line says how many were
 * as soon as one can be written again.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/macros.h"
#include "base/str.h"

#include <stdint.h>

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

struct log_field {
	const char *key;
	struct str value;
};

/* log_event(LOG_LEVEL_INFO, "listening", FIELDS({"address", s})) */
void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t len);

/* After signals_open; once in a process. */
void log_start(void);
/* Waits for what is held, LIMIT_LOG_STOP_MS at most. When that was not enough the thread stays, and
 * every later line is dropped; else lines are written by their callers again. */
void log_stop(void);

/* Lines that nobody will read, so far. */
uint64_t log_dropped(void);

/* Its last two parameters. */
#define FIELDS(...)                                                                                \
	(struct log_field[]){__VA_ARGS__}, ARRAY_LEN(((struct log_field[]){__VA_ARGS__}))

#endif
