/*
 * Secrets that are looked up: what is known of them, when they are asked for, and that a finding
 * which rests on them is never a denial.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "webhook/watches.h"
#include "moment.h"
#include "serve/secrets.h"

#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>

#define SECOND INT64_C(1000)
#define NOW (1000 * SECOND)
#define AGAIN (LIMIT_SECRET_SECONDS * SECOND)

static unsigned changes;
static struct secrets *secrets;

static void changed(void *ctx)
{
	(void)ctx;
	changes++;
}

static void setup(void)
{
	moment_setup();
	changes = 0;
	secrets = secrets_new(changed, NULL);
}

static void teardown(void)
{
	secrets_free(secrets);
	moment_teardown();
}

TestSuite(secrets, .init = setup, .fini = teardown);

/* "name name": of namespace app. */
static void refer(const char *names)
{
	struct str rest = str_from(names), name;

	secrets_begin(secrets);
	while (str_split(&rest, ' ', &name))
		secrets_refer(secrets, STR("app"), name);
	secrets_end(secrets);
}

/* The one that is asked for now; empty: none. */
static struct str next(int64_t now)
{
	struct secrets_turn turn;

	return secrets_next(secrets, now, moment_arena, &turn) ? turn.name : STR_EMPTY;
}

static void answer(const char *name, enum secrets_found found, const char *yaml, int64_t now)
{
	const struct secrets_turn turn = {STR("app"), str_from(name)};
	struct obj root = yaml ? moment_object(yaml)->root : (struct obj){0};

	secrets_answer(secrets, &turn, found, root, now, moment_arena);
}

static void asked(const char *name, int64_t now)
{
	struct str got = next(now);

	cr_assert(str_is(got, name), "asked for '%.*s', not for '%s'", STR_ARG(got), name);
}

static enum secret_has has(const char *name, const char *key)
{
	struct inventory *inventory = inventory_new(moment_arena);
	const struct view v = {.inventory = inventory};

	inventory_is_whole_but(inventory, KIND_ALL);
	secrets_tell(secrets, inventory, moment_arena);
	return view_secret_key(&v, STR("app"), str_from(name), str_from(key), NULL);
}

static void knows(const char *name, const char *key, enum secret_has wanted)
{
	enum secret_has got = has(name, key);

	cr_assert_eq(got, wanted, "%s/%s: %d, not %d", name, key, (int)got, (int)wanted);
}

static bool metrics_have(const char *line)
{
	struct buf out = BUF_ARENA(moment_arena);

	secrets_metrics(secrets, &out);
	return str_contains(buf_slice(&out), str_from(line));
}

/* ---- what is known ---- */

Test(secrets, what_was_not_looked_up_is_unknown)
{
	refer("s3");
	knows("s3", "ID", SECRET_HAS_UNKNOWN);
	asked("s3", NOW);
	knows("s3", "ID", SECRET_HAS_UNKNOWN);
	answer("s3", SECRETS_READ, SECRET("", "ID: minio"), NOW);
	knows("s3", "ID", SECRET_HAS_KEY);
	knows("s3", "KEY", SECRET_KEY_MISSING);
	knows("other", "ID", SECRET_HAS_UNKNOWN);
	cr_assert_eq(changes, 1);
}

Test(secrets, it_is_absent_only_when_that_was_the_last_answer)
{
	refer("s3");
	asked("s3", NOW);
	answer("s3", SECRETS_ABSENT, NULL, NOW);
	knows("s3", "ID", SECRET_MISSING);
	asked("s3", NOW + AGAIN);
	answer("s3", SECRETS_FAILED, NULL, NOW + AGAIN);
	knows("s3", "ID", SECRET_HAS_UNKNOWN);
	cr_assert_eq(changes, 2);
	cr_assert(metrics_have("secret_errors_total{reason=\"failed\"} 1\n"));
}

Test(secrets, what_may_not_be_read_is_unknown_and_seldom_asked_for)
{
	refer("s3");
	asked("s3", NOW);
	answer("s3", SECRETS_REFUSED, NULL, NOW);
	knows("s3", "ID", SECRET_HAS_UNKNOWN);
	asked("", NOW + AGAIN);
	asked("s3", NOW + LIMIT_SECRET_REFUSED_SECONDS * SECOND);
	cr_assert(metrics_have("secret_errors_total{reason=\"refused\"} 1\n"));
	cr_assert(metrics_have("cache_secrets{state=\"unknown\"} 1\n"));
	cr_assert_eq(changes, 0);
}

Test(secrets, an_answer_that_is_no_secret_tells_nothing)
{
	refer("s3");
	asked("s3", NOW);
	answer("s3", SECRETS_READ, STORE, NOW);
	knows("s3", "ID", SECRET_HAS_UNKNOWN);
	cr_assert(metrics_have("secret_errors_total{reason=\"failed\"} 1\n"));
}

Test(secrets, what_is_as_it_was_is_no_change)
{
	refer("s3");
	asked("s3", NOW);
	answer("s3", SECRETS_READ, SECRET("", BOTH_KEYS), NOW);
	asked("s3", NOW + AGAIN);
	answer("s3", SECRETS_READ, SECRET("", "ID: another, KEY: value"), NOW + AGAIN);
	cr_assert_eq(changes, 1);
	asked("s3", NOW + 2 * AGAIN);
	answer("s3", SECRETS_READ, SECRET("", "ID: ' blank', KEY: value"), NOW + 2 * AGAIN);
	cr_assert_eq(changes, 2);
	asked("s3", NOW + 3 * AGAIN);
	answer("s3", SECRETS_ABSENT, NULL, NOW + 3 * AGAIN);
	cr_assert_eq(changes, 3);
}

Test(secrets, what_nobody_refers_to_is_forgotten)
{
	refer("s3 ca");
	asked("s3", NOW);
	answer("s3", SECRETS_ABSENT, NULL, NOW);
	cr_assert(metrics_have("cache_secrets{state=\"absent\"} 1\n"));
	refer("ca");
	knows("s3", "ID", SECRET_HAS_UNKNOWN);
	cr_assert(metrics_have("cache_secrets{state=\"absent\"} 0\n"));
	asked("ca", NOW);
	refer("");
	answer("ca", SECRETS_ABSENT, NULL, NOW);
	refer("ca");
	knows("ca", "ID", SECRET_HAS_UNKNOWN);
	asked("ca", NOW);
	asked("", NOW);
}

Test(secrets, what_was_looked_up_too_long_ago_is_unknown)
{
	const int64_t late = NOW + LIMIT_SECRET_STALE_SECONDS * SECOND;

	refer("s3");
	asked("s3", NOW);
	answer("s3", SECRETS_READ, SECRET("", BOTH_KEYS), NOW);
	asked("s3", late);
	knows("s3", "ID", SECRET_HAS_KEY);
	answer("s3", SECRETS_READ, SECRET("", BOTH_KEYS), NOW);
	asked("s3", late + 1);
	knows("s3", "ID", SECRET_HAS_UNKNOWN);
	cr_assert_eq(changes, 2);
}

Test(secrets, a_write_makes_it_unknown_until_it_is_looked_up_after_it)
{
	refer("s3 ca");
	asked("s3", NOW);
	answer("s3", SECRETS_READ, SECRET("", "ID: minio"), NOW);
	secrets_written(secrets, STR("app"), STR("s3"), NOW);
	secrets_written(secrets, STR("app"), STR("other"), NOW);
	knows("s3", "KEY", SECRET_HAS_UNKNOWN);
	cr_assert_eq(changes, 2);
	asked("ca", NOW);
	asked("", NOW + LIMIT_SECRET_STORED_MS - 1);
	asked("s3", NOW + LIMIT_SECRET_STORED_MS);
	secrets_written(secrets, STR("app"), STR("s3"), NOW + LIMIT_SECRET_STORED_MS);
	answer("s3", SECRETS_READ, SECRET("", "ID: minio"), NOW + LIMIT_SECRET_STORED_MS);
	knows("s3", "KEY", SECRET_HAS_UNKNOWN);
	asked("s3", NOW + 2 * LIMIT_SECRET_STORED_MS);
	answer("s3", SECRETS_READ, SECRET("", BOTH_KEYS), NOW + 2 * LIMIT_SECRET_STORED_MS);
	knows("s3", "KEY", SECRET_HAS_KEY);
}

/* ---- when it is asked for ---- */

Test(secrets, each_is_asked_for_once_and_again_later)
{
	refer("a b");
	refer("a b c");
	asked("a", NOW);
	answer("a", SECRETS_ABSENT, NULL, NOW);
	asked("b", NOW + SECOND);
	answer("b", SECRETS_FAILED, NULL, NOW + SECOND);
	asked("c", NOW + 2 * SECOND);
	asked("", NOW + AGAIN - 1);
	asked("a", NOW + AGAIN);
	asked("", NOW + AGAIN);
	asked("b", NOW + AGAIN + SECOND);
	answer("c", SECRETS_ABSENT, NULL, NOW + AGAIN);
	refer("a b c new");
	asked("new", NOW + 2 * AGAIN);
	asked("c", NOW + 2 * AGAIN);
}

Test(secrets, a_name_that_no_secret_has_is_not_asked_for)
{
	refer(".. ../../nodes Upper -dash a/b a%2fb ok-1.x");
	asked("ok-1.x", NOW);
	asked("", NOW);
	knows("Upper", "ID", SECRET_HAS_UNKNOWN);
}

Test(secrets, there_is_a_limit_and_what_is_beyond_is_unknown)
{
	secrets_begin(secrets);
	for (unsigned i = 0; i < LIMIT_SECRETS + 2; i++)
		secrets_refer(secrets, STR("app"), arena_fmt(moment_arena, "s%u", i));
	secrets_end(secrets);
	cr_assert(metrics_have(
		arena_fmt(moment_arena, "state=\"unknown\"} %u\n", LIMIT_SECRETS + 2).ptr));
	for (unsigned i = 0; i < LIMIT_SECRETS; i++)
		cr_assert(next(NOW).len);
	asked("", NOW);
}

struct asker {
	struct str names[2];
	size_t len;
};

static enum secrets_found ask(void *ctx, const struct secrets_turn *turn, struct arena *a,
			      struct obj *root)
{
	struct asker *asker = ctx;
	const struct doc *doc;
	struct err err;

	cr_assert(doc_read_json(a, STR("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{}}"),
				&doc, &err));
	*root = doc_root(doc);
	asker->names[asker->len++] = arena_str(moment_arena, turn->name);
	if (asker->len == 2)
		secrets_stop(secrets);
	return SECRETS_READ;
}

static void *run(void *ctx)
{
	secrets_run(secrets, ask, ctx);
	return NULL;
}

Test(secrets, its_thread_asks_for_each_and_ends, .timeout = 60)
{
	struct asker asker = {.len = 0};
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, run, &asker), 0);
	refer("s3 ca");
	pthread_join(thread, NULL);
	cr_assert(str_is(asker.names[0], "s3"));
	cr_assert(str_is(asker.names[1], "ca"));
	knows("ca", "ID", SECRET_KEY_MISSING);
}

Test(secrets, who_reads_them_leaves_no_core)
{
	const struct watches_options o = {.kubeconfig = STR_INIT("/nowhere"), .secrets = true};
	struct watches *cache;
	struct err err;

	cr_assert_eq(prctl(PR_GET_DUMPABLE), 1);
	cr_assert_not(watches_start(&o, &cache, &err));
	cr_assert_eq(prctl(PR_GET_DUMPABLE), 0);
}

/* ---- what it may do ---- */

#define ENV                                                                                        \
	"  instanceSidecarConfiguration:\n    env: [{name: X, valueFrom: {secretKeyRef: {name: "   \
	"env, key: X}}}]\n"

Test(secrets, a_key_that_a_looked_up_secret_lacks_is_a_warning)
{
	WARNED("credentials-key-missing", .operation = OP_CREATE, .object = STORE,
	       .looked_up = true, .beside = {SECRET("", "ID: minio")});
	WARNED("credentials-key-missing", .operation = OP_CREATE, .object = CLUSTER_IN_TREE,
	       .looked_up = true, .policy = moment_harsh, .beside = {SECRET("", "ID: minio")});
	WARNED("credentials-key-missing", .operation = OP_CREATE, .object = STORE,
	       .looked_up = true, .policy = moment_harsh, .beside = {SECRET("", "ID: minio")});
	DENIED("credentials-key-missing", .operation = OP_CREATE, .object = STORE,
	       .beside = {SECRET("", "ID: minio")});
}

Test(secrets, one_that_was_not_there_is_a_warning)
{
	WARNED("credentials-secret-missing", .operation = OP_CREATE, .object = STORE,
	       .looked_up = true, .absent = "s3");
	WARNED("credentials-secret-missing", .operation = OP_CREATE, .object = STORE,
	       .looked_up = true, .policy = moment_strict, .absent = "s3");
	DENIED("credentials-secret-missing", .operation = OP_CREATE, .object = STORE,
	       .policy = moment_strict);
	WARNED("sidecar-env-secret-missing", .operation = OP_CREATE, .object = STORE ENV,
	       .looked_up = true, .policy = moment_strict, .absent = "env");
}

Test(secrets, a_dirty_value_of_a_looked_up_secret_is_a_warning)
{
	WARNED("secret-value-dirty", .operation = OP_CREATE, .object = STORE, .looked_up = true,
	       .policy = moment_harsh, .beside = {SECRET("", "ID: minio, KEY: \"shown\\n\"")});
	WARNED("secret-value-dirty", .operation = OP_CREATE, .object = CLUSTER_IN_TREE,
	       .looked_up = true, .policy = moment_harsh,
	       .beside = {SECRET("", "ID: minio, KEY: \"shown\\n\"")});
}

Test(secrets, what_is_wrong_by_itself_is_denied_all_the_same)
{
	DENIED("schedule-never-fires", .operation = OP_CREATE,
	       .object =
		       HEAD(CNPG, "ScheduledBackup", "d", "") "spec:\n  schedule: '0 0 3 31 2 *'\n"
							      "  cluster: {name: db}\n" OF_PLUGIN,
	       .looked_up = true, .beside = {CLUSTER, STORE}, .absent = "s3");
}

Test(secrets, one_that_nobody_looked_up_is_not_missing)
{
	struct verdict v = moment_judge(&(struct write){.operation = OP_CREATE,
							.object = STORE,
							.looked_up = true,
							.policy = moment_strict,
							.absent = "other"});

	cr_assert_eq(moment_count(&v, "credentials-secret-missing", SEV_WARN), 0, "%s",
		     moment_words(&v));
	cr_assert_eq(moment_count(&v, "credentials-secret-missing", SEV_INFO), 0);
}

Test(secrets, one_in_another_namespace_is_nobodys_business)
{
	struct verdict v = moment_judge(&(struct write){
		.operation = OP_CREATE,
		.object = STORE,
		.looked_up = true,
		.beside =
			{"apiVersion: v1\nkind: Secret\nmetadata: {name: s3, namespace: billing}\nstringData: {ID: x, KEY: y}\n"},
		.absent = "s3"});

	cr_assert_eq(moment_count(&v, "credentials-secret-missing", SEV_WARN), 1, "%s",
		     moment_words(&v));
	cr_assert_null(strstr(moment_words(&v), "billing"));
}

Test(secrets, the_write_that_repairs_one_is_silent)
{
	struct verdict v = moment_judge(&(struct write){.operation = OP_CREATE,
							.object = SECRET("", BOTH_KEYS),
							.looked_up = true,
							.policy = moment_strict,
							.beside = {STORE, CLUSTER},
							.absent = "s3"});

	cr_assert_eq(v.findings.len, 0, "%s", moment_words(&v));
	v = moment_judge(&(struct write){.operation = OP_UPDATE,
					 .object = SECRET("", BOTH_KEYS),
					 .old = SECRET("", "ID: minio"),
					 .looked_up = true,
					 .policy = moment_strict,
					 .beside = {STORE, CLUSTER, SECRET("", "ID: minio")}});
	cr_assert_eq(v.findings.len, 0, "%s", moment_words(&v));
}

Test(secrets, a_dirty_value_is_said_once_when_it_is_written)
{
	struct verdict v =
		moment_judge(&(struct write){.operation = OP_CREATE,
					     .object = SECRET("", "ID: minio, KEY: \"shown\\n\""),
					     .looked_up = true,
					     .beside = {STORE, CLUSTER},
					     .absent = "s3"});

	cr_assert_eq(moment_count(&v, "secret-value-dirty", SEV_DENY), 1, "%s", moment_words(&v));
	cr_assert_eq(moment_count(&v, "secret-value-dirty", SEV_WARN), 0, "%s", moment_words(&v));
}

Test(secrets, an_external_secret_of_a_store_in_use_is_kept_all_the_same)
{
	static const char external[] =
		"apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s3, namespace: app}\nspec:\n  target: {name: s3}\n  data: [{secretKey: ID}, {secretKey: KEY}]\n";
	struct write w = {.operation = OP_DELETE,
			  .object = external,
			  .policy = moment_harsh,
			  .looked_up = true,
			  .beside = {STORE, CLUSTER}};
	struct verdict without = moment_judge(&w);

	w.beside[2] = SECRET("", BOTH_KEYS);
	struct verdict with = moment_judge(&w);
	cr_assert_gt(without.findings.len, 0);
	cr_assert_eq(with.findings.len, without.findings.len);
	cr_assert_eq(with.findings.items[0].severity, without.findings.items[0].severity);
}
