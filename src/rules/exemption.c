#include "rules/exemption.h"

#include "base/utc.h"
#include "base/utf8.h"

#include <stdio.h>

/* The first second after it. */
static bool end_of(struct str expires, int64_t *end)
{
	char text[UTC_TEXT];

	if (utc_parse(expires, end))
		return true;
	if (expires.len != sizeof "2026-12-31" - 1)
		return false;
	snprintf(text, sizeof text, "%.*sT00:00:00Z", STR_ARG(expires));
	if (!utc_parse(str_from(text), end))
		return false;
	*end += UTC_DAY;
	return true;
}

static enum exemption_state state_of(const struct exemption *e, int64_t now)
{
	int64_t end;

	if (!e->allow.len)
		return EXEMPTION_NONE;
	if (!utf8_has_words(e->reason))
		return EXEMPTION_NO_REASON;
	if (!e->expires.len)
		return EXEMPTION_IN_FORCE;
	if (!end_of(e->expires, &end))
		return EXEMPTION_BAD_TIME;
	return now < end ? EXEMPTION_IN_FORCE : EXEMPTION_EXPIRED;
}

void exemption_read(const struct object *o, int64_t now, struct exemption *out)
{
	*out = (struct exemption){
		.allow = str_trim(object_annotation(o, EXEMPTION_ALLOW)),
		.reason = str_trim(object_annotation(o, EXEMPTION_REASON)),
		.expires = str_trim(object_annotation(o, EXEMPTION_EXPIRES)),
	};
	out->state = state_of(out, now);
}

bool exemption_covers(const struct exemption *e, const char *id)
{
	struct str rest = e->allow, part;

	if (e->state != EXEMPTION_IN_FORCE)
		return false;
	while (str_split(&rest, ',', &part))
		if (str_is(str_trim(part), id))
			return true;
	return false;
}
