/*
 * An object's own exemption:
 *   backup-guard.io/allow: rule-id, rule-id      which findings are silenced
 *   backup-guard.io/reason: text                 mandatory; a blank or a full stop is none
 *   backup-guard.io/expires: 2026-12-31          optional; a date (until its end, UTC) or RFC 3339
 * One that is not complete silences nothing; rule exemption-not-honoured says so.
 */
#ifndef RULES_EXEMPTION_H
#define RULES_EXEMPTION_H

#include "cnpg/object.h"

#define EXEMPTION_ALLOW "backup-guard.io/allow"
#define EXEMPTION_REASON "backup-guard.io/reason"
#define EXEMPTION_EXPIRES "backup-guard.io/expires"

enum exemption_state {
	EXEMPTION_NONE,
	EXEMPTION_IN_FORCE,
	EXEMPTION_NO_REASON,
	EXEMPTION_BAD_TIME,
	EXEMPTION_EXPIRED,
};

struct exemption {
	enum exemption_state state;
	struct str allow, reason, expires; /* as written */
};

void exemption_read(const struct object *o, int64_t now, struct exemption *out);
/* `id` is in the list and the exemption is in force. */
bool exemption_covers(const struct exemption *e, const char *id);

#endif
