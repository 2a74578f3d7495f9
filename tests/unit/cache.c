#include "serve/cache.h"

#include "base/arena.h"
#include "base/limits.h"
#include "cnpg/view.h"

#include <criterion/criterion.h>
#include <pthread.h>

enum { STORES, CLUSTERS, SCHEDULES };

#define SECOND INT64_C(1000)
#define BORN (1000 * SECOND)

/* What a list or a watch gives: it names no kind. */
static struct obj read(struct arena *a, const char *text)
{
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(a, str_from(text), &docs, &err), "%s: %s", text, err.msg);
	return docs.len ? doc_root(docs.docs[0]) : (struct obj){0};
}

static void put_at(struct cache *c, size_t which, const char *text, int64_t now)
{
	CLEANUP(arena) struct arena *a = arena_new();

	for (struct obj e = obj_first(read(a, text)); e.node; e = obj_next(e))
		cache_put(c, which, e, now);
}

static void put(struct cache *c, size_t which, const char *text)
{
	put_at(c, which, text, BORN);
}

static void take(struct cache *c, size_t which, const char *text)
{
	CLEANUP(arena) struct arena *a = arena_new();

	for (struct obj e = obj_first(read(a, text)); e.node; e = obj_next(e))
		cache_remove(c, which, e, BORN);
}

static void list(struct cache *c, size_t which, const char *text)
{
	cache_begin(c, which);
	put(c, which, text);
	cache_synced(c, which, BORN);
}

static struct cache *synced(const char *clusters)
{
	struct cache *c = cache_new(BORN);

	list(c, STORES, "");
	list(c, CLUSTERS, clusters);
	list(c, SCHEDULES, "");
	cr_assert(cache_refresh(c));
	return c;
}

/* "namespace/name:instances ..." of the Clusters that a snapshot shows; "unknown" without one. */
static struct str clusters(struct arena *a, const struct cache_snapshot *s)
{
	struct buf out = BUF_ARENA(a);
	const struct view v = {.inventory = cache_inventory(s)};
	static const char *const namespaces[] = {"app", "web"};

	if (!s)
		return STR("unknown");
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++) {
		struct view_iter it =
			view_each(&v, REL_KIND, KIND_CLUSTER, str_from(namespaces[i]), STR_EMPTY);
		for (const struct known *k; (k = view_next(&it));) {
			int64_t n = 0;

			obj_int(k->object.root, "spec.instances", &n);
			buf_fmt(&out, "%s%.*s/%.*s:%d", out.len ? " " : "",
				STR_ARG(k->object.namespace), STR_ARG(k->object.name), (int)n);
		}
	}
	return buf_slice(&out);
}

static void shows(struct cache *c, int64_t now, const char *wanted)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct cache_snapshot *s = cache_acquire(c, now);
	struct str got = clusters(a, s);

	cr_assert(str_is(got, wanted), "got %.*s, wanted %s", STR_ARG(got), wanted);
	cache_drop(s);
}

static bool metrics_have(const struct cache *c, int64_t now, const char *line)
{
	CLEANUP(buf) struct buf out = {0};

	cache_metrics(c, now, &out);
	return str_contains(buf_slice(&out), str_from(line));
}

#define CLUSTER(namespace, name, instances)                                                        \
	"- {metadata: {namespace: " namespace ", name: " name "}, spec: {instances: " instances    \
					      "}}"                                                 \
					      "\n"
#define PG CLUSTER("app", "pg", "1")
#define OTHER CLUSTER("web", "pg", "2")

Test(cache, nothing_is_known_before_every_kind_was_listed)
{
	struct cache *c = cache_new(BORN);

	shows(c, BORN, "unknown");
	list(c, STORES, "");
	list(c, CLUSTERS, PG);
	cr_assert_not(cache_refresh(c));
	shows(c, BORN, "unknown");
	cr_assert(metrics_have(c, BORN, "cache_synced{kind=\"Cluster\"} 1\n"));
	cr_assert(metrics_have(c, BORN, "cache_synced{kind=\"ScheduledBackup\"} 0\n"));
	cr_assert(metrics_have(c, BORN, "cache_known 0\n"));
	list(c, SCHEDULES, "");
	cr_assert(cache_refresh(c));
	shows(c, BORN, "app/pg:1");
	cr_assert(metrics_have(c, BORN, "cache_known 1\n"));
	cache_free(c);
}

Test(cache, events_add_change_and_delete)
{
	struct cache *c = synced(PG);

	put(c, CLUSTERS, CLUSTER("web", "pg", "2"));
	cr_assert(cache_refresh(c));
	shows(c, BORN, "app/pg:1 web/pg:2");
	put(c, CLUSTERS, CLUSTER("app", "pg", "3"));
	cr_assert(cache_refresh(c));
	shows(c, BORN, "app/pg:3 web/pg:2");
	take(c, CLUSTERS, PG);
	take(c, CLUSTERS, CLUSTER("app", "never-there", "1"));
	cr_assert(cache_refresh(c));
	shows(c, BORN, "web/pg:2");
	cr_assert(metrics_have(c, BORN, "cache_objects{kind=\"Cluster\"} 1\n"));
	cache_free(c);
}

Test(cache, what_no_rule_reads_makes_no_snapshot)
{
	struct cache *c = synced(PG);

	put(c, CLUSTERS,
	    "- {metadata: {namespace: app, name: pg, resourceVersion: '7', generation: 2}, spec: {instances: 1, storage: {size: 2Gi}}, status: {phase: healthy}}");
	take(c, CLUSTERS, CLUSTER("app", "never-there", "1"));
	cr_assert_not(cache_refresh(c));
	list(c, CLUSTERS, PG);
	cr_assert_not(cache_refresh(c));
	shows(c, BORN, "app/pg:1");
	cache_free(c);
}

Test(cache, a_new_list_takes_away_what_is_not_in_it)
{
	struct cache *c = synced(PG OTHER);

	list(c, CLUSTERS, CLUSTER("web", "pg", "2"));
	cr_assert(cache_refresh(c));
	shows(c, BORN, "web/pg:2");
	cache_free(c);
}

Test(cache, a_list_that_breaks_off_takes_nothing_away)
{
	struct cache *c = synced(PG OTHER);

	cache_begin(c, CLUSTERS);
	put(c, CLUSTERS, CLUSTER("web", "new", "1"));
	cache_failed(c, CLUSTERS, BORN);
	cr_assert(cache_refresh(c));
	shows(c, BORN, "app/pg:1 web/new:1 web/pg:2");
	/* begun anew: what only the broken one had is not there */
	list(c, CLUSTERS, PG);
	cr_assert(cache_refresh(c));
	shows(c, BORN, "app/pg:1");
	cache_free(c);
}

Test(cache, a_request_keeps_the_snapshot_that_it_began_with)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct cache *c = synced(PG);
	struct cache_snapshot *s = cache_acquire(c, BORN);

	cache_stop(c); /* else the new one waits for the last reader of the old */
	take(c, CLUSTERS, PG);
	cr_assert(cache_refresh(c));
	shows(c, BORN, "");
	cr_assert(str_is(clusters(a, s), "app/pg:1"));
	cache_drop(s);
	cache_free(c);
}

Test(cache, failing_for_long_is_unknown)
{
	const int64_t limit = LIMIT_CACHE_FAILING_SECONDS * SECOND;
	struct cache *c = synced(PG);

	cr_assert(cache_failed(c, SCHEDULES, BORN + SECOND), "the first one is told");
	cr_assert_not(cache_failed(c, SCHEDULES, BORN + 2 * SECOND), "the second is not");
	shows(c, BORN + SECOND + limit, "app/pg:1");
	shows(c, BORN + SECOND + limit + 1, "unknown");
	cr_assert(metrics_have(c, BORN + SECOND + limit + 1, "cache_known 0\n"));
	cr_assert(metrics_have(c, BORN, "cache_errors_total{kind=\"ScheduledBackup\"} 2\n"));
	cache_free(c);
}

Test(cache, failing_for_a_moment_is_forgotten_when_it_is_heard_of_again)
{
	const int64_t limit = LIMIT_CACHE_FAILING_SECONDS * SECOND;
	struct cache *c = synced(PG);

	cache_failed(c, CLUSTERS, BORN);
	cr_assert(cache_alive(c, CLUSTERS, BORN + limit));
	cr_assert_not(cache_alive(c, CLUSTERS, BORN + limit));
	shows(c, BORN + limit * 2, "app/pg:1");
	cache_failed(c, CLUSTERS, BORN + limit);
	put_at(c, CLUSTERS, PG, BORN + limit * 2);
	shows(c, BORN + limit * 3, "app/pg:1");
	cache_free(c);
}

Test(cache, what_was_lost_is_known_again_when_it_is_listed_not_before)
{
	const int64_t late = BORN + LIMIT_CACHE_FAILING_SECONDS * SECOND * 2;
	struct cache *c = synced(PG);

	cr_assert_not(cache_is_lost(c, CLUSTERS, BORN));
	cache_failed(c, CLUSTERS, BORN);
	cr_assert(cache_is_lost(c, CLUSTERS, late));
	cr_assert_not(cache_is_lost(c, STORES, late));
	cr_assert_not(cache_alive(c, CLUSTERS, late));
	cache_begin(c, CLUSTERS);
	put_at(c, CLUSTERS, CLUSTER("web", "pg", "2"), late);
	cr_assert(cache_refresh(c));
	shows(c, late, "unknown");
	cache_synced(c, CLUSTERS, late);
	shows(c, late, "unknown");
	cr_assert(metrics_have(c, late, "cache_known 0\n"));
	cr_assert(cache_refresh(c));
	shows(c, late, "web/pg:2");
	cr_assert_not(cache_is_lost(c, CLUSTERS, late));
	cache_free(c);
}

/* The one that shows what was before the loss must not pass for what is known after it. */
Test(cache, a_snapshot_that_was_begun_before_a_loss_is_never_shown)
{
	const int64_t late = BORN + LIMIT_CACHE_FAILING_SECONDS * SECOND * 2;
	struct cache *c = synced(PG);

	put(c, CLUSTERS, OTHER);
	struct cache_snapshot *before = cache_refresh_begin(c);
	cr_assert_not_null(before);
	cr_assert_null(cache_refresh_begin(c), "nothing has changed since");
	cache_failed(c, CLUSTERS, BORN);
	cache_begin(c, CLUSTERS);
	put_at(c, CLUSTERS, OTHER, late);
	cache_synced(c, CLUSTERS, late);
	cache_refresh_end(c, before);
	shows(c, late, "unknown");
	cr_assert(cache_refresh(c));
	shows(c, late, "web/pg:2");
	cache_free(c);
}

Test(cache, silence_for_long_is_unknown)
{
	const int64_t limit = LIMIT_CACHE_SILENT_SECONDS * SECOND;
	struct cache *c = synced(PG);

	for (size_t i = 0; i < CACHE_KINDS; i++)
		cache_alive(c, i, BORN + (int64_t)i * SECOND);
	shows(c, BORN + limit, "app/pg:1");
	shows(c, BORN + limit + 1, "unknown");
	cr_assert(metrics_have(c, BORN + 7 * SECOND, "cache_age_seconds{kind=\"Cluster\"} 6\n"));
	cache_free(c);
}

Test(cache, a_kind_that_is_not_served_is_unknown_and_the_others_are_known)
{
	CLEANUP(buf) struct buf text = {0};
	struct cache *c = cache_new(BORN);

	list(c, CLUSTERS, PG);
	list(c, SCHEDULES, "");
	cr_assert_not(cache_refresh(c));
	cr_assert(cache_absent(c, STORES, BORN), "it is told once");
	cr_assert_not(cache_absent(c, STORES, BORN));
	cr_assert(cache_refresh(c));
	cr_assert(cache_is_ready(c, BORN));
	shows(c, BORN, "app/pg:1");
	struct cache_snapshot *s = cache_acquire(c, BORN);
	const struct view v = {.inventory = cache_inventory(s)};
	cr_assert_not(view_lacks(&v, KIND_OBJECT_STORE, STR("app"), STR("store")));
	cr_assert(view_lacks(&v, KIND_CLUSTER, STR("app"), STR("other")));
	cr_assert(metrics_have(c, BORN, "cache_kind_known{kind=\"ObjectStore\"} 0\n"));
	cr_assert(metrics_have(c, BORN, "cache_kind_known{kind=\"Cluster\"} 1\n"));
	cr_assert(metrics_have(c, BORN, "cache_known 1\n"));
	cache_describe(c, BORN, &text);
	cr_assert(str_is(
		buf_slice(&text),
		"; the cluster is known but for ObjectStores: the API server does not serve them\n"));
	cache_stop(c); /* nobody waits for the reader of the old one */
	list(c, STORES, "");
	shows(c, BORN, "app/pg:1");
	cr_assert(cache_refresh(c));
	cache_drop(s);
	s = cache_acquire(c, BORN);
	const struct view now = {.inventory = cache_inventory(s)};
	cr_assert(view_lacks(&now, KIND_OBJECT_STORE, STR("app"), STR("store")));
	cache_drop(s);
	cache_free(c);
}

/* What was known of it is not shown for a moment longer: that its objects are there would be false,
 * and that there are no others. */
Test(cache, a_kind_that_is_not_served_any_more_has_no_objects_and_is_unknown)
{
	const int64_t late = BORN + LIMIT_CACHE_SILENT_SECONDS * SECOND * 2;
	struct cache *c = synced(PG);

	cr_assert(cache_absent(c, CLUSTERS, BORN));
	shows(c, BORN, "unknown");
	cr_assert(cache_refresh(c));
	shows(c, BORN, "");
	struct cache_snapshot *s = cache_acquire(c, BORN);
	const struct view v = {.inventory = cache_inventory(s)};
	cr_assert_not(view_lacks(&v, KIND_CLUSTER, STR("app"), STR("pg")));
	cache_drop(s);
	cache_failed(c, CLUSTERS, BORN);
	cache_alive(c, STORES, late);
	cache_alive(c, SCHEDULES, late);
	cr_assert_not(cache_is_lost(c, CLUSTERS, late), "it was not known");
	cache_free(c);
}

static void skip(struct cache *c, const char *text, bool new)
{
	CLEANUP(arena) struct arena *a = arena_new();

	cr_assert_eq(cache_skip(c, CLUSTERS, obj_first(read(a, text)), BORN), new);
}

static bool lacks_cluster(struct cache *c)
{
	struct cache_snapshot *s = cache_acquire(c, BORN);
	const struct view v = {.inventory = cache_inventory(s)};
	bool lacks = view_lacks(&v, KIND_CLUSTER, STR("app"), STR("other"));

	cr_assert(view_lacks(&v, KIND_OBJECT_STORE, STR("app"), STR("other")));
	cache_drop(s);
	return lacks;
}

Test(cache, while_an_object_cannot_be_read_no_other_of_its_kind_is_missing)
{
	CLEANUP(buf) struct buf text = {0};
	struct cache *c = synced(PG OTHER);

	cr_assert(lacks_cluster(c));
	skip(c, OTHER, true);
	skip(c, OTHER, false);
	cr_assert(cache_refresh(c));
	shows(c, BORN, "app/pg:1"); /* what was read of it may be otherwise now */
	cr_assert_not(lacks_cluster(c));
	cr_assert(metrics_have(c, BORN, "cache_kind_known{kind=\"Cluster\"} 0\n"));
	cache_describe(c, BORN, &text);
	cr_assert(str_is(buf_slice(&text),
			 "; the cluster is known but for Clusters: 1 too large to be read\n"));
	put(c, CLUSTERS, OTHER);
	cr_assert(cache_refresh(c));
	shows(c, BORN, "app/pg:1 web/pg:2");
	cr_assert(lacks_cluster(c));
	skip(c, OTHER, true);
	take(c, CLUSTERS, OTHER);
	cr_assert(cache_refresh(c));
	cr_assert(lacks_cluster(c));
	skip(c, OTHER, true);
	list(c, CLUSTERS, PG);
	cr_assert(cache_refresh(c));
	cr_assert(lacks_cluster(c));
	cache_free(c);
}

Test(cache, it_is_ready_when_all_is_known_or_was_waited_for)
{
	const int64_t limit = LIMIT_CACHE_WARM_SECONDS * SECOND;
	CLEANUP(buf) struct buf text = {0};
	struct cache *cold = cache_new(BORN), *warm = synced(PG);

	list(cold, STORES, "");
	cache_failed(cold, CLUSTERS, BORN);
	cr_assert_not(cache_is_ready(cold, BORN + limit));
	cr_assert(cache_is_ready(cold, BORN + limit + 1));
	cr_assert(cache_is_ready(warm, BORN));
	cache_describe(cold, BORN, &text);
	cache_describe(warm, BORN, &text);
	cr_assert(
		str_is(buf_slice(&text),
		       "; the cluster is not known: Clusters: not listed yet, ScheduledBackups: not listed yet\n; the cluster is known\n"),
		"%.*s", STR_ARG(buf_slice(&text)));
	cache_free(cold);
	cache_free(warm);
}

Test(cache, what_nobody_watches_is_never_absent)
{
	struct cache *c = synced(PG);
	struct cache_snapshot *s = cache_acquire(c, BORN);
	const struct view v = {.inventory = cache_inventory(s)};

	cr_assert(view_lacks(&v, KIND_OBJECT_STORE, STR("app"), STR("store")));
	cr_assert(view_lacks(&v, KIND_CLUSTER, STR("app"), STR("other")));
	cr_assert_not(view_lacks(&v, KIND_SECRET, STR("app"), STR("credentials")));
	cr_assert_not(view_lacks(&v, KIND_BACKUP, STR("app"), STR("backup")));
	cr_assert_eq(view_knows(&v, KIND_CLUSTER, STR("app")), KNOWN_ALL);
	cr_assert_eq(view_knows(&v, KIND_SECRET, STR("app")), KNOWN_NOTHING);
	cr_assert_eq(view_secret_key(&v, STR("app"), STR("credentials"), STR("key"), NULL),
		     SECRET_HAS_UNKNOWN);
	cache_drop(s);
	cache_free(c);
}

Test(cache, an_object_that_cannot_be_named_is_not_kept)
{
	struct cache *c = synced(PG "- {metadata: {namespace: app}, spec: {instances: 4}}\n");

	shows(c, BORN, "app/pg:1");
	cr_assert(metrics_have(c, BORN, "cache_objects{kind=\"Cluster\"} 1\n"));
	cache_free(c);
}

static void *run(void *cache)
{
	cache_run(cache);
	return NULL;
}

Test(cache, its_thread_follows_the_changes_and_ends, .timeout = 60)
{
	struct cache *c = cache_new(BORN);
	pthread_t thread;
	bool gone = false;

	cr_assert_eq(pthread_create(&thread, NULL, run, c), 0);
	list(c, STORES, "");
	list(c, CLUSTERS, PG OTHER);
	list(c, SCHEDULES, "");
	take(c, CLUSTERS, PG);
	while (!gone) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct cache_snapshot *s = cache_acquire(c, BORN);

		gone = str_is(clusters(a, s), "web/pg:2");
		cache_drop(s);
	}
	cache_stop(c);
	pthread_join(thread, NULL);
	cache_free(c);
}
