#include "checks/checks.h"
#include "facts/store.h"

void check_data_compression_unsupported_by_version(const struct rule_ctx *c)
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
