/* Conditions that a CRD states in CEL, and the name: what no type and no pattern can say. */
#include "facts/manifest.h"

#include <string.h>

static bool has(struct obj o, const char *name)
{
	enum obj_type type = obj_type(obj_member(o, str_from(name)));

	return type != OBJ_NONE && type != OBJ_NULL_VALUE;
}

/* A condition refuses `o`; what it says, and what to write. */
static void refuse(const struct rule_ctx *c, struct obj o, const char *field, const char *message,
		   const char *fix)
{
	struct finding *f = finding_add(c, o, field, "%s", message);

	finding_effect(c, f, "the API server refuses the object");
	finding_fix(c, f, "%s", fix);
}

static void one_image(const struct rule_ctx *c, struct obj o)
{
	if (has(o, "imageName") && has(o, "imageCatalogRef"))
		refuse(c, o, "imageName", "imageName stands beside imageCatalogRef",
		       "remove imageName or imageCatalogRef");
}

static bool has_text(struct obj o, const char *name, const char *text)
{
	struct str value = obj_text(o, name);

	return str_is(value, text) || value_is_placeholder(value, NULL);
}

static void builtin_locale(const struct rule_ctx *c, struct obj o)
{
	if (has(o, "builtinLocale") && !has_text(o, "localeProvider", "builtin"))
		refuse(c, o, "builtinLocale", "builtinLocale without localeProvider builtin",
		       "localeProvider: builtin");
}

static void icu_locale(const struct rule_ctx *c, struct obj o)
{
	if (has(o, "icuLocale") && !has_text(o, "localeProvider", "icu"))
		refuse(c, o, "icuLocale", "icuLocale without localeProvider icu",
		       "localeProvider: icu");
}

static void icu_rules(const struct rule_ctx *c, struct obj o)
{
	if (has(o, "icuRules") && !has_text(o, "localeProvider", "icu"))
		refuse(c, o, "icuRules", "icuRules without localeProvider icu",
		       "localeProvider: icu");
}

static void catalog_kind(const struct rule_ctx *c, struct obj o)
{
	if (has(o, "kind") && !has_text(o, "kind", "ImageCatalog") &&
	    !has_text(o, "kind", "ClusterImageCatalog"))
		refuse(c, o, "kind", "kind is neither ImageCatalog nor ClusterImageCatalog",
		       "kind: ImageCatalog");
}

static void catalog_group(const struct rule_ctx *c, struct obj o)
{
	if (!has_text(o, "apiGroup", "postgresql.cnpg.io"))
		refuse(c, o, "apiGroup", "apiGroup is not postgresql.cnpg.io",
		       "apiGroup: postgresql.cnpg.io");
}

static void preferred_names(const struct rule_ctx *c, struct obj o)
{
	static const char *const names[] = {"standbyNamesPre", "standbyNamesPost"};

	if (!str_is(obj_text(o, "dataDurability"), "preferred"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (obj_len(obj_member(o, str_from(names[i]))))
			refuse(c, o, names[i], "standby names beside dataDurability preferred",
			       "dataDurability: required - or no standbyNamesPre and standbyNamesPost");
}

static void synchronous_number(const struct rule_ctx *c, struct obj o)
{
	int64_t n;

	if (obj_int(o, "", &n) == OBJ_SET && n <= 0)
		refuse(c, o, "", "number is not greater than 0", "number: 1");
}

static void no_server_name(const struct rule_ctx *c, struct obj o)
{
	if (has(o, "serverName"))
		refuse(c, o, "serverName", "an ObjectStore may not set serverName",
		       "remove it - serverName belongs in the plugin's parameters in the Cluster");
}

static void no_log_level(const struct rule_ctx *c, struct obj o)
{
	for (struct obj a = obj_first(o); a.node; a = obj_next(a))
		if (str_has_prefix(obj_text(a, ""), STR("--log-level")))
			refuse(c, a, "", "--log-level is set by an argument",
			       "remove it - logLevel: debug beside additionalContainerArgs");
}

/* By the words of the rule, so that a CRD that changes one is noticed (tests/unit/schema.c). */
static const struct {
	const char *rule;
	void (*check)(const struct rule_ctx *c, struct obj o);
} conditions[] = {
	{"!(has(self.imageCatalogRef) && has(self.imageName))", one_image},
	{"!has(self.builtinLocale) || self.localeProvider == 'builtin'", builtin_locale},
	{"!has(self.icuLocale) || self.localeProvider == 'icu'", icu_locale},
	{"!has(self.icuRules) || self.localeProvider == 'icu'", icu_rules},
	{"self.kind == 'ImageCatalog' || self.kind == 'ClusterImageCatalog'", catalog_kind},
	{"self.apiGroup == 'postgresql.cnpg.io'", catalog_group},
	{"self.dataDurability!='preferred' || ((!has(self.standbyNamesPre) || self.standbyNamesPre.size()==0) && (!has(self.standbyNamesPost) || self.standbyNamesPost.size()==0))",
	 preferred_names},
	{"self > 0", synchronous_number},
	{"!has(self.serverName)", no_server_name},
	{"!self.exists(a, a.startsWith('--log-level'))", no_log_level},
};

bool manifest_knows_condition(const struct schema_condition *condition)
{
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++)
		if (strcmp(conditions[i].rule, condition->rule) == 0)
			return true;
	return false;
}

static struct str as_subdomain(const struct rule_ctx *c, struct str name)
{
	struct buf out = BUF_ARENA(c->arena);

	for (size_t i = 0; i < name.len && i < 63; i++) {
		char at = name.ptr[i];

		if (at >= 'A' && at <= 'Z')
			at = (char)(at | 0x20);
		buf_byte(&out, at == '_' || at == ' ' ? '-' : at);
	}
	return object_is_name(buf_slice(&out)) ? buf_slice(&out)
					       : STR("small-letters-digits-and-hyphens");
}

static void no_name(const struct rule_ctx *c)
{
	struct obj metadata = obj_at(c->root, "metadata");
	struct finding *f;

	if (c->object->part || obj_type(metadata) != OBJ_MAP ||
	    obj_text(metadata, "generateName").len ||
	    (has(metadata, "name") && !(obj_type(obj_at(metadata, "name")) == OBJ_STRING &&
					!obj_text(metadata, "name").len)))
		return;
	f = finding_add(c, metadata, "name", "the object has no name");
	finding_effect(c, f, "the API server refuses the object");
	finding_fix(c, f, "name: <text>");
}

static void name(const struct rule_ctx *c)
{
	struct str name;

	no_name(c);
	if (obj_str(c->root, "metadata.name", &name) != OBJ_SET || !name.len ||
	    object_is_name(name) || value_is_placeholder(name, NULL))
		return;
	struct finding *f = finding_add(c, c->root, "metadata.name", "name %.*s is no DNS name",
					STR_ARG(manifest_shown(name)));

	finding_effect(c, f, "the API server refuses the object");
	finding_fix(c, f, "name: %.*s", STR_ARG(as_subdomain(c, name)));
}

void manifest_conditions(const struct rule_ctx *c)
{
	const struct schema *schema = schema_for(c->schema, c->object->kind);

	for (size_t i = 0; i < schema->conditions_len; i++) {
		const struct schema_condition *condition = &schema->conditions[i];
		struct obj o = obj_at(c->root, condition->path);

		if (condition->kind != c->object->kind || !o.node || obj_type(o) == OBJ_NULL_VALUE)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(conditions); k++)
			if (strcmp(conditions[k].rule, condition->rule) == 0)
				conditions[k].check(c, o);
	}
	name(c);
}
