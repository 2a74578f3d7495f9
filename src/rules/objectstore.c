#include "rules/checks.h"
#include "rules/store.h"

#include "cnpg/archive.h"

static struct obj configuration(const struct rule_ctx *c)
{
	return obj_at(c->root, "spec.configuration");
}

/* Of an ObjectStore, or the in-tree one of a Cluster: CloudNativePG checks its credentials, but not
 * where it lies. */
static struct obj any_configuration(const struct rule_ctx *c)
{
	return c->object->kind == KIND_CLUSTER ? c->archive->in_tree : configuration(c);
}

void check_credentials_absent(const struct rule_ctx *c)
{
	store_credentials_absent(c, configuration(c));
}

void check_credentials_kinds_mixed(const struct rule_ctx *c)
{
	store_credentials_kinds_mixed(c, configuration(c));
}

void check_credentials_incomplete(const struct rule_ctx *c)
{
	store_credentials_incomplete(c, configuration(c));
}

void check_gcs_credentials_empty(const struct rule_ctx *c)
{
	store_gcs_credentials_empty(c, configuration(c));
}

void check_destination_path_invalid(const struct rule_ctx *c)
{
	store_destination_invalid(c, any_configuration(c));
}

void check_destination_credentials_mismatch(const struct rule_ctx *c)
{
	store_destination_mismatch(c, any_configuration(c));
}

void check_endpoint_malformed(const struct rule_ctx *c)
{
	store_endpoint_malformed(c, any_configuration(c));
}

void check_endpoint_plaintext(const struct rule_ctx *c)
{
	struct obj external;

	if (c->object->kind == KIND_OBJECT_STORE) {
		store_endpoint_plaintext(c, configuration(c));
		return;
	}
	store_endpoint_plaintext(c, c->archive->in_tree);
	external = obj_at(c->root, "spec.externalClusters");
	for (struct obj e = obj_first(external); e.node; e = obj_next(e))
		store_endpoint_plaintext(c, obj_at(e, "barmanObjectStore"));
}

void check_retention_missing(const struct rule_ctx *c)
{
	enum obj_type type = obj_type(obj_at(c->root, "spec.retentionPolicy"));

	if (type != OBJ_NONE && type != OBJ_NULL_VALUE)
		return;
	/* where the plugin's own documentation had it: rule retention-misplaced speaks */
	if (obj_member(configuration(c), STR("retentionPolicy")).node)
		return;
	struct finding *f =
		finding_add(c, c->root, "spec.retentionPolicy", "spec.retentionPolicy is not set");
	if (store_is_only_read(c)) {
		finding_effect(
			c, f,
			"Clusters only read from it; a store is pruned by the one that archives to it");
		finding_fix(c, f, "retentionPolicy: 30d - if a Cluster is to archive to it");
		finding_unsure(f, SEV_INFO);
		return;
	}
	finding_effect(c, f,
		       "base backups and WAL are kept for ever, unless the bucket expires them");
	finding_fix(c, f, "retentionPolicy: 30d");
	if (store_is_no_archive(c))
		finding_at_most(f, SEV_INFO);
}

/* Backblaze keeps every version of an object: a deletion hides it (bm#1197). */
void check_bucket_versioning_retention(const struct rule_ctx *c)
{
	struct str policy, host;

	if (obj_str(c->root, "spec.retentionPolicy", &policy) != OBJ_SET ||
	    !store_foreign_host(configuration(c), &host) ||
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

void check_no_compression(const struct rule_ctx *c)
{
	struct obj wal = obj_at(configuration(c), "wal");
	enum obj_type type = obj_type(obj_at(wal, "compression"));

	if (obj_type(configuration(c)) != OBJ_MAP || (type != OBJ_NONE && type != OBJ_NULL_VALUE))
		return;
	struct finding *f =
		finding_add(c, configuration(c), "wal.compression", "WAL is stored uncompressed");
	finding_effect(c, f, "an idle cluster writes 16 MiB every 5 minutes: 4.5 GiB a day");
	finding_fix(c, f, "wal: {compression: gzip}");
}

void check_data_compression_unsupported_by_version(const struct rule_ctx *c)
{
	struct str compression = obj_text(configuration(c), "data.compression");

	if (!str_is(compression, "lz4") || !version_before(c->params->plugin, 0, 13))
		return;
	struct finding *f = finding_add(c, configuration(c), "data.compression",
					"plugin %d.%d does not know data.compression lz4",
					c->params->plugin.major, c->params->plugin.minor);
	finding_effect(c, f, "its ObjectStore CRD refuses the object");
	finding_fix(c, f, "compression: snappy - or plugin 0.13 and newer");
}

static void encryption(const struct rule_ctx *c, const char *path, struct str host)
{
	enum store_kind kind = store_kind(configuration(c));
	struct str value;
	struct finding *f;

	if (obj_str(configuration(c), path, &value) != OBJ_SET || !value.len ||
	    value_is_placeholder(value, NULL))
		return;
	bool kms = str_is(value, "aws:kms");
	if (host.len) {
		f = finding_add(c, configuration(c), path, "%s: %.*s on %.*s, which is not AWS",
				path, STR_ARG(value), STR_ARG(host));
		finding_effect(c, f, "a store that has no %s refuses every upload",
			       kms ? "key service" : "server-side encryption");
	} else {
		f = finding_add(c, configuration(c), path, "%s: %.*s beside %s", path,
				STR_ARG(value),
				kind == STORE_GOOGLE ? "googleCredentials" : "azureCredentials");
		finding_effect(c, f,
			       "barman-cloud uses it with S3 only: nothing is encrypted by it");
	}
	finding_fix(c, f, "remove it, and set the bucket's default encryption in the store");
	if (host.len && kms)
		finding_at_least(f, SEV_DENY);
}

void check_sse_on_s3_compatible(const struct rule_ctx *c)
{
	enum store_kind kind = store_kind(configuration(c));
	struct str host = STR_EMPTY;

	if (kind == STORE_NONE ||
	    (kind == STORE_S3 && !store_foreign_host(configuration(c), &host)))
		return;
	encryption(c, "wal.encryption", host);
	encryption(c, "data.encryption", host);
}
