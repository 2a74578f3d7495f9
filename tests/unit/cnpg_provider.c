#include "cnpg/provider.h"

#include "base/arena.h"
#include "cnpg/inventory.h"
#include "cnpg/view.h"

#include <criterion/criterion.h>

static struct obj read_yaml(struct arena *a, const char *text)
{
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(a, str_from(text), &docs, &err), "%s: %s", text, err.msg);
	cr_assert_eq(docs.len, 1);
	return doc_root(docs.docs[0]);
}

static struct provider read_provider(struct arena *a, const char *text)
{
	struct provider p;
	struct object o;

	cr_assert(object_read(read_yaml(a, text), &o));
	cr_assert(provider_read(&o, a, &p), "%s", text);
	return p;
}

static bool provides(struct arena *a, const char *text)
{
	struct provider p;
	struct object o;

	cr_assert(object_read(read_yaml(a, text), &o));
	return provider_read(&o, a, &p);
}

static unsigned flags_of(const struct provider *p, const char *key)
{
	struct provider_key said = {.flags = 0};

	cr_assert_eq(provider_has(p, str_from(key), &said), PROVIDER_HAS, "%s", key);
	return said.flags;
}

static void has(const struct provider *p, const char *key, enum provider_has expected)
{
	cr_assert_eq(provider_has(p, str_from(key), NULL), expected, "%s of %.*s", key,
		     STR_ARG(p->name));
}

#define SECRET "apiVersion: v1\nkind: Secret\nmetadata: {name: minio}\n"
#define EXTERNAL(version)                                                                          \
	"apiVersion: external-secrets.io/" version                                                 \
	"\nkind: ExternalSecret\nmetadata: {name: minio}\nspec:\n"                                 \
	"  data:\n  - secretKey: ID\n  - secretKey: KEY\n"

Test(provider, secret_has_the_keys_of_data_and_string_data)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider p = read_provider(
		a, SECRET "data: {ID: bWluaW8=, BOTH: ''}\nstringData: {KEY: hidden, BOTH: x}\n");

	cr_assert(str_is(p.name, "minio"));
	has(&p, "ID", PROVIDER_HAS);
	has(&p, "KEY", PROVIDER_HAS);
	has(&p, "OTHER", PROVIDER_LACKS);
	cr_assert_eq(flags_of(&p, "BOTH"), SECRET_FLAG_KNOWN, "stringData wins");
}

Test(provider, of_a_value_only_what_is_wrong_is_kept)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider p = read_provider(
		a, SECRET "data: {none: ~, line: YQo=}\n"
			  "stringData:\n  nul: \"a\\0b\"\n  blank: ' a'\n"
			  "  pem: \"-----BEGIN CERTIFICATE-----\\nMII\\n\"\n  good: a\n");

	cr_assert_eq(flags_of(&p, "none"), SECRET_FLAG_KNOWN | SECRET_FLAG_EMPTY);
	cr_assert_eq(flags_of(&p, "line"),
		     SECRET_FLAG_KNOWN | SECRET_FLAG_LINE_BREAK | SECRET_FLAG_BLANK);
	cr_assert_eq(flags_of(&p, "nul"), SECRET_FLAG_KNOWN | SECRET_FLAG_NUL);
	cr_assert_eq(flags_of(&p, "blank"), SECRET_FLAG_KNOWN | SECRET_FLAG_BLANK);
	cr_assert(flags_of(&p, "pem") & SECRET_FLAG_PEM);
	cr_assert_eq(flags_of(&p, "good"), SECRET_FLAG_KNOWN);
}

Test(provider, secret_encrypted_by_sops_has_keys_and_no_values)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider p = read_provider(
		a, SECRET "stringData:\n  ID: ENC[AES256_GCM,data:p673w==,type:str]\n  PLAIN: x\n"
			  "sops:\n  mac: ENC[AES256_GCM,data:x]\n");

	cr_assert_eq(flags_of(&p, "ID"), 0);
	cr_assert_eq(flags_of(&p, "PLAIN"), 0);
	has(&p, "KEY", PROVIDER_LACKS);
}

Test(provider, empty_secret_of_a_file_is_filled_by_something_else)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider p;
	struct object o;

	cr_assert(object_read(read_yaml(a, SECRET "data: {}\n"), &o));
	cr_assert(provider_read(&o, a, &p));
	has(&p, "ID", PROVIDER_LACKS);
	o.manifest = true;
	cr_assert(provider_read(&o, a, &p));
	has(&p, "ID", PROVIDER_MAY_HAVE);
}

Test(provider, key_that_is_filled_in_later_may_be_any)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider p = read_provider(a, SECRET "stringData: {\"${KEY_NAME}\": x, ID: y}\n");

	has(&p, "ID", PROVIDER_HAS);
	has(&p, "KEY", PROVIDER_MAY_HAVE);
}

Test(provider, external_secret_of_each_version_makes_what_it_fetches)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *const versions[] = {EXTERNAL("v1"), EXTERNAL("v1beta1")};

	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct provider p = read_provider(a, versions[i]);

		cr_assert(str_is(p.name, "minio"));
		cr_assert_eq(flags_of(&p, "ID"), 0);
		has(&p, "OTHER", PROVIDER_LACKS);
	}
}

Test(provider, external_secret_writes_its_target)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider p =
		read_provider(a, EXTERNAL("v1") "  target: {name: s3, creationPolicy: Orphan}\n");

	cr_assert(str_is(p.name, "s3"));
	has(&p, "KEY", PROVIDER_HAS);
	has(&p, "OTHER", PROVIDER_LACKS);
}

Test(provider, external_secret_may_make_what_is_written_nowhere)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *const open[] = {
		EXTERNAL("v1") "  dataFrom:\n  - extract: {key: minio}\n",
		EXTERNAL("v1") "  target: {creationPolicy: Merge}\n",
		EXTERNAL("v1") "  target: {template: {templateFrom: [{literal: x}]}}\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(open); i++) {
		struct provider p = read_provider(a, open[i]);

		has(&p, "OTHER", PROVIDER_MAY_HAVE);
	}
}

Test(provider, external_secret_that_creates_nothing_provides_nothing)
{
	CLEANUP(arena) struct arena *a = arena_new();

	cr_assert_not(provides(a, EXTERNAL("v1") "  target: {creationPolicy: None}\n"));
}

Test(provider, template_replaces_what_was_fetched_unless_it_merges)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider replace = read_provider(
		a, EXTERNAL("v1") "  target: {template: {data: {AWS_ID: '{{ .ID }}'}}}\n"
				  "  dataFrom:\n  - extract: {key: minio}\n");
	struct provider merge = read_provider(
		a,
		EXTERNAL("v1") "  target: {template: {mergePolicy: Merge, data: {AWS_ID: x}}}\n");
	struct provider labels = read_provider(
		a, EXTERNAL("v1") "  target: {template: {metadata: {labels: {a: b}}}}\n");

	has(&replace, "AWS_ID", PROVIDER_HAS);
	has(&replace, "ID", PROVIDER_LACKS);
	has(&merge, "AWS_ID", PROVIDER_HAS);
	has(&merge, "ID", PROVIDER_HAS);
	has(&merge, "OTHER", PROVIDER_LACKS);
	has(&labels, "ID", PROVIDER_HAS);
}

Test(provider, cluster_external_secret_may_be_in_any_namespace)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider p =
		read_provider(a, "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\n"
				 "metadata: {name: all}\nspec:\n  externalSecretName: minio\n"
				 "  externalSecretSpec: {data: [{secretKey: ID}]}\n");

	cr_assert(p.anywhere);
	cr_assert(str_is(p.name, "minio"));
	has(&p, "ID", PROVIDER_HAS);
	has(&p, "KEY", PROVIDER_LACKS);
}

Test(provider, sealed_secret_has_its_own_name_and_both_sorts_of_keys)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider p = read_provider(
		a, "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: minio}\n"
		   "spec:\n  encryptedData: {ID: AgBy, KEY: AgCt}\n"
		   "  template: {metadata: {name: other}, data: {REGION: eu}}\n");
	struct provider blob = read_provider(
		a, "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: minio}\n"
		   "spec: {data: AgBy}\n");

	cr_assert(str_is(p.name, "minio"));
	has(&p, "ID", PROVIDER_HAS);
	has(&p, "REGION", PROVIDER_HAS);
	has(&p, "OTHER", PROVIDER_LACKS);
	has(&blob, "ID", PROVIDER_MAY_HAVE);
}

Test(provider, what_fetches_a_secret_names_it_where_its_kind_says)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const struct {
		const char *text;
		enum provider_has other; /* a key of which nothing says anything */
	} makers[] = {
		{"apiVersion: secrets.hashicorp.com/v1beta1\nkind: VaultStaticSecret\n"
		 "metadata: {name: x}\nspec: {destination: {name: minio, create: true}}\n",
		 PROVIDER_MAY_HAVE},
		{"apiVersion: onepassword.com/v1\nkind: OnePasswordItem\n"
		 "metadata: {name: minio}\nspec: {itemPath: x}\n",
		 PROVIDER_MAY_HAVE},
		{"apiVersion: cert-manager.io/v1\nkind: Certificate\n"
		 "metadata: {name: x}\nspec: {secretName: minio}\n",
		 PROVIDER_MAY_HAVE},
		{"apiVersion: objectbucket.io/v1alpha1\nkind: ObjectBucketClaim\n"
		 "metadata: {name: minio}\nspec: {bucketName: pg}\n",
		 PROVIDER_LACKS},
		{"apiVersion: minio.example.org/v1\nkind: User\nmetadata: {name: x}\n"
		 "spec: {writeConnectionSecretToRef: {name: minio, namespace: app}}\n",
		 PROVIDER_MAY_HAVE},
	};

	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		struct provider p = read_provider(a, makers[i].text);

		cr_assert(str_is(p.name, "minio"), "%s", makers[i].text);
		has(&p, "OTHER", makers[i].other);
	}
}

Test(provider, objects_that_make_no_secret_provide_none)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *const none[] = {
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: minio}\ndata: {ID: x}\n",
		"apiVersion: example.org/v1\nkind: SealedSecret\nmetadata: {name: minio}\n",
		"apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: minio}\n",
		"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: minio}\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		cr_assert_not(provides(a, none[i]), "%s", none[i]);
}

static struct provider read_generator(struct arena *a, const char *text)
{
	struct provider p;

	cr_assert(provider_read_generator(read_yaml(a, text), a, &p), "%s", text);
	return p;
}

Test(provider, secret_generator_has_the_keys_of_literals_and_files)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct provider p = read_generator(a, "name: minio\nliterals: [ID=minio, KEY=a=b]\n"
					      "files: [ca.crt=certs/minio.pem, dir/tls.key]\n");

	cr_assert(str_is(p.name, "minio"));
	has(&p, "ID", PROVIDER_HAS);
	has(&p, "KEY", PROVIDER_HAS);
	has(&p, "ca.crt", PROVIDER_HAS);
	has(&p, "tls.key", PROVIDER_HAS);
	has(&p, "minio.pem", PROVIDER_LACKS);
}

Test(provider, secret_generator_may_read_keys_from_elsewhere)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *const open[] = {
		"name: minio\nenvs: [minio.env]\n",
		"name: minio\nenv: minio.env\n",
		"name: minio\nbehavior: merge\nliterals: [ID=x]\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(open); i++) {
		struct provider p = read_generator(a, open[i]);

		has(&p, "OTHER", PROVIDER_MAY_HAVE);
	}
}

Test(provider, copied_secret_may_be_in_any_namespace)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *const copied[] = {
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: minio\n  annotations:\n"
		"    reflector.v1.k8s.emberstack.com/reflection-allowed: 'true'\n",
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: minio\n  annotations:\n"
		"    replicator.v1.mittwald.de/replicate-from: storage/minio\n",
		EXTERNAL("v1") "  target:\n    template:\n      metadata:\n        annotations:\n"
			       "          reflector.v1.k8s.emberstack.com/reflects: a/b\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(copied); i++) {
		struct provider p = read_provider(a, copied[i]);

		cr_assert(p.anywhere, "%s", copied[i]);
		has(&p, "OTHER", PROVIDER_MAY_HAVE);
	}
}

/* What is known of key ID of Secret minio from `namespace`, beside one provider. */
static enum secret_has ask(const char *text, const char *namespace)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};
	struct object o;

	cr_assert(object_read(read_yaml(a, text), &o));
	cr_assert(inventory_add(inv, &o, STR_EMPTY, 0));
	inventory_settle(inv);
	return view_secret_key(&v, str_from(namespace), STR("minio"), STR("ID"), NULL);
}

#define IN(name, namespace, keys)                                                                  \
	"apiVersion: v1\nkind: Secret\nmetadata: {name: \"" name                                   \
	"\", namespace: \"" namespace "\"}\nstringData: {" keys ": x}\n"

Test(provider, secret_is_found_in_its_namespace)
{
	cr_assert_eq(ask(IN("minio", "app", "ID"), "app"), SECRET_HAS_KEY);
	cr_assert_eq(ask(IN("minio", "app", "KEY"), "app"), SECRET_KEY_MISSING);
	cr_assert_eq(ask(IN("minio", "other", "ID"), "app"), SECRET_MISSING);
	cr_assert_eq(ask(IN("other", "app", "ID"), "app"), SECRET_MISSING);
}

Test(provider, secret_without_a_namespace_may_be_in_any)
{
	cr_assert_eq(ask(IN("minio", "", "ID"), "app"), SECRET_HAS_KEY);
	cr_assert_eq(ask(IN("minio", "", "KEY"), "app"), SECRET_KEY_MISSING);
	cr_assert_eq(ask(IN("minio", "${NAMESPACE}", "ID"), "app"), SECRET_HAS_KEY);
}

Test(provider, secret_in_some_namespace_may_be_that_of_a_store_without_one)
{
	cr_assert_eq(ask(IN("minio", "app", "KEY"), ""), SECRET_HAS_UNKNOWN);
	cr_assert_eq(ask(IN("minio", "app", "KEY"), "${NAMESPACE}"), SECRET_HAS_UNKNOWN);
	cr_assert_eq(ask(IN("other", "app", "KEY"), ""), SECRET_MISSING);
}

Test(provider, secret_whose_name_is_filled_in_may_be_the_one)
{
	cr_assert_eq(ask(IN("${APP}", "app", "KEY"), "app"), SECRET_HAS_UNKNOWN);
	cr_assert_eq(ask(IN("min${APP}", "app", "KEY"), "app"), SECRET_HAS_UNKNOWN);
	cr_assert_eq(ask(IN("${APP}-s3", "app", "KEY"), "app"), SECRET_MISSING);
	cr_assert_eq(ask(IN("${APP}", "other", "KEY"), "app"), SECRET_MISSING);
}

Test(provider, copied_secret_is_found_from_every_namespace)
{
	cr_assert_eq(ask("apiVersion: v1\nkind: Secret\nmetadata:\n  name: minio\n"
			 "  namespace: storage\n  annotations:\n"
			 "    reflector.v1.k8s.emberstack.com/reflection-allowed: 'true'\n"
			 "stringData: {ID: x}\n",
			 "app"),
		     SECRET_HAS_KEY);
}

Test(provider, generated_secret_is_found_like_any_other)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct view v = {.inventory = inv};
	struct provider p;

	cr_assert(provider_read_generator(read_yaml(a, "name: minio\nliterals: [ID=x]\n"), a, &p));
	inventory_add_generated(inv, &p, STR("app"), STR_EMPTY, 0);
	inventory_settle(inv);
	cr_assert_eq(view_secret_key(&v, STR("app"), STR("minio"), STR("ID"), NULL),
		     SECRET_HAS_KEY);
	cr_assert_eq(view_secret_key(&v, STR("app"), STR("minio"), STR("KEY"), NULL),
		     SECRET_KEY_MISSING);
	cr_assert_eq(view_secret_key(&v, STR("b"), STR("minio"), STR("ID"), NULL), SECRET_MISSING);
}
