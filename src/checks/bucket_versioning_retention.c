/* Stores in which a deletion only hides. */
#include "facts/store.h"

/* Backblaze keeps every version of an object: a deletion hides it (bm#1197). */
static void check_bucket_versioning_retention(const struct rule_ctx *c)
{
	struct str policy, host;

	if (obj_str(c->root, "spec.retentionPolicy", &policy) != OBJ_SET ||
	    !store_foreign_host(store_configuration(c), &host) ||
	    !str_has_suffix_nocase(host, STR(".backblazeb2.com")))
		return;
	struct finding *f =
		finding_add(c, c->root, "spec.retentionPolicy",
			    "retentionPolicy %.*s on Backblaze B2, which hides what is deleted",
			    STR_ARG(policy));
	finding_effect(
		c, f, "without a lifecycle rule the bucket keeps, and bills, every expired backup");
	finding_fix(
		c, f,
		"set the bucket's lifecycle rule to \"Keep only the last version of the file\"");
}

static const struct rule rows[] = {
	{
		.id = "bucket-versioning-retention",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_INFO,
		.check = check_bucket_versioning_retention,
		.summary = "Backblaze B2 hides what the retention policy deletes",
		.reference = "EnterpriseDB/barman#1197",
	},
};

RULE_ROWS(bucket_versioning_retention);
