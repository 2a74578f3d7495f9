#include "cnpg/inventory.h"
#include "cnpg/view.h"

#include "base/arena.h"
#include "base/limits.h"

#include <criterion/criterion.h>

#define APP STR("app")

static struct object object_from(struct arena *a, const char *text)
{
	struct doc_list docs;
	struct object o;
	struct err err;

	cr_assert(doc_read_yaml(a, str_from(text), &docs, &err), "%s: %s", text, err.msg);
	cr_assert_eq(docs.len, 1);
	cr_assert(object_read(doc_root(docs.docs[0]), &o), "%s", text);
	return o;
}

static const struct known *add(struct inventory *inv, struct arena *a, uint32_t bundle,
			       const char *text)
{
	struct object o = object_from(a, text);

	return inventory_add(inv, &o, STR_EMPTY, bundle);
}

/* Of all that a relation gives, "name name ...". */
static struct str names(struct arena *a, struct view_iter it)
{
	struct buf out = BUF_ARENA(a);

	for (const struct known *k; (k = view_next(&it));) {
		if (out.len)
			buf_byte(&out, ' ');
		buf_str(&out, k->object.name);
	}
	return buf_slice(&out);
}

#define GIVES(text, ...)                                                                           \
	do {                                                                                       \
		struct str got_ = names(a, view_each(__VA_ARGS__));                                \
		cr_assert(str_is(got_, (text)), "%.*s", STR_ARG(got_));                            \
	} while (0)

#define CLUSTER(name, namespace, spec)                                                             \
	"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n"                                       \
	"metadata: {name: " name ", namespace: " namespace "}\nspec: " spec "\n"
#define ARCHIVES(store)                                                                            \
	"{plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true,"                   \
	" parameters: {barmanObjectName: " store "}}]}"
#define STORE(name, namespace, path) STORE_AT(name, namespace, path, "https://s3.example.org")
#define STORE_AT(name, namespace, path, endpoint)                                                  \
	"apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\n"                                  \
	"metadata: {name: " name                                                                   \
	", namespace: " namespace "}\nspec: {configuration: "                                      \
				  "{destinationPath: " path ", endpointURL: '" endpoint            \
				  "', s3Credentials: "                                             \
				  "{accessKeyId: {name: keys, key: ID}, secretAccessKey: {name: "  \
				  "keys, key: KEY}}}}\n"
#define BACKUP(kind, name, cluster)                                                                \
	"apiVersion: postgresql.cnpg.io/v1\nkind: " kind "\n"                                      \
	"metadata: {name: " name ", namespace: app}\nspec: {cluster: {name: " cluster "}}\n"

Test(inventory, objects_are_found_by_kind_namespace_and_name)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};

	add(inv, a, 0, CLUSTER("pg", "app", "{}"));
	add(inv, a, 0, CLUSTER("pg", "other", "{}"));
	add(inv, a, 0, STORE("pg", "app", "s3://a/b"));
	inventory_settle(inv);
	cr_assert(str_is(view_find(&v, KIND_CLUSTER, APP, STR("pg"))->object.namespace, "app"));
	cr_assert_null(view_find(&v, KIND_CLUSTER, APP, STR("pG")));
	cr_assert_null(view_find(&v, KIND_CLUSTER, STR("third"), STR("pg")));
	cr_assert_null(view_find(&v, KIND_OBJECT_STORE, STR("other"), STR("pg")));
	cr_assert(view_lacks(&v, KIND_OBJECT_STORE, STR("other"), STR("pg")));
	cr_assert_not(view_lacks(&v, KIND_OBJECT_STORE, APP, STR("pg")));
	GIVES("pg pg", &v, REL_NAME, KIND_CLUSTER, STR_EMPTY, STR("pg"));
	GIVES("pg", &v, REL_KIND, KIND_CLUSTER, STR("other"), STR_EMPTY);
}

Test(inventory, what_it_does_not_know_is_not_added)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);

	cr_assert_null(add(inv, a, 0, "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"));
	cr_assert_not_null(add(inv, a, 0, CLUSTER("pg", "app", "{}")));
}

Test(inventory, relations_lead_from_a_name_to_those_who_say_it)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};

	add(inv, a, 0, CLUSTER("one", "app", ARCHIVES("minio")));
	add(inv, a, 0, CLUSTER("two", "app", ARCHIVES("minio")));
	add(inv, a, 0, CLUSTER("three", "app", ARCHIVES("other")));
	add(inv, a, 0, CLUSTER("four", "elsewhere", ARCHIVES("minio")));
	add(inv, a, 0, BACKUP("ScheduledBackup", "nightly", "one"));
	add(inv, a, 0, BACKUP("Backup", "now", "one"));
	add(inv, a, 0, BACKUP("Backup", "then", "two"));
	add(inv, a, 0, STORE("minio", "app", "s3://a/b"));
	inventory_settle(inv);
	GIVES("one two", &v, REL_STORE, KIND_OTHER, APP, STR("minio"));
	GIVES("three", &v, REL_STORE, KIND_OTHER, APP, STR("other"));
	GIVES("nightly now", &v, REL_CLUSTER, KIND_OTHER, APP, STR("one"));
	GIVES("minio", &v, REL_SECRET, KIND_OTHER, APP, STR("keys"));
	GIVES("", &v, REL_SECRET, KIND_OTHER, STR("elsewhere"), STR("keys"));
}

Test(inventory, a_store_is_related_once_to_a_cluster_that_names_it_twice)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};

	add(inv, a, 0,
	    CLUSTER("pg", "app",
		    "{plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: minio}}], bootstrap: {recovery: {source: old}}, externalClusters: [{name: old, plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: minio, serverName: x}}}]}"));
	GIVES("pg", &v, REL_STORE, KIND_OTHER, APP, STR("minio"));
}

Test(inventory, clusters_in_one_archive_share_its_location)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf location[LOCATIONS] = {BUF_ARENA(a), BUF_ARENA(a)};
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};
	const struct known *pg = add(inv, a, 0, CLUSTER("pg", "app", ARCHIVES("minio")));

	add(inv, a, 0,
	    CLUSTER("pg", "elsewhere",
		    "{backup: {barmanObjectStore: {destinationPath: 's3://a//b/', endpointURL: 'https://s3.example.org:443'}}}"));
	add(inv, a, 0, CLUSTER("unknown", "app", ARCHIVES("'${STORE}'")));
	add(inv, a, 0, CLUSTER("lost", "app", ARCHIVES("nowhere")));
	add(inv, a, 0, STORE("minio", "app", "s3://a/b"));
	inventory_settle(inv);
	cr_assert_eq(view_locations(&v, &pg->object, pg->archive, location), 1);
	GIVES("pg pg", &v, REL_LOCATION, KIND_OTHER, STR_EMPTY, buf_slice(&location[0]));
}

Test(inventory, one_label_is_another_host_in_another_namespace)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf one[LOCATIONS] = {BUF_ARENA(a), BUF_ARENA(a)};
	struct buf two[LOCATIONS] = {BUF_ARENA(a), BUF_ARENA(a)};
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};
	const struct known *pg = add(inv, a, 0, CLUSTER("pg", "app", ARCHIVES("minio")));
	const struct known *other = add(inv, a, 0, CLUSTER("pg", "other", ARCHIVES("minio")));

	add(inv, a, 0, STORE_AT("minio", "app", "s3://a/b", "http://minio:9000"));
	add(inv, a, 0, STORE_AT("minio", "other", "s3://a/b", "http://minio:9000"));
	inventory_settle(inv);
	cr_assert_eq(view_locations(&v, &pg->object, pg->archive, one), 1);
	cr_assert_eq(view_locations(&v, &other->object, other->archive, two), 1);
	cr_assert_not(str_eq(buf_slice(&one[0]), buf_slice(&two[0])));
}

Test(inventory, a_write_stands_in_for_what_it_replaces)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct object written = object_from(a, CLUSTER("pg", "app", ARCHIVES("new")));
	struct object added = object_from(a, CLUSTER("second", "app", ARCHIVES("old")));
	struct view v = {.inventory = inv};

	add(inv, a, 0, CLUSTER("pg", "app", ARCHIVES("old")));
	inventory_settle(inv);
	v.instead = known_make(&written, a);
	GIVES("", &v, REL_STORE, KIND_OTHER, APP, STR("old"));
	GIVES("pg", &v, REL_STORE, KIND_OTHER, APP, STR("new"));
	cr_assert_eq(view_find(&v, KIND_CLUSTER, APP, STR("pg")), v.instead);
	v.instead = known_make(&added, a);
	GIVES("pg second", &v, REL_STORE, KIND_OTHER, APP, STR("old"));
	GIVES("pg second", &v, REL_KIND, KIND_CLUSTER, APP, STR_EMPTY);
}

Test(inventory, a_deletion_takes_away_that_one_only)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct object gone = object_from(a, CLUSTER("one", "app", "{}"));
	struct view v = {.inventory = inv};

	add(inv, a, 0, CLUSTER("one", "app", ARCHIVES("minio")));
	add(inv, a, 0, CLUSTER("two", "app", ARCHIVES("minio")));
	add(inv, a, 0, STORE("one", "app", "s3://a/b"));
	inventory_settle(inv);
	v.without = known_make(&gone, a);
	GIVES("two", &v, REL_STORE, KIND_OTHER, APP, STR("minio"));
	cr_assert(view_lacks(&v, KIND_CLUSTER, APP, STR("one")));
	cr_assert_not(view_lacks(&v, KIND_OBJECT_STORE, APP, STR("one")));
}

Test(inventory, an_object_without_a_namespace_may_be_in_any)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};

	add(inv, a, 0, STORE("open", "''", "s3://a/b"));
	add(inv, a, 0, STORE("once", "app", "s3://a/b"));
	add(inv, a, 0, STORE("twice", "app", "s3://a/b"));
	add(inv, a, 0, STORE("twice", "other", "s3://a/b"));
	inventory_settle(inv);
	cr_assert_not_null(view_find(&v, KIND_OBJECT_STORE, APP, STR("open")));
	cr_assert_not_null(view_find(&v, KIND_OBJECT_STORE, STR_EMPTY, STR("once")));
	cr_assert_null(view_find(&v, KIND_OBJECT_STORE, STR_EMPTY, STR("twice")), "which one?");
	cr_assert_not(view_lacks(&v, KIND_OBJECT_STORE, STR_EMPTY, STR("twice")));
	cr_assert(view_lacks(&v, KIND_OBJECT_STORE, STR_EMPTY, STR("none")));
	cr_assert_eq(view_knows(&v, KIND_OBJECT_STORE, STR("third")), KNOWN_SOME, "open may be");
	cr_assert_eq(view_knows(&v, KIND_CLUSTER, APP), KNOWN_NOTHING);
}

Test(inventory, a_live_cluster_has_no_unnamed_namespace)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};

	add(inv, a, 0, STORE("once", "app", "s3://a/b"));
	inventory_is_whole(inv);
	inventory_settle(inv);
	cr_assert_null(view_find(&v, KIND_OBJECT_STORE, STR_EMPTY, STR("once")));
	cr_assert_eq(view_knows(&v, KIND_SECRET, APP), KNOWN_ALL);
}

Test(inventory, files_that_are_meant_whole_may_leave_namespaces_unnamed)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv}, doubted = {.inventory = inv, .bundle = 2};

	add(inv, a, 0, STORE("once", "app", "s3://a/b"));
	inventory_is_meant_whole(inv);
	inventory_doubt(inv, 2, BUNDLE_PARTIAL);
	inventory_settle(inv);
	cr_assert_not_null(view_find(&v, KIND_OBJECT_STORE, STR_EMPTY, STR("once")));
	cr_assert_eq(view_knows(&v, KIND_SECRET, APP), KNOWN_ALL);
	cr_assert_eq(view_knows(&doubted, KIND_OBJECT_STORE, APP), KNOWN_NOTHING);
}

/* Even and odd bundles never meet. Counts how often it is asked. */
static enum apart differs(const void *ctx, uint32_t left, uint32_t right)
{
	size_t *asked = *(size_t *const *)ctx;

	++*asked;
	return left % 2 != right % 2 ? APART_STRICTLY : APART_NOT;
}

Test(inventory, alternatives_are_not_seen)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view one = {.inventory = inv, .bundle = 1}, two = {.inventory = inv, .bundle = 2};
	struct view three = {.inventory = inv, .bundle = 3};
	size_t count = 0, *asked = &count;

	add(inv, a, 1, CLUSTER("a", "app", ARCHIVES("minio")));
	add(inv, a, 2, CLUSTER("b", "app", ARCHIVES("minio")));
	add(inv, a, 3, CLUSTER("c", "app", ARCHIVES("minio")));
	add(inv, a, 2, STORE("minio", "app", "s3://a/b"));
	inventory_apart(inv, differs, &asked);
	inventory_settle(inv);
	GIVES("a c", &one, REL_STORE, KIND_OTHER, APP, STR("minio"));
	GIVES("c a", &three, REL_STORE, KIND_OTHER, APP, STR("minio"));
	GIVES("b", &two, REL_STORE, KIND_OTHER, APP, STR("minio"));
	cr_assert(view_lacks(&one, KIND_OBJECT_STORE, APP, STR("minio")));
	cr_assert_not(view_lacks(&two, KIND_OBJECT_STORE, APP, STR("minio")));
	cr_assert_eq(view_knows(&one, KIND_OBJECT_STORE, APP), KNOWN_NOTHING);
}

static enum apart loosely(const void *ctx, uint32_t left, uint32_t right)
{
	(void)ctx;
	return left != right ? APART_LOOSELY : APART_NOT;
}

Test(inventory, what_a_loose_alternative_has_is_not_lacking)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv, .bundle = 1};

	add(inv, a, 1, CLUSTER("a", "app", ARCHIVES("minio")));
	add(inv, a, 2, STORE("minio", "app", "s3://a/b"));
	inventory_apart(inv, loosely, NULL);
	inventory_settle(inv);
	cr_assert_null(view_find(&v, KIND_OBJECT_STORE, APP, STR("minio")));
	cr_assert_not(view_lacks(&v, KIND_OBJECT_STORE, APP, STR("minio")));
	cr_assert(view_lacks(&v, KIND_OBJECT_STORE, APP, STR("other")));
}

Test(inventory, members_that_will_be_changed_are_neither_shown_nor_lacking)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv, .bundle = 1};

	add(inv, a, 1, CLUSTER("a", "app", ARCHIVES("minio")));
	add(inv, a, 2, CLUSTER("b", "app", ARCHIVES("minio")));
	add(inv, a, 2, STORE("minio", "app", "s3://a/b"));
	inventory_doubt(inv, 2, BUNDLE_CHANGED);
	inventory_settle(inv);
	GIVES("a", &v, REL_STORE, KIND_OTHER, APP, STR("minio"));
	cr_assert_null(view_find(&v, KIND_OBJECT_STORE, APP, STR("minio")));
	cr_assert_not(view_lacks(&v, KIND_OBJECT_STORE, APP, STR("minio")));
	cr_assert(view_lacks(&v, KIND_OBJECT_STORE, APP, STR("other")));
}

/* An environment each: the same Cluster and store, all alternatives. */
static size_t asked_of(uint32_t environments)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	size_t count = 0, *asked = &count;

	for (uint32_t i = 1; i <= environments; i++) {
		add(inv, a, 2 * i, CLUSTER("pg", "app", ARCHIVES("minio")));
		add(inv, a, 2 * i, STORE("minio", "app", "s3://a/b"));
	}
	inventory_apart(inv, differs, &asked);
	inventory_settle(inv);
	for (uint32_t i = 1; i <= environments; i++) {
		struct view v = {.inventory = inv, .bundle = 2 * i};
		struct view odd = {.inventory = inv, .bundle = 1};

		cr_assert_eq(view_find(&v, KIND_OBJECT_STORE, APP, STR("minio"))->bundle, 2 * i);
		cr_assert_null(view_find(&odd, KIND_OBJECT_STORE, APP, STR("minio")));
	}
	return count;
}

Test(inventory, questions_about_alternatives_grow_with_the_objects_only)
{
	size_t few = asked_of(200), many = asked_of(400);

	cr_assert_gt(few, 0);
	cr_assert_leq(many, 2 * few);
	cr_assert_leq(many, 400 * LIMIT_ALTERNATIVES);
}

Test(inventory, what_stands_behind_too_many_alternatives_is_not_said_to_be_lacking)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv, .bundle = 1};
	size_t count = 0, *asked = &count;

	for (uint32_t i = 1; i <= LIMIT_ALTERNATIVES; i++)
		add(inv, a, 2 * i, STORE("minio", "app", "s3://a/b"));
	add(inv, a, 3, STORE("minio", "app", "s3://a/b"));
	inventory_apart(inv, differs, &asked);
	inventory_settle(inv);
	cr_assert_not(view_lacks(&v, KIND_OBJECT_STORE, APP, STR("minio")));
	cr_assert(view_lacks(&v, KIND_OBJECT_STORE, APP, STR("other")));
}

Test(inventory, what_stands_behind_fewer_alternatives_is_found)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv, .bundle = 1};
	size_t count = 0, *asked = &count;

	for (uint32_t i = 1; i < LIMIT_ALTERNATIVES; i++)
		add(inv, a, 2 * i, STORE("minio", "app", "s3://a/b"));
	add(inv, a, 3, STORE("minio", "app", "s3://a/b"));
	inventory_apart(inv, differs, &asked);
	inventory_settle(inv);
	cr_assert_eq(view_find(&v, KIND_OBJECT_STORE, APP, STR("minio"))->bundle, 3);
}

/* Beside so many whose names are filled in later, and cannot become this one. */
static bool lacks_beside_variables(size_t others)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};

	inventory_is_meant_whole(inv);
	for (size_t i = 0; i < others; i++)
		add(inv, a, 0, STORE("'${ENV}-minio'", "app", "s3://a/b"));
	inventory_settle(inv);
	return view_lacks(&v, KIND_OBJECT_STORE, APP, STR("other"));
}

/* Beside so many parts of its name that complete what is in other namespaces. */
static bool has_part_beside(size_t others)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};
	struct object mine = {.kind = KIND_OBJECT_STORE, .namespace = APP, .name = STR("minio")};

	for (size_t i = 0; i < others; i++) {
		struct object part = object_from(a, STORE("minio", "web", "s3://a/b"));

		part.part = true;
		inventory_add(inv, &part, STR_EMPTY, 0);
	}
	inventory_settle(inv);
	return view_has_part(&v, &mine);
}

Test(inventory, of_too_many_that_may_be_meant_one_is_taken_to_be)
{
	cr_assert(lacks_beside_variables(LIMIT_ALTERNATIVES - 1));
	cr_assert_not(lacks_beside_variables(LIMIT_ALTERNATIVES));
	cr_assert_not(has_part_beside(LIMIT_ALTERNATIVES - 1));
	cr_assert(has_part_beside(LIMIT_ALTERNATIVES));
}
