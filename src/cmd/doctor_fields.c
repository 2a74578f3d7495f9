#include "doctor_parts.h"

#include "base/json.h"

#include <inttypes.h>

enum { TIMEOUT_WANTED = 5, TIMEOUT_DEFAULT = 10, SHOWN = 60 };

/* What is shipped is part of the program, byte for byte, as the profiles are. */
__asm__(".pushsection .rodata.shipped_webhooks,\"a\",@progbits\n"
	".hidden shipped_webhooks\n"
	".hidden shipped_webhooks_end\n"
	".globl shipped_webhooks\n"
	".globl shipped_webhooks_end\n"
	"shipped_webhooks:\n"
	".incbin \"deploy/kustomize/base/webhooks.yaml\"\n"
	"shipped_webhooks_end:\n"
	".popsection\n");
extern const char shipped_webhooks[] __attribute__((visibility("hidden")));
extern const char shipped_webhooks_end[] __attribute__((visibility("hidden")));

static const struct {
	const char *from, *to;
} embedded = {shipped_webhooks, shipped_webhooks_end};

static struct obj shipped(struct doctor *d)
{
	struct str text = {embedded.from, (size_t)(embedded.to - embedded.from)};
	struct doc_list docs;
	struct err err;
	bool read = doc_read_yaml(d->arena, text, &docs, &err);

	BUG_IF(!read || docs.len != 1);
	return doc_root(docs.docs[0]);
}

/* The condition called `name` of some webhook. */
static struct obj shipped_condition(struct obj configuration, struct str name)
{
	struct obj hooks = obj_at(configuration, "webhooks");

	for (struct obj h = obj_first(hooks); h.node; h = obj_next(h))
		for (struct obj c = obj_first(obj_at(h, "matchConditions")); c.node;
		     c = obj_next(c))
			if (str_eq(obj_text(c, "name"), name))
				return c;
	return (struct obj){0};
}

static bool has_condition(const struct hook *h, const char *name)
{
	struct obj all = obj_at(h->root, "matchConditions");

	for (struct obj c = obj_first(all); c.node; c = obj_next(c))
		if (str_is(obj_text(c, "name"), name))
			return true;
	return false;
}

static void look_at_conditions(struct doctor *d, const struct hook *h, struct obj wanted)
{
	static const char *const needed[] = {"not-terminating", "not-the-collector"};
	struct obj all = obj_at(h->root, "matchConditions");

	for (struct obj c = obj_first(all); c.node; c = obj_next(c)) {
		struct str name = obj_text(c, "name"), expression = obj_text(c, "expression");
		struct obj same = shipped_condition(wanted, name);

		if (same.node && str_eq(expression, obj_text(same, "expression")))
			continue;
		doctor_add_fix(doctor_add(d, DOCTOR_WARN, h->name,
					  "matchConditions: '%.*s' is not as shipped; nobody is "
					  "asked unless %.*s",
					  STR_ARG(name), STR_ARG(expression)),
			       d, "leave it out unless it is meant - what it skips is accepted");
	}
	for (size_t i = 0; h->fails && i < ARRAY_LEN(needed); i++)
		if (!has_condition(h, needed[i]))
			doctor_add_fix(doctor_add(d, DOCTOR_WARN, h->name,
						  "fails closed without the condition %s: an "
						  "outage of the webhook holds up deletions",
						  needed[i]),
				       d, "matchConditions as shipped");
}

void doctor_conditions(struct doctor *d)
{
	struct obj wanted = shipped(d);

	for (size_t i = 0; i < d->hooks_len; i++)
		look_at_conditions(d, &d->hooks[i], wanted);
}

void doctor_timeout(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];

		if (h->timeout <= TIMEOUT_WANTED)
			continue;
		doctor_add_fix(doctor_add(d,
					  h->timeout > TIMEOUT_DEFAULT ? DOCTOR_ERROR : DOCTOR_WARN,
					  h->name,
					  "timeoutSeconds is %" PRId64
					  ": so long each write waits when nobody answers",
					  h->timeout),
			       d, "timeoutSeconds: %d", TIMEOUT_WANTED);
	}
}

void doctor_side_effects(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		struct str value = obj_text(d->hooks[i].root, "sideEffects");

		if (!str_is(value, "None") && !str_is(value, "NoneOnDryRun"))
			doctor_add_fix(
				doctor_add(d, DOCTOR_ERROR, d->hooks[i].name,
					   "sideEffects is %.*s: the API server refuses every "
					   "dry run, and kubectl diff with it",
					   STR_ARG(value.len ? value : STR("absent"))),
				d, "sideEffects: None");
	}
}

void doctor_match_policy(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++)
		if (str_is(obj_text(d->hooks[i].root, "matchPolicy"), "Exact"))
			doctor_add_fix(doctor_add(d, DOCTOR_WARN, d->hooks[i].name,
						  "matchPolicy is Exact: whoever writes another "
						  "version of the kind is not asked"),
				       d, "matchPolicy: Equivalent");
}

void doctor_review_versions(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		struct obj all = obj_at(d->hooks[i].root, "admissionReviewVersions");
		bool known = false;

		for (struct obj e = obj_first(all); e.node; e = obj_next(e))
			known = known || str_is(obj_text(e, ""), "v1") ||
				str_is(obj_text(e, ""), "v1beta1");
		if (!known)
			doctor_add_fix(doctor_add(d, DOCTOR_ERROR, d->hooks[i].name,
						  "admissionReviewVersions has none that the "
						  "webhook speaks"),
				       d, "admissionReviewVersions: [v1]");
	}
}

/* Where namespaces of each mode are really sent. */
static void look_at_mode(struct doctor *d, enum hook_mode mode, const char *label)
{
	enum hook_mode real =
		match_mode(d, &needs[NEED_SCHEDULE], match_synthetic(d, STR("any"), label));

	if (real == mode || real == HOOK_NOT_SENT)
		return;
	if (real > mode)
		doctor_add_fix(doctor_add(d, mode == HOOK_ENFORCE ? DOCTOR_WARN : DOCTOR_INFO,
					  NOWHERE,
					  "namespaces of mode %s are sent to /validate/%s: nobody "
					  "is refused anything there",
					  hook_mode_words[mode], hook_mode_words[real]),
			       d, "path: /validate%s%s - unless the milder one is meant",
			       mode == HOOK_WARN ? "/" : "", mode == HOOK_WARN ? "warn" : "");
	else
		doctor_add(
			d, DOCTOR_INFO, NOWHERE,
			"namespaces of mode %s are judged as of mode %s: the label is not heeded",
			hook_mode_words[mode], hook_mode_words[real]);
}

void doctor_hook_path(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];

		if (h->mode == HOOK_NOT_SENT)
			doctor_add_fix(doctor_add(d, DOCTOR_ERROR, h->name,
						  "path is %.*s, which is answered with 404: every "
						  "call fails",
						  STR_ARG(h->path)),
				       d, "path: /validate, /validate/warn or /validate/audit");
	}
	look_at_mode(d, HOOK_ENFORCE, "enforce");
	look_at_mode(d, HOOK_WARN, NULL);
	look_at_mode(d, HOOK_AUDIT, "audit");
}

static struct str short_json(struct doctor *d, struct obj o)
{
	struct buf text = BUF_ARENA(d->arena);
	struct json j = JSON(&text);

	if (!o.node)
		return STR("absent");
	obj_json(o, &j);
	if (text.len > SHOWN) {
		text.len = SHOWN;
		buf_text(&text, "...");
	}
	return buf_slice(&text);
}

/* `path` names the place; what was applied is looked for in what is there, not the other way
 * round: the API server adds defaults. */
static void compare(struct doctor *d, struct obj applied, struct obj live, struct str path)
{
	if (obj_type(applied) == OBJ_MAP && obj_type(live) == OBJ_MAP) {
		for (struct obj e = obj_first(applied); e.node; e = obj_next(e)) {
			struct str key = obj_key(e);

			/* certificates are renewed by others */
			if (!str_is(key, "caBundle"))
				compare(d, e, obj_member(live, key),
					arena_fmt(d->arena, "%.*s%s%.*s", STR_ARG(path),
						  path.len ? "." : "", STR_ARG(key)));
		}
		return;
	}
	if (obj_type(applied) == OBJ_LIST && obj_len(applied) == obj_len(live)) {
		struct obj other = obj_first(live);
		size_t i = 0;

		for (struct obj e = obj_first(applied); e.node;
		     e = obj_next(e), other = obj_next(other))
			compare(d, e, other, arena_fmt(d->arena, "%.*s[%zu]", STR_ARG(path), i++));
		return;
	}
	if (obj_equal(applied, live) || (obj_type(applied) == OBJ_NULL_VALUE && !live.node))
		return;
	doctor_add_fix(doctor_add(d, DOCTOR_WARN, NOWHERE, "%.*s is %.*s, and was applied as %.*s",
				  STR_ARG(path), STR_ARG(short_json(d, live)),
				  STR_ARG(short_json(d, applied))),
		       d, "apply it again, or change what is applied");
}

void doctor_drift(struct doctor *d)
{
	struct obj notes = obj_at(d->configuration, "metadata.annotations");
	struct str key = STR("kubectl.kubernetes.io/last-applied-configuration");
	struct str text = obj_text(obj_member(notes, key), "");
	const struct doc *doc;
	struct err err;

	if (!text.len)
		return;
	if (!doc_read_json(d->arena, text, &doc, &err)) {
		doctor_add(d, DOCTOR_WARN, NOWHERE, "what was applied last cannot be read");
		return;
	}
	compare(d, obj_at(doc_root(doc), "webhooks"), obj_at(d->configuration, "webhooks"),
		STR("webhooks"));
}
