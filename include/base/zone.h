/*
 * Local time: the zones that the system has data for, by the names of the IANA time zone database.
 * A process has one at a time (it is TZ), chosen while it has one thread.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/err.h"
#include "base/str.h"

/* From here on zone_format and zone_change are about `name`, "Europe/Berlin". False, with the
 * reason, when the system (TZDIR, else /usr/share/zoneinfo) has no such zone. */
MUST_CHECK bool zone_use(struct str name, struct err *err);

#define ZONE_TEXT 64
/* "2026-11-30 04:00:00 CET"; returns out. Before zone_use, and beyond what the C library can
 * reckon, UTC. */
const char *zone_format(int64_t t, char out[ZONE_TEXT]);
/* "2026-11-30T04:00:00+01:00" (RFC 3339); returns out. */
const char *zone_format_rfc3339(int64_t t, char out[ZONE_TEXT]);

/* The first second after `t`, and not after `until`, at which the clocks are set: false when they
 * are not. `by`: how far, in seconds; forward is more than 0. */
bool zone_change(int64_t t, int64_t until, int64_t *at, int64_t *by);

#endif
