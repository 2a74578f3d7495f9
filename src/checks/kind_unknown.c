/* An apiVersion and kind that no CRD of CloudNativePG or the plugin has. */
#include "base/arena.h"
#include "rules/rule.h"

static void refused(const struct rule_ctx *c, struct finding *f, const char *key,
		    const char *should)
{
	const struct object *o = c->object;

	finding_effect(
		c, f,
		"the API server refuses the object: no matches for kind \"%.*s\" in version \"%.*s\"",
		STR_ARG(o->kind_name), STR_ARG(o->api_version));
	finding_fix(c, f, "%s: %s", key, should);
	finding_edit(c, f,
		     (struct edit){.kind = EDIT_TEXT,
				   .at = obj_at(c->root, key),
				   .text = str_from(should)});
}

static void check_kind_unknown(const struct rule_ctx *c)
{
	const struct object *o = c->object;
	const struct kind_api *api = kind_api(o->kind);
	size_t slash = str_find_byte(o->api_version, '/');
	struct str group =
		str_slice(o->api_version, 0, slash == STR_NONE ? o->api_version.len : slash);

	if (!o->misnamed)
		return;
	if (!str_is(o->kind_name, api->name))
		refused(c,
			finding_add(c, c->root, "kind", "%.*s has no kind %.*s", STR_ARG(group),
				    STR_ARG(o->kind_name)),
			"kind", api->name);
	if (str_is(o->api_version, api->api_version))
		return;
	if (str_is(group, api->group))
		refused(c,
			finding_add(c, c->root, "apiVersion", "apiVersion %.*s is not %s",
				    STR_ARG(o->api_version), api->api_version),
			"apiVersion", api->api_version);
	else
		refused(c,
			finding_add(c, c->root, "apiVersion", "%.*s is no kind of %.*s",
				    STR_ARG(o->kind_name), STR_ARG(group)),
			"apiVersion", api->api_version);
}

static const struct rule rows[] = {
	{
		.id = "kind-unknown",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.check = check_kind_unknown,
		.summary = "No CRD has this kind at this apiVersion",
		.reference = "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
	},
};

RULE_ROWS(kind_unknown);
