/* Compressions of base backups that the plugin in use does not know. */
#include "facts/store.h"

static void check_data_compression_unsupported_by_version(const struct rule_ctx *c)
{
	struct str compression = obj_text(store_configuration(c), "data.compression");

	if (!str_is(compression, "lz4") || !version_before(c->params->plugin, 0, 13))
		return;
	struct finding *f = finding_add(c, store_configuration(c), "data.compression",
					"plugin %d.%d does not know data.compression lz4",
					c->params->plugin.major, c->params->plugin.minor);
	finding_effect(c, f, "its ObjectStore CRD refuses the object");
	finding_fix(c, f, "compression: snappy - or plugin 0.13 and newer");
}

static const struct rule rows[] = {
	{
		.id = "data-compression-unsupported-by-version",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_data_compression_unsupported_by_version,
		.summary = "The plugin in use does not know this compression of base backups",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/releases",
	},
};

RULE_ROWS(data_compression_unsupported_by_version);
