/* Any bytes as a schedule: it fires when its sets say so, and what is suggested parses. */
#include "base/utc.h"
#include "cron/cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str spec = {(const char *)data, size};
	struct buf text CLEANUP(buf) = {0}, better CLEANUP(buf) = {0}, reason CLEANUP(buf) = {0};
	struct cron c, suggested;
	int64_t t = 1787998830, next;

	if (cron_suggest(spec, &better, &reason))
		BUG_IF(cron_parse(buf_slice(&better), &suggested, NULL) ||
		       str_eq(buf_slice(&better), spec) || !reason.len);
	if (cron_parse(spec, &c, &text))
		return 0;
	cron_explain(&c, &text);
	for (int i = 0; i < 3 && cron_next(&c, t, &next); i++, t = next) {
		struct utc_date date = utc_date(next / UTC_DAY);

		BUG_IF(next <= t);
		BUG_IF(!c.every && !(c.set[CRON_HOUR] >> (next / 3600 % 24) & 1 &&
				     c.set[CRON_MONTH] >> date.month & 1));
	}
	struct cron_gaps g = cron_gaps(&c, t, 400);
	BUG_IF(g.shortest > g.longest || (g.shortest > 0) != (g.activations > 1));
	return 0;
}
