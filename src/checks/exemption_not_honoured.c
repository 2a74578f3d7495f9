/* Exemption annotations that silence nothing. */
#include "checks/table.h"
#include "rules/exemption.h"
#include "rules/rule.h"

static void not_honoured(const struct rule_ctx *c, const char *key, const char *what,
			 const char *fix)
{
	struct obj annotations = obj_at(c->root, "metadata.annotations");
	struct obj at = obj_member(annotations, str_from(key));
	struct finding *f = finding_add(c, at.node ? at : annotations, "", "%s", what);

	finding_effect(c, f, "the exemption silences nothing");
	finding_fix(c, f, "%s", fix);
}

static void unknown_ids(const struct rule_ctx *c, const struct exemption *e)
{
	struct obj at = obj_member(obj_at(c->root, "metadata.annotations"), STR(EXEMPTION_ALLOW));
	struct str rest = e->allow, part;

	while (str_split(&rest, ',', &part)) {
		struct str id = str_trim(part);

		if (!id.len || rule_find(id))
			continue;
		struct finding *f = finding_add(c, at, "", "%s names no rule '%.*s'",
						EXEMPTION_ALLOW, STR_ARG(id));
		/* nobody reads what is beyond the limit: there may be many */
		const char *near = f != c->out->beyond ? rule_nearest(id) : NULL;
		finding_subject(c, f, id);
		if (near)
			finding_fix(c, f, "%s in its place", near);
		else
			finding_fix(c, f, "an id that 'backup-guard rules' lists");
	}
}

static void unknown_keys(const struct rule_ctx *c)
{
	static const char *const ours[] = {EXEMPTION_ALLOW, EXEMPTION_REASON, EXEMPTION_EXPIRES};
	struct obj annotations = obj_at(c->root, "metadata.annotations");

	for (struct obj o = obj_first(annotations); o.node; o = obj_next(o)) {
		struct str key = obj_key(o);

		if (!str_has_prefix(key, STR("backup-guard.io/")) || str_is(key, ours[0]) ||
		    str_is(key, ours[1]) || str_is(key, ours[2]))
			continue;
		struct finding *f = finding_add(c, o, "", "%.*s is no annotation of backup-guard",
						STR_ARG(key));
		/* as above */
		const char *near =
			f != c->out->beyond ? str_nearest(key, ours, ARRAY_LEN(ours)) : NULL;
		finding_subject(c, f, key);
		finding_effect(c, f, "it silences nothing");
		finding_fix(c, f, "%s", near ? near : EXEMPTION_ALLOW ": RULE");
	}
}

static void check_exemption_not_honoured(const struct rule_ctx *c)
{
	struct exemption e;

	unknown_keys(c);
	exemption_read(c->object, c->now, &e);
	if (e.state == EXEMPTION_NONE)
		return;
	if (c->params->annotations_forbidden)
		not_honoured(c, EXEMPTION_ALLOW, "the policy forbids exemptions by annotation",
			     "ask whoever keeps the policy, or remove the annotation");
	else if (e.state == EXEMPTION_NO_REASON && e.reason.len)
		not_honoured(c, EXEMPTION_REASON, EXEMPTION_REASON " has no word in it",
			     EXEMPTION_REASON ": why this is right here");
	else if (e.state == EXEMPTION_NO_REASON)
		not_honoured(c, EXEMPTION_ALLOW, EXEMPTION_ALLOW " stands without a reason",
			     EXEMPTION_REASON ": why this is right here");
	else if (e.state == EXEMPTION_BAD_TIME)
		not_honoured(c, EXEMPTION_EXPIRES, EXEMPTION_EXPIRES " is no date",
			     EXEMPTION_EXPIRES ": \"2026-12-31\"");
	else if (e.state == EXEMPTION_EXPIRED)
		not_honoured(c, EXEMPTION_EXPIRES, "the exemption has expired",
			     "mend what it allowed, or set a later date");
	unknown_ids(c, &e);
}

static const struct rule rows[] = {
	{
		.id = "exemption-not-honoured",
		.kinds = KIND_ALL,
		.severity = SEV_WARN,
		.check = check_exemption_not_honoured,
		.summary = "An exemption annotation is incomplete, expired or misspelt",
		.reference = "https://kubernetes.io/docs/concepts/overview/working-with-objects/"
			     "annotations/",
	},
};

RULE_ROWS(exemption_not_honoured);
