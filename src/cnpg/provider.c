#include "cnpg/provider.h"

#include "base/arena.h"
#include "cnpg/secret.h"

struct keys {
	struct arena *arena;
	struct provider *out;
	size_t cap;
};

/* A key that is there already keeps its first flags. */
static void add(struct keys *k, struct str name, unsigned flags)
{
	struct provider *p = k->out;

	if (value_is_placeholder(name, NULL)) {
		p->open = true;
		return;
	}
	if (!name.len || p->keys_len == k->cap)
		return;
	p->keys[p->keys_len++] = (struct provider_key){arena_str(k->arena, name), flags};
}

static void make_room(struct keys *k, size_t cap)
{
	k->cap = cap;
	k->out->keys = ARENA_ARRAY(k->arena, struct provider_key, cap + 1);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static unsigned flags_of(struct str value)
{
	unsigned flags = SECRET_FLAG_KNOWN;

	if (!value.len)
		return flags | SECRET_FLAG_EMPTY;
	if (str_find_byte(value, '\0') != STR_NONE)
		flags |= SECRET_FLAG_NUL;
	if (str_find_byte(value, '\n') != STR_NONE || str_find_byte(value, '\r') != STR_NONE)
		flags |= SECRET_FLAG_LINE_BREAK;
	if (is_blank(value.ptr[0]) || is_blank(value.ptr[value.len - 1]))
		flags |= SECRET_FLAG_BLANK;
	if (str_contains(value, STR("-----BEGIN CERTIFICATE-----")))
		flags |= SECRET_FLAG_PEM;
	return flags;
}

static void add_entries(struct keys *k, struct obj secret, struct obj map, bool encoded)
{
	for (struct obj e = obj_first(map); e.node; e = obj_next(e)) {
		struct str value;
		bool known = secret_entry(secret, e, encoded, k->arena, &value) == SECRET_SET;

		add(k, obj_key(e), known ? flags_of(value) : 0);
	}
}

/* stringData first: it wins. */
static void read_secret(struct keys *k, const struct object *o)
{
	struct obj plain = obj_at(o->root, "stringData"), data = obj_at(o->root, "data");

	k->out->name = o->name;
	make_room(k, obj_len(plain) + obj_len(data));
	add_entries(k, o->root, plain, false);
	add_entries(k, o->root, data, true);
}

static void add_members(struct keys *k, struct obj map)
{
	for (struct obj e = obj_first(map); e.node; e = obj_next(e))
		add(k, obj_key(e), 0);
}

/* What external_secret_produces says of one key, as a list. */
static void read_external(struct keys *k, const struct object *o)
{
	struct obj spec = obj_at(o->root, "spec"), data = obj_at(spec, "data");
	struct obj template = obj_at(spec, "target.template.data");
	struct str policy = obj_text(spec, "target.creationPolicy");

	k->out->name = external_secret_target(o);
	k->out->provides = !str_is(policy, "None");
	make_room(k, obj_len(data) + obj_len(template));
	for (struct obj e = obj_first(template); e.node; e = obj_next(e))
		add(k, obj_key(e), 0);
	for (struct obj e = obj_first(data); e.node; e = obj_next(e))
		if (external_secret_produces(o->root, obj_text(e, "secretKey")) == PRODUCES)
			add(k, obj_text(e, "secretKey"), 0);
	/* a key that nobody writes down is either surely not made, or may be */
	if (external_secret_produces(o->root, STR("\x01")) == PRODUCES_UNKNOWN)
		k->out->open = true;
}

static void read_sealed(struct keys *k, const struct object *o)
{
	struct obj sealed = obj_at(o->root, "spec.encryptedData");
	struct obj template = obj_at(o->root, "spec.template.data");
	struct str name = obj_text(o->root, "spec.template.metadata.name");

	k->out->name = name.len ? name : o->name;
	make_room(k, obj_len(sealed) + obj_len(template));
	add_members(k, sealed);
	add_members(k, template);
}

/* Kinds that fetch a Secret whose keys they do not say. */
static const struct {
	const char *group, *kind;
	const char *name; /* path; NULL: its own name */
} fetchers[] = {
	{"secrets.hashicorp.com/", "VaultStaticSecret", "spec.destination.name"},
	{"secrets.hashicorp.com/", "VaultDynamicSecret", "spec.destination.name"},
	{"secrets.infisical.com/", "InfisicalSecret", "spec.managedSecretReference.secretName"},
	{"onepassword.com/", "OnePasswordItem", NULL},
};

static bool read_fetcher(const struct object *o, struct provider *out)
{
	for (size_t i = 0; i < ARRAY_LEN(fetchers); i++) {
		if (!str_has_prefix(o->api_version, str_from(fetchers[i].group)) ||
		    !str_is(o->kind_name, fetchers[i].kind))
			continue;
		out->name = fetchers[i].name ? obj_text(o->root, fetchers[i].name) : o->name;
		out->open = true;
		return true;
	}
	return false;
}

bool provider_read(const struct object *o, struct arena *a, struct provider *out)
{
	struct keys k = {.arena = a, .out = out};

	*out = (struct provider){.provides = true};
	if (o->kind == KIND_SECRET)
		read_secret(&k, o);
	else if (o->kind == KIND_EXTERNAL_SECRET)
		read_external(&k, o);
	else if (str_has_prefix(o->api_version, STR("bitnami.com/")) &&
		 str_is(o->kind_name, "SealedSecret"))
		read_sealed(&k, o);
	else if (o->kind != KIND_OTHER || !read_fetcher(o, out))
		out->provides = false;
	out->name = arena_str(a, out->name);
	return out->provides;
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
		add(k, key, 0);
	}
}

bool provider_read_generator(struct obj entry, struct arena *a, struct provider *out)
{
	struct keys k = {.arena = a, .out = out};
	struct obj literals = obj_at(entry, "literals"), files = obj_at(entry, "files");

	*out = (struct provider){.name = obj_text(entry, "name")};
	out->provides = out->name.len != 0;
	out->open = obj_at(entry, "envs").node || obj_at(entry, "env").node ||
		    obj_at(entry, "behavior").node;
	make_room(&k, obj_len(literals) + obj_len(files));
	add_generated(&k, literals, false);
	add_generated(&k, files, true);
	return out->provides;
}
