/* WAL that is stored as it is. */
#include "facts/store.h"

static void check_no_compression(const struct rule_ctx *c)
{
	struct obj wal = obj_at(store_configuration(c), "wal");
	enum obj_type type = obj_type(obj_at(wal, "compression"));

	if (obj_type(store_configuration(c)) != OBJ_MAP ||
	    (type != OBJ_NONE && type != OBJ_NULL_VALUE))
		return;
	struct finding *f = finding_add(c, store_configuration(c), "wal.compression",
					"WAL is stored uncompressed");
	finding_effect(c, f, "an idle cluster writes 16 MiB every 5 minutes: 4.5 GiB a day");
	finding_fix(c, f, "wal: {compression: gzip}");
}

static const struct rule rows[] = {
	{
		.id = "no-compression",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_INFO,
		.check = check_no_compression,
		.summary = "WAL is stored uncompressed",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
		.superseded_by = "policy-require-compression",
	},
};

RULE_ROWS(no_compression);
