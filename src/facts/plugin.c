#include "facts/plugin.h"

#include <string.h>

bool plugin_is_of_patch(const struct rule_ctx *c)
{
	struct obj list = obj_at(c->root, "spec.plugins");

	return list.node && obj_source(list) != obj_source(c->root);
}

bool plugin_name_is_near(struct str name)
{
	struct str lower_barman = STR("barman");

	if (str_is(name, PLUGIN_NAME) || !name.len)
		return false;
	for (size_t i = 0; i + lower_barman.len <= name.len; i++)
		if (str_has_prefix_nocase(str_slice(name, i, name.len), lower_barman))
			return true;
	return str_distance(name, STR(PLUGIN_NAME), 3) <= 3;
}

/* Nothing but words that its name, its project and its repository have. */
bool plugin_name_is_typo(struct str name)
{
	static const char *const words[] = {"barman", "cloud",	       "barmancloud", "cloudnative",
					    "pg",     "cloudnativepg", "cnpg",	      "plugin",
					    "io",     "org",	       "com"};
	size_t at = 0;

	if (!plugin_name_is_near(name) || str_distance(name, STR(PLUGIN_NAME), 3) <= 3)
		return plugin_name_is_near(name);
	while (at < name.len) {
		size_t from = at;
		bool known = false;

		while (at < name.len && !strchr("-._", name.ptr[at]))
			at++;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			known |= str_eq_nocase(str_slice(name, from, at), str_from(words[i]));
		if (!known)
			return false;
		at++;
	}
	return true;
}

/* What people run beside the Barman Cloud plugin or in its place; a site adds its own in
 * knownPlugins. Yandex's is WAL-G. */
static const struct {
	const char *name;
	bool makes_backups;
} well_known[] = {
	{"cnpg-extensions.yandex.cloud", true},	 {"cnpg-i-hello-world.cloudnative-pg.io", false},
	{"cnpg-i-scale-to-zero.xata.io", false}, {"klio.cnpg.io", true},
	{"pgbackrest.cnpg.opera.com", true},	 {"pgbackrest.dalibo.com", true},
};

bool plugin_is_well_known(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(well_known); i++)
		if (str_is(name, well_known[i].name))
			return true;
	return false;
}

bool plugin_may_make_backups(const struct rule_ctx *c, struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(well_known); i++)
		if (str_is(name, well_known[i].name))
			return well_known[i].makes_backups;
	return str_list_has(c->params->known_plugins, name);
}
