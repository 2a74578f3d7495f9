/* References to Secrets that cannot exist: their names, their keys. */
#include "base/arena.h"
#include "facts/secrets.h"
#include "facts/store.h"

/* The last part of a path, as what is mounted is called in its Secret. */
static struct str base_of(struct str key)
{
	struct str rest = key, part, last = STR_EMPTY;

	while (str_split(&rest, '/', &part))
		last = part;
	return last;
}

static void judge_key(const struct rule_ctx *c, const struct secret_ref *ref)
{
	struct str meant = c->view ? secret_meant_key(c, ref) : STR_EMPTY;
	struct finding *f =
		finding_add(c, ref->at, "key", "no Secret can have a key %.*s", STR_ARG(ref->key));

	if (!meant.len)
		meant = base_of(ref->key);
	finding_effect(
		c, f, "%s",
		ref->use == SECRET_USE_CREDENTIAL
			? "a key consists of letters, digits, '-', '_' and '.': it is never found, and no backup is made"
			: "a key consists of letters, digits, '-', '_' and '.': it is never found, and the Pod does not start");
	if (secret_key_is_possible(meant))
		finding_fix(c, f, "key: %.*s - or as it is called in Secret %.*s", STR_ARG(meant),
			    STR_ARG(ref->name));
	else
		finding_fix(c, f, "the key as it is called in Secret %.*s", STR_ARG(ref->name));
}

/* MY_SECRET: what a person would write who must. */
static struct str possible_name(const struct rule_ctx *c, struct str name)
{
	struct buf out = BUF_ARENA(c->arena);

	for (size_t i = 0; i < name.len; i++) {
		char b = name.ptr[i];

		if (b >= 'A' && b <= 'Z')
			b = (char)(b - 'A' + 'a');
		buf_byte(&out, b == '_' || b == ' ' ? '-' : b);
	}
	return buf_slice(&out);
}

static void judge_name(const struct rule_ctx *c, const struct secret_ref *ref)
{
	struct str possible = possible_name(c, str_trim(ref->name));
	struct finding *f =
		finding_add(c, ref->at, "name", "no Secret can be called %.*s", STR_ARG(ref->name));

	finding_effect(
		c, f, "%s",
		ref->use == SECRET_USE_CREDENTIAL
			? "a name consists of small letters, digits, '-' and '.': it is never found, and no backup is made"
			: "a name consists of small letters, digits, '-' and '.': it is never found, and the Pod does not start");
	if (secret_name_is_possible(possible))
		finding_fix(c, f, "name: %.*s - or as the Secret is called", STR_ARG(possible));
	else
		finding_fix(c, f, "the name of the Secret alone, without its namespace");
}

static void judge(void *ctx, const struct secret_ref *ref)
{
	const struct rule_ctx *c = ctx;

	if (ref->optional)
		return;
	if (!secret_name_is_possible(ref->name))
		judge_name(c, ref);
	if (!secret_key_is_possible(ref->key))
		judge_key(c, ref);
}

static void check_selector_impossible(const struct rule_ctx *c)
{
	void *ctx = (void *)(uintptr_t)c;

	if (c->object->kind == KIND_OBJECT_STORE)
		object_store_secrets(c->root, judge, ctx);
	else
		configuration_secrets(c->archive->in_tree, judge, ctx);
}

static const struct rule rows[] = {
	{
		.id = "selector-impossible",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_selector_impossible,
		.summary = "A Secret is named that cannot exist, or a key of one",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},
};

RULE_ROWS(selector_impossible);
