#include "rotation/self_manage.h"

#include "base/clock.h"
#include "base/condition.h"
#include "base/log.h"
#include "base/program.h"
#include "base/signals.h"
#include "internal.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

/* Of one check. Each that another replica did instead brings us further, too. */
#define STEPS_MOST 32

struct self_manage {
	struct self_manage_options options;
	struct arena *arena;
	struct kube_config config;
	struct self_target target;
	struct metrics *metrics; /* NULL until there is a server */
	int signals;		 /* while the owner waits, else -1 */
	pthread_t thread, watcher;
	bool running;
	struct self_watch watch;

	/* Of whoever calls the API server: the owner at first, then the thread. */
	struct memory memory;
	unsigned failures;
	bool told_absent;

	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool stop;
	/* Under the lock: what is to be served. */
	struct arena *material;
	struct str cert, key;
	bool changed;
	/* Under the lock: the configuration was changed. */
	bool nudged;
	int64_t nudges_paid; /* see rotation_nudge_pay */
};

static bool is_stopped(const void *ctx)
{
	const struct self_manage *m = ctx;
	struct pollfd p = {.fd = m->signals, .events = POLLIN};

	return atomic_load(&m->stop) || (m->signals >= 0 && poll(&p, 1, 0) > 0);
}

static struct str path_of(struct arena *a, const char *before, struct str name, const char *after)
{
	struct buf out = BUF_ARENA(a);

	buf_text(&out, before);
	kube_encode(&out, name);
	buf_text(&out, after);
	return arena_str(a, buf_slice(&out));
}

static void set_target(struct self_manage *m)
{
	struct self_target *t = &m->target;
	struct str rest = m->options.secret, part;

	t->namespace = m->config.namespace;
	t->secret = m->options.secret;
	if (str_find_byte(rest, '/') != STR_NONE && str_split(&rest, '/', &part)) {
		t->namespace = part;
		t->secret = rest;
	}
	t->configuration = m->options.configuration;
	t->secrets_path = path_of(m->arena, "/api/v1/namespaces/", t->namespace, "/secrets");
	t->secret_path =
		path_of(m->arena, arena_fmt(m->arena, "%.*s/", STR_ARG(t->secrets_path)).ptr,
			t->secret, "");
	t->configuration_path = path_of(
		m->arena, "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/",
		t->configuration, "");
	m->watch.path = path_of(
		m->arena,
		"/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations?fieldSelector=metadata.name%3D",
		t->configuration, "");
	t->terms = (struct rotation_terms){.ca = m->options.ca_lifetime,
					   .cert = m->options.cert_lifetime};
}

/* What the API server verifies: NAME.NAMESPACE.svc of the Service. */
static bool set_names(struct self_manage *m, struct err *err)
{
	struct self_target *t = &m->target;
	struct str rest = m->options.names, part;
	struct buf list = BUF_ARENA(m->arena);

	if (!rest.len)
		rest = arena_fmt(m->arena, PROGRAM ".%.*s.svc", STR_ARG(t->namespace));
	while (str_split(&rest, ',', &part)) {
		part = str_trim(part);
		buf_add(&list, &part, sizeof part);
		t->names_len++;
	}
	t->names = (const struct str *)(void *)list.ptr; /* the arena aligns for any type */
	return pki_check_names(t->names, t->names_len, err);
}

bool self_manage_open(const struct self_manage_options *options, struct self_manage **out,
		      struct err *err)
{
	struct self_manage *m = calloc(1, sizeof *m);

	if (!m)
		out_of_memory(sizeof *m);
	*out = m;
	prctl(PR_SET_DUMPABLE, 0); /* no key of a CA in a core */
	m->options = *options;
	m->signals = -1;
	m->arena = arena_new();
	pthread_mutex_init(&m->lock, NULL);
	condition_init(&m->wake);
	if (!kube_config_load(options->kubeconfig, options->context, m->arena, &m->config, err))
		return false;
	set_target(m);
	if (!set_names(m, err) || !kube_open(&m->config, &m->target.kube, err) ||
	    !kube_open(&m->config, &m->watch.kube, err))
		return false;
	kube_stop_when(m->target.kube, is_stopped, m);
	kube_stop_when(m->watch.kube, is_stopped, m);
	return true;
}

/* The owner sees it within a second. */
static void offer(struct self_manage *m, const struct look *l)
{
	struct memory *memory = &m->memory;
	struct arena *material = arena_new(), *old;

	pthread_mutex_lock(&m->lock);
	old = m->material;
	m->material = material;
	m->cert = memory->cert = arena_str(material, l->cert);
	m->key = arena_str(material, l->key);
	m->changed = true;
	pthread_mutex_unlock(&m->lock);
	arena_free(old);
	memory->serves = true;
	memory->life = l->view.cert;
}

static void take(struct self_manage *m, const struct look *l)
{
	struct memory *memory = &m->memory;
	struct rotation_served served = {
		.any = memory->serves, .issuer = ROTATION_NONE, .life = memory->life};

	for (size_t i = 0; i < l->cas_len; i++)
		if (!memcmp(&memory->ca, l->cas[i].cert.sha256, sizeof memory->ca))
			served.issuer = i;
	for (size_t i = 0; i < memory->trusted_len; i++)
		if (!memcmp(&memory->ca, &memory->trusted[i].id, sizeof memory->ca))
			served.trusted = true;
	if (!rotation_may_serve(&l->view, &m->target.terms, &served) ||
	    (memory->serves && str_eq(memory->cert, l->cert)))
		return;
	offer(m, l);
	memcpy(&memory->ca, l->cas[l->view.issuer].cert.sha256, sizeof memory->ca);
}

static void tell_step(const struct self_manage *m, enum rotation_step step)
{
	bool publish = step == ROTATION_PUBLISH;

	log_event(LOG_LEVEL_INFO, "self-managed certificates",
		  FIELDS({"step", str_from(rotation_name(step))},
			 {"changed", publish ? m->target.configuration : m->target.secret}));
}

static void tell_absent(struct self_manage *m, bool absent)
{
	if (absent && !m->told_absent)
		log_event(LOG_LEVEL_WARN,
			  "no webhook in the ValidatingWebhookConfiguration, nobody calls",
			  FIELDS({"name", m->target.configuration}));
	m->told_absent = absent;
}

enum outcome {
	CHECK_DONE,
	CHECK_FAILED,	     /* there may be no certificate */
	CHECK_NOT_PUBLISHED, /* there is one, and who trusts it is not known */
};

/* Looks, and does what is next, until there is nothing to do. */
static enum outcome check(struct self_manage *m, struct err *err)
{
	for (int i = 0; i < STEPS_MOST; i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct look *l = ARENA_NEW(a, struct look);
		struct err config_err = {0};

		l->arena = a;
		if (!self_look(&m->target, &m->memory, l, &config_err, err))
			return CHECK_FAILED;
		if (l->stale)
			continue;
		take(m, l);
		tell_absent(m, l->absent);
		enum rotation_step step = rotation_next(&l->view, &m->target.terms);
		if (step == ROTATION_WAIT && (l->view.seen || l->absent))
			return CHECK_DONE;
		*err = config_err;
		if (step == ROTATION_WAIT)
			return CHECK_NOT_PUBLISHED;
		enum written written = self_write(&m->target, l, step, err);
		if (written == WRITTEN)
			tell_step(m, step);
		else if (written == WRITE_FAILED)
			return step == ROTATION_PUBLISH ? CHECK_NOT_PUBLISHED : CHECK_FAILED;
	}
	err_set(err, E_LIMIT, "others wrote the Secret or the configuration %d times meanwhile",
		STEPS_MOST);
	return CHECK_FAILED;
}

/* One check; how many milliseconds until the next one. After failures 1 s, 2 s, 4 s... */
static int check_and_tell(struct self_manage *m, enum outcome *outcome)
{
	struct err err;
	int64_t pause = m->options.check;

	*outcome = check(m, &err);
	if (is_stopped(m))
		return 0;
	if (m->metrics)
		metrics_add(m->metrics, *outcome == CHECK_DONE ? COUNT_SELF_MANAGE_OK
							       : COUNT_SELF_MANAGE_FAILED);
	if (*outcome == CHECK_DONE) {
		m->failures = 0;
	} else {
		log_event(LOG_LEVEL_ERROR, "self-managed certificates: check failed",
			  FIELDS({"error", str_from(err.msg)}));
		if (m->failures < 30 && pause > INT64_C(1) << m->failures)
			pause = INT64_C(1) << m->failures++;
	}
	/* up to an eighth more: replicas should not come together */
	return (int)(pause * 1000 + clock_ns() / 1000 % (pause * 125));
}

bool self_manage_wait(struct self_manage *m, int signals)
{
	enum outcome outcome;

	m->signals = signals;
	for (;;) {
		int pause = check_and_tell(m, &outcome);
		if (m->memory.serves) /* also when it should be renewed and cannot be */
			break;
		int signal = signals_next(signals, pause);
		if (signal == SIGTERM || signal == SIGINT)
			return false;
	}
	m->signals = -1;
	return true;
}

/* The configuration was changed, perhaps. */
static void nudge(void *ctx)
{
	struct self_manage *m = ctx;

	pthread_mutex_lock(&m->lock);
	m->nudged = true;
	pthread_cond_signal(&m->wake);
	pthread_mutex_unlock(&m->lock);
}

/* When the rest is over that would last until `end`. With the lock held. */
static int64_t end_of_rest(const struct self_manage *m, int64_t end)
{
	int64_t from = rotation_nudge_from(m->nudges_paid);

	return m->nudged && from < end ? from : end;
}

static void rest(struct self_manage *m, int milliseconds)
{
	int64_t now = clock_ms(), end = now + milliseconds;

	pthread_mutex_lock(&m->lock);
	for (; !atomic_load(&m->stop) && now < end_of_rest(m, end); now = clock_ms())
		condition_wait_until(&m->wake, &m->lock, end_of_rest(m, end));
	if (m->nudged)
		m->nudges_paid = rotation_nudge_pay(m->nudges_paid, now);
	m->nudged = false;
	pthread_mutex_unlock(&m->lock);
}

static void *run(void *ctx)
{
	struct self_manage *m = ctx;
	enum outcome outcome;

	while (!atomic_load(&m->stop))
		rest(m, check_and_tell(m, &outcome));
	return NULL;
}

static void *watch(void *ctx)
{
	self_watch_run(ctx);
	return NULL;
}

void self_manage_start(struct self_manage *m, struct metrics *metrics)
{
	m->metrics = metrics;
	m->watch.changed = nudge;
	m->watch.ctx = m;
	m->running = pthread_create(&m->thread, NULL, run, m) == 0 &&
		     pthread_create(&m->watcher, NULL, watch, &m->watch) == 0;
	if (!m->running)
		out_of_memory(0);
}

bool self_manage_changed(struct self_manage *m)
{
	pthread_mutex_lock(&m->lock);
	bool changed = m->changed;
	pthread_mutex_unlock(&m->lock);
	return changed;
}

void self_manage_get(struct self_manage *m, struct arena *a, struct str *cert, struct str *key)
{
	pthread_mutex_lock(&m->lock);
	*cert = arena_str(a, m->cert);
	*key = arena_str(a, m->key);
	m->changed = false;
	pthread_mutex_unlock(&m->lock);
}

void self_manage_close(struct self_manage *m)
{
	if (!m)
		return;
	pthread_mutex_lock(&m->lock);
	atomic_store(&m->stop, true);
	pthread_cond_signal(&m->wake);
	pthread_mutex_unlock(&m->lock);
	if (m->running) {
		pthread_join(m->thread, NULL);
		pthread_join(m->watcher, NULL);
	}
	kube_close(m->target.kube);
	kube_close(m->watch.kube);
	memory_free(&m->memory);
	arena_free(m->material);
	arena_free(m->arena);
	pthread_cond_destroy(&m->wake);
	pthread_mutex_destroy(&m->lock);
	free(m);
}
