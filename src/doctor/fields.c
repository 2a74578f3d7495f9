/* Fields of a webhook by themselves, against the configuration that this program was shipped with.
 */
#include "internal.h"

#include <inttypes.h>

enum { TIMEOUT_LEAST = 2, TIMEOUT_WANTED = 5, TIMEOUT_DEFAULT = 10 };

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

struct obj doctor_shipped(struct doctor *d)
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

/* Kubernetes 1.28 is the first that keeps them. */
static void without_conditions(struct doctor *d, const struct hook *h)
{
	static const char *const needed[] = {"not-terminating", "not-the-collector"};
	enum { KNOWN_SINCE = 28 };
	struct buf list = BUF_ARENA(d->arena);
	bool old = d->minor && d->minor < KNOWN_SINCE;

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (!has_condition(h, needed[i]))
			buf_fmt(&list, "%s%s", list.len ? ", " : "", needed[i]);
	if (list.len)
		doctor_add_fix(
			doctor_add(
				d, DOCTOR_WARN, h->name,
				"fails closed without the matchConditions %.*s%s: an outage of the webhook holds up deletions",
				STR_ARG(buf_slice(&list)),
				old ? ", which this API server does not know" : ""),
			d, "%s",
			old ? "failurePolicy: Ignore, or Kubernetes 1.28"
			    : "matchConditions as shipped");
}

static void look_at_conditions(struct doctor *d, const struct hook *h, struct obj wanted)
{
	struct obj all = obj_at(h->root, "matchConditions");

	for (struct obj c = obj_first(all); c.node; c = obj_next(c)) {
		struct str name = obj_text(c, "name"), expression = obj_text(c, "expression");
		struct obj same = shipped_condition(wanted, name);

		if (same.node && str_eq(expression, obj_text(same, "expression")))
			continue;
		d->suspect = doctor_add_fix(
			doctor_add(
				d, DOCTOR_WARN, h->name,
				"matchConditions: '%.*s' is not as shipped; nobody is asked unless %.*s",
				STR_ARG(name), STR_ARG(expression)),
			d, "leave it out unless it is meant - what it skips is accepted");
	}
	if (h->fails)
		without_conditions(d, h);
}

void doctor_conditions(struct doctor *d)
{
	struct obj wanted = doctor_shipped(d);

	for (size_t i = 0; i < d->hooks_len; i++)
		look_at_conditions(d, &d->hooks[i], wanted);
}

/* A connection that is new begins with a handshake, and a pod that ends is tried again elsewhere
 * after a second. */
static void short_timeout(struct doctor *d, const struct hook *h)
{
	doctor_add_fix(
		doctor_add(
			d, DOCTOR_WARN, h->name,
			"timeoutSeconds is %" PRId64
			": a node that is busy, or a pod that ends, takes longer, and the call fails: %s",
			h->timeout,
			h->fails ? "the write is refused" : "a wrong write is accepted"),
		d, "timeoutSeconds: %d", TIMEOUT_WANTED);
}

void doctor_timeout(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];

		if (h->timeout < TIMEOUT_LEAST)
			short_timeout(d, h);
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
				doctor_add(
					d, DOCTOR_ERROR, d->hooks[i].name,
					"sideEffects is %.*s: the API server refuses every dry run, and kubectl diff with it",
					STR_ARG(value.len ? value : STR("absent"))),
				d, "sideEffects: None");
	}
}

void doctor_match_policy(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++)
		if (str_is(obj_text(d->hooks[i].root, "matchPolicy"), "Exact"))
			doctor_add_fix(
				doctor_add(
					d, DOCTOR_WARN, d->hooks[i].name,
					"matchPolicy is Exact: whoever writes another version of the kind is not asked"),
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
			doctor_add_fix(
				doctor_add(
					d, DOCTOR_ERROR, d->hooks[i].name,
					"admissionReviewVersions has none that the webhook speaks"),
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
		doctor_add_fix(
			doctor_add(
				d, mode == HOOK_ENFORCE ? DOCTOR_WARN : DOCTOR_INFO, NOWHERE,
				"namespaces of mode %s are sent to /validate/%s: nobody is refused anything there",
				hook_mode_words[mode], hook_mode_words[real]),
			d, "path: /validate%s%s - unless the milder one is meant",
			mode == HOOK_WARN ? "/" : "", mode == HOOK_WARN ? "warn" : "");
	else
		doctor_add(
			d, DOCTOR_INFO, NOWHERE,
			"namespaces of mode %s are judged as of mode %s: the label is not heeded",
			hook_mode_words[mode], hook_mode_words[real]);
}

bool doctor_audit_only(const struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++)
		if (d->hooks[i].mode != HOOK_AUDIT)
			return false;
	return true;
}

void doctor_hook_path(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];

		if (h->mode == HOOK_NOT_SENT)
			doctor_add_fix(
				doctor_add(
					d, DOCTOR_ERROR, h->name,
					"path is %.*s, which is answered with 404: every call fails",
					STR_ARG(h->path)),
				d, "path: /validate, /validate/warn or /validate/audit");
	}
	if (doctor_audit_only(d)) {
		doctor_add(
			d, DOCTOR_INFO, NOWHERE,
			"audit only, whatever the labels say: nobody is refused anything, and nobody is told");
		return;
	}
	look_at_mode(d, HOOK_ENFORCE, "enforce");
	look_at_mode(d, HOOK_WARN, NULL);
	look_at_mode(d, HOOK_AUDIT, "audit");
}
