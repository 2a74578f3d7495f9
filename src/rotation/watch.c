/* Somebody changed the configuration: it is heard of at once, not at the next look. */
#include "internal.h"

#include "base/log.h"

static void begin(void *ctx)
{
	(void)ctx;
}

static void each(void *ctx, struct obj item)
{
	(void)ctx;
	(void)item;
}

static void synced(void *ctx)
{
	struct self_watch *w = ctx;

	w->changed(w->ctx);
}

static void event(void *ctx, enum kube_event what, struct obj object)
{
	struct self_watch *w = ctx;

	(void)what;
	(void)object;
	w->changed(w->ctx);
}

/* The first of several is told: the configuration is looked at all the same. */
static void failed(void *ctx, const struct err *err)
{
	struct self_watch *w = ctx;

	if (!w->told)
		log_event(LOG_LEVEL_WARN,
			  "cannot watch the ValidatingWebhookConfiguration, only look at it",
			  FIELDS({"error", str_from(err->msg)}));
	w->told = true;
}

static void alive(void *ctx)
{
	struct self_watch *w = ctx;

	w->told = false;
}

void self_watch_run(struct self_watch *w)
{
	const struct kube_watcher watcher = {.list = {.begin = begin, .each = each, .ctx = w},
					     .synced = synced,
					     .event = event,
					     .failed = failed,
					     .alive = alive};

	kube_follow(w->kube, w->path, &watcher);
}
