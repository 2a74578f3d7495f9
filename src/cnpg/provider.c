#include "cnpg/provider.h"

#include "base/arena.h"
#include "cnpg/secret.h"
#include "internal.h"

struct keys {
	struct arena *arena;
	struct provider *out;
	size_t cap;
};

/* A key that is there already keeps its first flags. */
static void add_said(struct keys *k, struct str name, struct provider_key said)
{
	struct provider *p = k->out;

	if (value_is_placeholder(name, NULL)) {
		p->open = true;
		return;
	}
	if (!name.len || p->keys_len == k->cap)
		return;
	said.name = arena_str(k->arena, name);
	p->keys[p->keys_len++] = said;
}

/* Of whose value nothing is known. */
static void add(struct keys *k, struct str name)
{
	add_said(k, name, (struct provider_key){.flags = 0});
}

static void make_room(struct keys *k, size_t cap)
{
	k->cap = cap;
	k->out->keys = ARENA_ARRAY(k->arena, struct provider_key, cap + 1);
}

static void add_entries(struct keys *k, struct obj secret, struct obj map, bool encoded)
{
	for (struct obj e = obj_first(map); e.node; e = obj_next(e)) {
		const struct arena_mark decoded = arena_mark(k->arena); /* is not kept */
		struct provider_key said = {.flags = 0};
		struct str value;

		if (secret_entry(secret, e, encoded, k->arena, &value) == SECRET_SET)
			value_judge(value, k->arena, &said);
		arena_rewind(k->arena, decoded);
		add_said(k, obj_key(e), said);
	}
}

/* stringData first: it wins. One of a file that holds nothing is there for something to fill. */
static void read_secret(struct keys *k, const struct object *o)
{
	struct obj plain = obj_at(o->root, "stringData"), data = obj_at(o->root, "data");

	k->out->name = o->name;
	k->out->open = o->manifest && !obj_len(plain) && !obj_len(data);
	make_room(k, obj_len(plain) + obj_len(data));
	add_entries(k, o->root, plain, false);
	add_entries(k, o->root, data, true);
}

static void add_members(struct keys *k, struct obj map)
{
	for (struct obj e = obj_first(map); e.node; e = obj_next(e))
		add(k, obj_key(e));
}

/* With a template whose mergePolicy is not Merge only the template's keys are there. */
static void read_external(struct keys *k, const struct object *o, struct obj spec)
{
	struct obj template = obj_at(spec, "target.template"), data = obj_at(spec, "data");
	struct obj made = obj_at(template, "data");
	struct str name = obj_text(spec, "target.name");
	struct str policy = obj_text(spec, "target.creationPolicy");
	bool from = obj_len(obj_at(template, "templateFrom")) != 0;
	bool replaced =
		(obj_len(made) || from) && !str_is(obj_text(template, "mergePolicy"), "Merge");

	k->out->name = name.len ? name : o->name;
	k->out->provides = !str_is(policy, "None");
	if (!k->out->provides)
		return;
	make_room(k, obj_len(data) + obj_len(made));
	add_members(k, made);
	for (struct obj e = obj_first(data); e.node && !replaced; e = obj_next(e))
		add(k, obj_text(e, "secretKey"));
	if (from || str_is(policy, "Merge") || (!replaced && obj_len(obj_at(spec, "dataFrom"))))
		k->out->open = true;
}

/* In every namespace that it selects. */
static void read_cluster_external(struct keys *k, const struct object *o)
{
	struct object named = *o;
	struct str name = obj_text(o->root, "spec.externalSecretName");

	if (name.len)
		named.name = name;
	read_external(k, &named, obj_at(o->root, "spec.externalSecretSpec"));
	k->out->anywhere = true;
}

/* The controller gives the Secret the SealedSecret's own name, whatever the template says. */
static void read_sealed(struct keys *k, const struct object *o)
{
	struct obj sealed = obj_at(o->root, "spec.encryptedData");
	struct obj template = obj_at(o->root, "spec.template.data");

	k->out->name = o->name;
	make_room(k, obj_len(sealed) + obj_len(template));
	add_members(k, sealed);
	add_members(k, template);
	k->out->open = obj_at(o->root, "spec.data").node != NULL; /* all of it as one blob */
}

/* What else makes a Secret. */
static const struct maker {
	const char *group, *kind;
	const char *name;    /* path; NULL: its own name */
	const char *keys[3]; /* none: they are not known */
	bool anywhere;
} makers[] = {
	{"cert-manager.io/", "Certificate", "spec.secretName", {NULL}, false},
	{"trust.cert-manager.io/", "Bundle", NULL, {NULL}, true},
	{"objectbucket.io/",
	 "ObjectBucketClaim",
	 NULL,
	 {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
	 false},
	{"secrets.hashicorp.com/", "VaultStaticSecret", "spec.destination.name", {NULL}, false},
	{"secrets.hashicorp.com/", "VaultDynamicSecret", "spec.destination.name", {NULL}, false},
	{"secrets.hashicorp.com/", "VaultPKISecret", "spec.destination.name", {NULL}, false},
	{"ricoberger.de/", "VaultSecret", NULL, {NULL}, false},
	{"onepassword.com/", "OnePasswordItem", NULL, {NULL}, false},
	{"k8s.bitwarden.com/", "BitwardenSecret", "spec.secretName", {NULL}, false},
	{"secrets.infisical.com/",
	 "InfisicalSecret",
	 "spec.managedSecretReference.secretName",
	 {NULL},
	 true},
	{"garage.rajsingh.info/", "GarageKey", "spec.secretTemplate.name", {NULL}, false},
	{"kubernetes-client.io/", "ExternalSecret", NULL, {NULL}, false},
	{"objectstorage.k8s.io/", "BucketAccess", "spec.credentialsSecretName", {NULL}, false},
	{"secrets.doppler.com/", "DopplerSecret", "spec.managedSecret.name", {NULL}, true},
	{"clustersecret.io/", "ClusterSecret", NULL, {NULL}, true},
	{"spv.no/", "AzureKeyVaultSecret", "spec.output.secret.name", {NULL}, false},
	{"koudingspawn.de/", "Vault", NULL, {NULL}, false},
	{"redhatcop.redhat.io/", "VaultSecret", "spec.output.name", {NULL}, false},
	{"secretgenerator.mittwald.de/", "StringSecret", NULL, {NULL}, false},
	{"secretgen.carvel.dev/", "SecretImport", NULL, {NULL}, false},
	{"secretgen.carvel.dev/", "SecretTemplate", NULL, {NULL}, false},
};

static void read_made(struct keys *k, const struct object *o, const struct maker *by)
{
	k->out->name = by->name ? obj_text(o->root, by->name) : o->name;
	/* a Bundle of trust-manager may make a ConfigMap alone */
	if (obj_at(o->root, "spec.target.configMap").node &&
	    !obj_at(o->root, "spec.target.secret").node)
		k->out->name = STR_EMPTY;
	k->out->anywhere = by->anywhere;
	k->out->open = !by->keys[0];
	make_room(k, ARRAY_LEN(by->keys));
	for (const char *const *key = by->keys; *key; key++)
		add(k, str_from(*key));
}

/* Crossplane and the Terraform controller: any kind may. */
static bool read_outputs(const struct object *o, struct provider *out)
{
	static const char *const names[] = {"spec.writeConnectionSecretToRef.name",
					    "spec.writeOutputsToSecret.name"};

	for (size_t i = 0; i < ARRAY_LEN(names) && !out->name.len; i++)
		out->name = obj_text(o->root, names[i]);
	out->open = out->anywhere = true;
	return out->name.len != 0;
}

static bool read_other(struct keys *k, const struct object *o)
{
	if (str_has_prefix(o->api_version, STR("bitnami.com/")) &&
	    str_is(o->kind_name, "SealedSecret")) {
		read_sealed(k, o);
		return true;
	}
	if (str_has_prefix(o->api_version, STR("external-secrets.io/")) &&
	    str_is(o->kind_name, "ClusterExternalSecret")) {
		read_cluster_external(k, o);
		return k->out->provides;
	}
	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		if (!str_is(o->kind_name, makers[i].kind) ||
		    !str_has_prefix(o->api_version, str_from(makers[i].group)))
			continue;
		read_made(k, o, &makers[i]);
		return k->out->name.len != 0;
	}
	return read_outputs(o, k->out);
}

/* Reflector and Replicator copy a Secret to other namespaces, or fill it from one there. */
static bool is_copied(struct obj annotations)
{
	for (struct obj e = obj_first(annotations); e.node; e = obj_next(e))
		if (str_has_prefix(obj_key(e), STR("reflector.v1.k8s.emberstack.com/")) ||
		    str_has_prefix(obj_key(e), STR("replicator.v1.mittwald.de/")))
			return true;
	return false;
}

static void read_copies(const struct object *o, struct provider *out)
{
	/* of the Secret; of the one that an ExternalSecret, a SealedSecret, a Certificate makes */
	static const char *const paths[] = {
		"metadata.annotations",
		"spec.target.template.metadata.annotations",
		"spec.template.metadata.annotations",
		"spec.secretTemplate.annotations",
	};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (is_copied(obj_at(o->root, paths[i])))
			out->open = out->anywhere = true;
}

enum keys_in {
	KEYS_MEMBERS, /* of data and stringData */
	KEYS_PAIRS,   /* the entries of data */
	KEYS_UNKNOWN, /* and so is the namespace */
};

/* What makes several, each in an entry of a list. */
static const struct many {
	const char *group, *kind;
	const char *list, *name; /* paths, the latter in an entry */
	enum keys_in keys;
} many[] = {
	{"isindir.github.com/", "SopsSecret", "spec.secretTemplates", "name", KEYS_MEMBERS},
	{"secrets-store.csi.x-k8s.io/", "SecretProviderClass", "spec.secretObjects", "secretName",
	 KEYS_PAIRS},
	{"secrets.infisical.com/", "InfisicalSecret", "spec.managedKubeSecretReferences",
	 "secretName", KEYS_UNKNOWN},
	{"secrets.infisical.com/", "InfisicalStaticSecret", "spec.targets", "name", KEYS_UNKNOWN},
};

static void read_entry(struct arena *a, const struct many *by, struct obj entry,
		       struct provider *out)
{
	struct obj data = obj_at(entry, "data"), plain = obj_at(entry, "stringData");
	struct keys k = {.arena = a, .out = out};

	*out = (struct provider){.provides = true, .name = arena_str(a, obj_text(entry, by->name))};
	out->open = out->anywhere = by->keys == KEYS_UNKNOWN;
	make_room(&k, obj_len(data) + obj_len(plain));
	for (struct obj e = obj_first(data); e.node; e = obj_next(e))
		add(&k, by->keys == KEYS_PAIRS ? obj_text(e, "key") : obj_key(e));
	add_members(&k, plain);
}

/* The first into `out`, the others behind it. False: it is of no such kind, or makes none. */
static bool read_many(const struct object *o, struct arena *a, struct provider *out)
{
	const struct many *by = NULL;
	struct obj entry;

	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		if (str_is(o->kind_name, many[i].kind) &&
		    str_has_prefix(o->api_version, str_from(many[i].group)))
			by = &many[i];
	if (!by || !(entry = obj_first(obj_at(o->root, by->list))).node)
		return false;
	read_entry(a, by, entry, out);
	while ((entry = obj_next(entry)).node) {
		out->next = ARENA_NEW(a, struct provider);
		out = out->next;
		read_entry(a, by, entry, out);
	}
	return true;
}

bool provider_read(const struct object *o, struct arena *a, struct provider *out)
{
	struct keys k = {.arena = a, .out = out};

	*out = (struct provider){.provides = true};
	if (o->kind == KIND_OTHER && read_many(o, a, out))
		return true;
	if (o->kind == KIND_SECRET)
		read_secret(&k, o);
	else if (o->kind == KIND_EXTERNAL_SECRET)
		read_external(&k, o, obj_at(o->root, "spec"));
	else
		out->provides = o->kind == KIND_OTHER && read_other(&k, o);
	if (out->provides)
		read_copies(o, out);
	out->name = arena_str(a, out->name);
	return out->provides;
}

enum provider_has provider_has(const struct provider *p, struct str key, struct provider_key *out)
{
	for (size_t i = 0; i < p->keys_len; i++) {
		if (!str_eq(p->keys[i].name, key))
			continue;
		if (out)
			*out = p->keys[i];
		return PROVIDER_HAS;
	}
	return p->open ? PROVIDER_MAY_HAVE : PROVIDER_LACKS;
}

/* "KEY=value" of a literal, "KEY=path" or "path" of a file: its name is the key. */
static void add_generated(struct keys *k, struct obj list, bool file)
{
	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct str text = obj_text(e, "");
		size_t equals = str_find_byte(text, '=');
		struct str key = str_slice(text, 0, equals == STR_NONE ? text.len : equals);

		if (equals == STR_NONE && file)
			while (str_find_byte(key, '/') != STR_NONE)
				key = str_slice(key, str_find_byte(key, '/') + 1, key.len);
		add(k, key);
	}
}

bool provider_read_generator(struct obj entry, struct arena *a, struct provider *out)
{
	struct keys k = {.arena = a, .out = out};
	struct obj literals = obj_at(entry, "literals"), files = obj_at(entry, "files");

	*out = (struct provider){.name = arena_str(a, obj_text(entry, "name"))};
	out->provides = out->name.len != 0;
	out->open = obj_at(entry, "envs").node || obj_at(entry, "env").node ||
		    obj_at(entry, "behavior").node;
	make_room(&k, obj_len(literals) + obj_len(files));
	add_generated(&k, literals, false);
	add_generated(&k, files, true);
	return out->provides;
}
