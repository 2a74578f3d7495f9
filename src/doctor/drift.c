/* The live configuration against the one that was applied, where the API server still has that;
 * else against the one that this program was shipped with, which options of the installation
 * change. */
#include "internal.h"

#include "base/json.h"
#include "base/utf8.h"

enum { SHOWN = 60 };

/* Who judges a field, one or another. What that one has told of is told here, and not counted
 * again. Where an installation may choose (`free`), another value than the shipped one is nothing
 * to warn of. */
static const struct {
	const char *field, *row;
	bool free;
} judges[] = {
	{"rules", "rules", true},
	{"failurePolicy", "failure-policy", true},
	{"namespaceSelector", "selectors", true},
	{"objectSelector", "selectors", false},
	{"matchConditions", "conditions", false},
	{"timeoutSeconds", "timeout", false},
	{"sideEffects", "side-effects", true},
	{"matchPolicy", "match-policy", false},
	{"admissionReviewVersions", "review-versions", false},
	{"clientConfig", "path", true},
	{"clientConfig", "service", true},
	{"clientConfig", "endpoints", true},
	{"clientConfig", "certificate", true},
};

struct comparison {
	struct doctor *d;
	const struct hook *hook;
	bool shipped; /* else applied */
	enum doctor_level level;
};

static struct str short_json(struct doctor *d, struct obj o)
{
	struct buf text = BUF_ARENA(d->arena);
	struct json j = JSON(&text);

	if (!o.node)
		return STR("absent");
	obj_json(o, &j);
	if (text.len > SHOWN) {
		text.len = utf8_cut(buf_slice(&text), SHOWN).len;
		buf_text(&text, "...");
	}
	return buf_slice(&text);
}

/* Looked for in what is there, not the other way round: the API server adds defaults. */
static void compare(const struct comparison *c, struct obj wanted, struct obj live, struct str path)
{
	struct doctor *d = c->d;
	size_t i = 0;

	if (obj_type(wanted) == OBJ_MAP && obj_type(live) == OBJ_MAP) {
		for (struct obj e = obj_first(wanted); e.node; e = obj_next(e))
			if (!str_is(obj_key(e), "caBundle")) /* renewed by others */
				compare(c, e, obj_member(live, obj_key(e)),
					arena_fmt(d->arena, "%.*s.%.*s", STR_ARG(path),
						  STR_ARG(obj_key(e))));
		return;
	}
	if (obj_type(wanted) == OBJ_LIST && obj_len(wanted) == obj_len(live)) {
		struct obj other = obj_first(live);

		for (struct obj e = obj_first(wanted); e.node;
		     e = obj_next(e), other = obj_next(other))
			compare(c, e, other, arena_fmt(d->arena, "%.*s[%zu]", STR_ARG(path), i++));
		return;
	}
	if (obj_equal(wanted, live) || (obj_type(wanted) == OBJ_NULL_VALUE && !live.node))
		return;
	doctor_add_fix(doctor_add(d, c->level, c->hook->name, "%.*s is %.*s, and %s %.*s",
				  STR_ARG(path), STR_ARG(short_json(d, live)),
				  c->shipped ? "is shipped as" : "was applied as",
				  STR_ARG(short_json(d, wanted))),
		       d, "apply it again, or change what is applied");
}

static void compare_hook(struct comparison *c, struct obj wanted)
{
	for (struct obj e = obj_first(wanted); e.node; e = obj_next(e)) {
		struct str key = obj_key(e);

		c->level = DOCTOR_WARN;
		for (size_t i = 0; i < ARRAY_LEN(judges); i++)
			if (str_is(key, judges[i].field) &&
			    ((c->shipped && judges[i].free) ||
			     doctor_worst(c->d, judges[i].row) >= DOCTOR_WARN))
				c->level = DOCTOR_INFO;
		/* the Service is where it was installed; who answers there is looked at */
		if (!c->shipped || !str_is(key, "clientConfig"))
			compare(c, e, obj_member(c->hook->root, key), key);
	}
}

static struct obj find_webhook(struct obj list, struct str name)
{
	struct obj e = obj_first(list);

	while (e.node && !str_eq(obj_text(e, "name"), name))
		e = obj_next(e);
	return e;
}

static void compare_all(struct doctor *d, struct obj wanted, bool shipped)
{
	struct comparison c = {.d = d, .shipped = shipped};
	enum doctor_level missing =
		doctor_worst(d, "rules") >= DOCTOR_WARN ? DOCTOR_INFO : DOCTOR_WARN;

	for (size_t i = 0; i < d->hooks_len; i++) {
		struct obj same = find_webhook(wanted, d->hooks[i].name);

		c.hook = &d->hooks[i];
		if (same.node)
			compare_hook(&c, same);
		else
			doctor_add(d, DOCTOR_INFO, d->hooks[i].name,
				   shipped ? "no webhook of this name is shipped"
					   : "was not applied, and is there");
	}
	for (struct obj e = obj_first(wanted); e.node && !shipped; e = obj_next(e))
		if (!find_webhook(obj_at(d->configuration, "webhooks"), obj_text(e, "name")).node)
			doctor_add_fix(doctor_add(d, missing, obj_text(e, "name"),
						  "was applied, and is gone"),
				       d, "apply it again, or change what is applied");
}

void doctor_drift(struct doctor *d)
{
	struct obj notes = obj_at(d->configuration, "metadata.annotations");
	struct str key = STR("kubectl.kubernetes.io/last-applied-configuration");
	struct str text = obj_text(obj_member(notes, key), "");
	const struct doc *doc;
	struct err err;

	if (doctor_by_helm(d)) /* kubectl's is of a time before it took over */
		text = STR_EMPTY;
	if (text.len && doc_read_json(d->arena, text, &doc, &err))
		compare_all(d, obj_at(doc_root(doc), "webhooks"), false);
	else if (text.len)
		doctor_add(d, DOCTOR_WARN, NOWHERE, "what was applied last cannot be read");
	else
		compare_all(d, obj_at(doctor_shipped(d), "webhooks"), true);
}
