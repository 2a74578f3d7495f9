#include "webhook/run.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/signals.h"
#include "base/utc.h"

#include <signal.h>

#define TICK_MS 1000	  /* files looked at, late connections cut off */
#define RETRY_MS 10000	  /* what could not be reloaded is tried again */
#define DRAIN_TICK_MS 100 /* while stopping */
#define SHED_PART 5	  /* the last fifth of the drain answers 503 */
#define QUIET_MAX_MS 5000 /* waited for the last requests after the drain */
#define EXPIRY_WARN_DAYS 14

static bool load_tls(struct serving *s, struct err *err)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct server_tls tls;

	if (!serve_files_tls(&s->files, a, &tls, err) || !server_set_tls(s->server, &tls, err))
		return false;
	s->not_after = tls.not_after;
	return true;
}

static bool load_policy(struct serving *s, struct err *err)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct policy *policy;
	struct str what;

	if (!serve_files_policy(&s->files, a, &policy, &what, err))
		return false;
	server_set_policy(s->server, policy);
	return true;
}

static void report(struct serving *s, bool ok, const char *what, enum metrics_count good,
		   const struct err *err)
{
	metrics_add(server_metrics(s->server), ok ? good : good + 1);
	if (ok)
		log_event(LOG_LEVEL_INFO, "reloaded", FIELDS({"what", str_from(what)}));
	else
		log_event(LOG_LEVEL_ERROR, "reload failed, the old one stays in force",
			  FIELDS({"what", str_from(what)}, {"error", str_from(err->msg)}));
}

/* Tells of what fails again and again once. */
static void attempt(struct serving *s, enum serve_changed what, bool again)
{
	bool tls = what == CHANGED_TLS;
	struct err err;
	bool ok = tls ? load_tls(s, &err) : load_policy(s, &err);

	s->failed = ok ? s->failed & ~(unsigned)what : s->failed | what;
	if (ok || !again)
		report(s, ok, tls ? "certificate" : "policy",
		       tls ? COUNT_TLS_RELOAD_OK : COUNT_POLICY_RELOAD_OK, &err);
}

/* What failed may succeed without a change: for want of a descriptor, say. */
static void reload(struct serving *s, unsigned changed)
{
	static const enum serve_changed all[] = {CHANGED_TLS, CHANGED_POLICY};
	bool due = s->failed && clock_ms() >= s->retry;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if ((changed | (due ? s->failed : 0)) & all[i])
			attempt(s, all[i], !(changed & all[i]));
	if (changed || due)
		s->retry = clock_ms() + RETRY_MS;
}

void serve_warn_of_expiry(struct serving *s)
{
	int64_t now = clock_utc();
	char until[UTC_TEXT];

	if (s->not_after - now > (int64_t)EXPIRY_WARN_DAYS * UTC_DAY ||
	    s->warned_day == now / UTC_DAY)
		return;
	s->warned_day = now / UTC_DAY;
	log_event(now > s->not_after ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN,
		  "the serving certificate ends",
		  FIELDS({"notAfter", str_from(utc_format(s->not_after, until))}));
}

void serve_run(struct serving *s, int signals)
{
	for (;;) {
		CLEANUP(arena) struct arena *a = arena_new();
		int signal = signals_next(signals, TICK_MS);

		if (signal == SIGTERM || signal == SIGINT)
			return;
		unsigned changed = serve_files_changed(&s->files, a);
		reload(s, signal == SIGHUP ? CHANGED_TLS | CHANGED_POLICY : changed);
		server_tick(s->server);
		serve_warn_of_expiry(s);
	}
}

void serve_drain(struct serving *s, int signals, int64_t seconds)
{
	int64_t end = clock_ms() + seconds * 1000;
	int64_t shed = end - seconds * 1000 / SHED_PART;

	server_set_phase(s->server, SERVER_DRAINING);
	log_event(LOG_LEVEL_INFO, "draining", NULL, 0);
	for (;;) {
		int64_t now = clock_ms();

		if (now >= shed)
			server_set_phase(s->server, SERVER_SHEDDING);
		if (now >= end)
			server_refuse(s->server);
		if (now >= end && (server_is_quiet(s->server) || now >= end + QUIET_MAX_MS))
			return;
		int signal = signals_next(signals, DRAIN_TICK_MS);
		if (signal == SIGTERM || signal == SIGINT)
			return;
		server_tick(s->server);
	}
}
