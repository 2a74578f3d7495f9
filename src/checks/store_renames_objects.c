/* A store that lists what is written under another name. */
#include "facts/probed.h"
#include "facts/store.h"

/* It was listed, and what was written is not there under its name. */
static void check_store_renames_objects(const struct rule_ctx *c)
{
	const struct s3_failure *why = probed_failure(c, PROBE_FIND);

	if (!why || why->status != 200 || why->code.len)
		return;
	struct finding *f = finding_add(c, store_configuration(c), "destinationPath",
					"what is written there is not listed under its name");
	finding_effect(
		c, f,
		"a store that keeps objects as files makes one slash of two and follows \"..\": backups and WAL may be there and not be found, and two paths that are written otherwise may be one place");
	finding_fix(c, f, "a path without //, . and .. - what lies there already has to be moved");
}

static const struct rule rows[] = {
	{
		.id = "store-renames-objects",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_WARN,
		.check = check_store_renames_objects,
		.summary = "The store lists objects under other names than they were given",
		.reference =
			"https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html",
	},
};

RULE_ROWS(store_renames_objects);
