/*
 * follow KUBECONFIG PATH END: lists a collection and watches it, one line a callback, until an
 * object called END is met. For the tests.
 */
#include "kube/kube.h"

#include <stdio.h>

struct follow {
	struct str end;
	bool over;
};

static bool is_over(const void *ctx)
{
	const struct follow *f = ctx;

	return f->over;
}

static void tell(struct follow *f, const char *what, struct str name)
{
	printf("%s%s%.*s\n", what, name.len ? " " : "", STR_ARG(name));
	fflush(stdout);
	f->over |= name.len && str_eq(name, f->end);
}

static void begin(void *ctx)
{
	tell(ctx, "begin", STR_EMPTY);
}

static void each(void *ctx, struct obj item)
{
	tell(ctx, "item", obj_text(item, "metadata.name"));
}

static void skipped(void *ctx, struct obj item)
{
	tell(ctx, "skipped", obj_text(item, "metadata.name"));
}

static void synced(void *ctx)
{
	tell(ctx, "synced", STR_EMPTY);
}

static void event(void *ctx, enum kube_event what, struct obj object)
{
	static const char *const words[] = {"added", "modified", "deleted"};

	tell(ctx, words[what], obj_text(object, "metadata.name"));
}

static void failed(void *ctx, const struct err *err)
{
	(void)ctx;
	printf("failed %s\n", err->msg);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	CLEANUP(arena) struct arena *a = arena_new();
	CLEANUP(kube) struct kube *kube = NULL;
	struct kube_config config;
	struct err err;

	if (argc < 4)
		return 2;
	struct follow f = {.end = str_from(argv[3])};
	const struct kube_watcher watcher = {
		.list = {.begin = begin, .each = each, .skipped = skipped, .ctx = &f},
		.synced = synced,
		.event = event,
		.failed = failed};
	if (!kube_config_load(str_from(argv[1]), STR_EMPTY, a, &config, &err) ||
	    !kube_open(&config, &kube, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 3;
	}
	kube_stop_when(kube, is_over, &f);
	kube_follow(kube, str_from(argv[2]), &watcher);
	return 0;
}
