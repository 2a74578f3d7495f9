#include "webhook/run.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/signals.h"
#include "base/utc.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>

#define TICK_MS 1000	  /* files looked at, late connections cut off */
#define RETRY_MS 10000	  /* what could not be reloaded is tried again */
#define DRAIN_TICK_MS 100 /* while stopping */
#define SHED_PART 5	  /* the last fifth of the drain answers 503 */
#define QUIET_MAX_MS 5000 /* waited for the last requests after the drain */
#define EXPIRY_WARN_DAYS 14

static bool load_tls(struct serving *s, const struct file_watch_news *news, struct arena *a,
		     struct err *err)
{
	struct server_tls tls;

	if (!webhook_files_tls(&s->files, news, a, &tls, err) ||
	    !server_set_tls(s->server, &tls, err))
		return false;
	s->not_after = tls.not_after;
	return true;
}

static bool load_policy(struct serving *s, const struct file_watch_news *news, struct arena *a,
			struct err *err)
{
	struct policy *policy;

	if (!webhook_files_policy(&s->files, news, a, &policy, err))
		return false;
	server_set_policy(s->server, policy);
	return true;
}

static void report(struct serving *s, enum webhook_file file, bool ok, const struct err *err)
{
	struct str what = file == FILE_TLS ? STR("certificate") : STR("policy");
	enum metrics_count good = file == FILE_TLS ? COUNT_TLS_RELOAD_OK : COUNT_POLICY_RELOAD_OK;

	metrics_add(server_metrics(s->server), ok ? good : good + 1);
	if (ok)
		log_event(LOG_LEVEL_INFO, "reloaded", FIELDS({"what", what}));
	else
		log_event(LOG_LEVEL_ERROR, "reload failed, the old one stays in force",
			  FIELDS({"what", what}, {"error", str_from(err->msg)}));
}

/* Tells of what fails again and again once. */
static void take(struct serving *s, enum webhook_file file)
{
	struct file_watch_news news;
	CLEANUP(arena) struct arena *a = file_watch_take(s->files.watches[file], &news);
	struct err err = {0};

	if (!a)
		return;
	bool ok = file == FILE_TLS ? load_tls(s, &news, a, &err) : load_policy(s, &news, a, &err);
	if (ok || news.changed || s->reloads[file].asked)
		report(s, file, ok, &err);
	s->reloads[file].asked = s->reloads[file].hangs = false;
	s->reloads[file].failed = !ok;
	s->reloads[file].retry = clock_ms() + RETRY_MS;
}

/* Once, until they are read after all. */
static void tell_of_hanging(struct serving *s, enum webhook_file file)
{
	struct err err;

	if (s->reloads[file].hangs || !file_watch_hangs(s->files.watches[file], clock_ms()))
		return;
	s->reloads[file].hangs = true;
	err_set(&err, E_IO, "its file system does not answer");
	report(s, file, false, &err);
}

/* What failed may succeed without a change: for want of a descriptor, say. */
static void ask(struct serving *s, enum webhook_file file, bool hangup)
{
	bool due = s->reloads[file].failed && clock_ms() >= s->reloads[file].retry;
	bool managed =
		file == FILE_TLS && s->files.managed && self_manage_changed(s->files.managed);

	s->reloads[file].asked |= hangup || managed;
	if (due)
		s->reloads[file].retry = clock_ms() + RETRY_MS;
	if (hangup || due || managed)
		file_watch_ask(s->files.watches[file]);
}

int webhook_signal(const struct serving *s, int signals, int timeout_ms)
{
	struct pollfd both[] = {{.fd = signals, .events = POLLIN},
				{.fd = s->files.wake, .events = POLLIN}};
	eventfd_t count;

	if (poll(both, ARRAY_LEN(both), timeout_ms) <= 0)
		return 0;
	if (both[1].revents)
		eventfd_read(s->files.wake, &count);
	return signals_next(signals, 0);
}

void webhook_warn_of_expiry(struct serving *s)
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

void webhook_run(struct serving *s, int signals)
{
	for (;;) {
		int signal = webhook_signal(s, signals, TICK_MS);

		if (signal == SIGTERM || signal == SIGINT)
			return;
		for (enum webhook_file file = 0; file < FILES; file++) {
			ask(s, file, signal == SIGHUP);
			take(s, file);
			tell_of_hanging(s, file);
		}
		server_tick(s->server);
		webhook_warn_of_expiry(s);
	}
}

void webhook_drain(struct serving *s, int signals, int64_t seconds)
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
