#include "webhook/webhook.h"

#include "base/cores.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/program.h"
#include "base/signals.h"
#include "pki/pki.h"
#include "webhook/memory.h"
#include "webhook/run.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

/* --client-name: one of the certificate's names, or its common name. */
static bool client_allowed(void *ctx, struct str der)
{
	const struct webhook_options *o = ctx;
	CLEANUP(arena) struct arena *a = arena_new();
	struct str rest = o->client_name, name;
	struct pki_cert cert;
	struct err err;

	if (!pki_read_der(der, a, &cert, &err))
		return false;
	while (str_split(&rest, ',', &name)) {
		name = str_trim(name);
		if (name.len && str_eq(name, cert.common_name))
			return true;
		for (size_t i = 0; name.len && i < cert.names_len; i++)
			if (str_eq(name, cert.names[i]))
				return true;
	}
	return false;
}

static bool write_addresses(const struct server *s, struct str path, struct arena *a,
			    struct err *err)
{
	struct str text =
		arena_fmt(a, "listen=%.*s\nhealth=%.*s\n", STR_ARG(server_listen_address(s)),
			  STR_ARG(server_health_address(s)));

	return !path.len || file_replace(a, path, NULL, text, err) ||
	       err_within(err, "%.*s: ", STR_ARG(path));
}

static unsigned threads(const struct webhook_options *o)
{
	if (o->threads)
		return (unsigned)o->threads;
	unsigned cores = cores_usable();
	return cores < LIMIT_SERVE_THREADS_UNASKED ? cores : LIMIT_SERVE_THREADS_UNASKED;
}

/* What is asked for would tell strangers of other objects: they could forge reviews of any
 * namespace, and read the answers or have Events written. */
static bool is_silent(const struct webhook_options *o)
{
	return (o->cache || o->events) && !o->client_ca.len && !o->trust_network;
}

static bool is_end(int signal)
{
	return signal == SIGTERM || signal == SIGINT;
}

/* The first news of every file. False: a signal ended the wait. */
static bool await_files(const struct serving *s, int signals, struct arena *arenas[FILES],
			struct file_watch_news news[FILES])
{
	for (size_t i = 0; i < FILES;) {
		if (!arenas[i])
			arenas[i] = file_watch_take(s->files.watches[i], &news[i]);
		if (arenas[i])
			i++;
		else if (is_end(webhook_signal(s, signals, -1)))
			return false;
	}
	return true;
}

static bool start_server(struct serving *s, const struct webhook_options *o,
			 const struct file_watch_news news[FILES], struct arena *a, struct err *err)
{
	struct server_options options = {.listen = o->listen,
					 .health = o->health,
					 .version = STR(PROGRAM_VERSION),
					 .threads = threads(o),
					 .client_allowed =
						 o->client_name.len ? client_allowed : NULL,
					 .client_ctx = (void *)(uintptr_t)o,
					 .cache = watches_cache(s->cache),
					 .events = event_writer_of(s->events),
					 .silent = is_silent(o)};
	CLEANUP(arena) struct arena *secret = arena_new();
	struct server_tls tls;
	struct policy *policy;

	if (!webhook_files_tls(&s->files, &news[FILE_TLS], secret, &tls, err) ||
	    !webhook_files_policy(&s->files, &news[FILE_POLICY], secret, &policy, err) ||
	    !server_start(&options, &tls, policy, &s->server, err))
		return false;
	s->not_after = tls.not_after;
	return write_addresses(s->server, o->address_file, a, err);
}

static bool start_beside(struct serving *s, const struct webhook_options *o, struct err *err)
{
	const struct watches_options cache = {o->kubeconfig, o->context, o->cache_secrets};

	if (is_silent(o)) {
		log_event(
			LOG_LEVEL_WARN,
			"clients are not verified: --cache, --cache-secrets and --events do nothing without --client-ca or --trust-network",
			NULL, 0);
		return true;
	}
	if (o->cache && !watches_start(&cache, &s->cache, err))
		return false;
	return !o->events || event_writer_start(o->kubeconfig, o->context, &s->events, err);
}

/* What stands beside the server, and then it. */
static bool start(struct serving *s, const struct webhook_options *o,
		  const struct file_watch_news news[FILES], struct arena *a, struct err *err)
{
	if (!start_beside(s, o, err) || !start_server(s, o, news, a, err))
		return false;
	log_event(LOG_LEVEL_INFO, "serving",
		  FIELDS({"listen", server_listen_address(s->server)},
			 {"health", server_health_address(s->server)},
			 {"policy", policy_source_name(&s->files.policy, a)},
			 {"version", STR(PROGRAM_VERSION)}));
	webhook_warn_of_expiry(s);
	if (o->self_manage)
		self_manage_start(s->files.managed, server_metrics(s->server));
	memory_forget_code();
	return true;
}

/* False: it could not. Without a server afterwards a signal came first. */
static bool read_and_start(struct serving *s, const struct webhook_options *o, int signals,
			   struct arena *a, struct err *err)
{
	struct arena *arenas[FILES] = {NULL};
	struct file_watch_news news[FILES];

	webhook_files_open(&s->files);
	bool ok = !await_files(s, signals, arenas, news) || start(s, o, news, a, err);
	for (size_t i = 0; i < FILES; i++)
		arena_free(arenas[i]);
	return ok;
}

/* Until it is over, if it ever begins. */
static bool live(struct serving *s, const struct webhook_options *o, int signals, struct arena *a,
		 struct err *err)
{
	struct self_manage_options manage = o->manage;

	manage.kubeconfig = o->kubeconfig;
	manage.context = o->context;
	if (o->self_manage && !self_manage_open(&manage, &s->files.managed, err))
		return false;
	if (o->self_manage && !self_manage_wait(s->files.managed, signals))
		return true;
	if (!read_and_start(s, o, signals, a, err))
		return false;
	if (!s->server)
		return true;
	webhook_run(s, signals);
	event_writer_hurry(s->events);
	webhook_drain(s, signals, o->drain);
	return true;
}

bool webhook_serve(const struct webhook_options *options, struct arena *a, struct err *err)
{
	struct serving s = {.files = {.cert = options->cert,
				      .key = options->key,
				      .client_ca = options->client_ca,
				      .policy = options->policy}};

	policy_source_settle(&s.files.policy, a);
	memory_tame(threads(options));
	tzset(); /* else the first Date header would read /etc/localtime */
	int signals = signals_open();
	log_start();
	bool ok = live(&s, options, signals, a, err);
	self_manage_close(s.files.managed);
	server_stop(s.server);
	webhook_files_close(&s.files);
	event_writer_stop(s.events);
	watches_stop(s.cache);
	close(signals);
	if (ok)
		log_event(LOG_LEVEL_INFO, "stopped", NULL, 0);
	log_stop();
	return ok;
}
