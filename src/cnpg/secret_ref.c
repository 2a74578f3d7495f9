#include "cnpg/secret_ref.h"

static void give(struct obj selector, enum secret_use use, secret_ref_fn *each, void *ctx)
{
	struct secret_ref ref = {.use = use,
				 .name = obj_text(selector, "name"),
				 .key = obj_text(selector, "key"),
				 .at = selector,
				 .optional = obj_true(selector, "optional", false)};

	if (ref.name.len && ref.key.len)
		each(ctx, &ref);
}

static void give_all(struct obj credentials, const char *const *selectors, secret_ref_fn *each,
		     void *ctx)
{
	for (size_t i = 0; selectors[i]; i++)
		give(obj_at(credentials, selectors[i]), SECRET_USE_CREDENTIAL, each, ctx);
}

/* Of several kinds the run time takes the first. */
static void give_credentials(struct obj configuration, secret_ref_fn *each, void *ctx)
{
	static const char *const aws[] = {"accessKeyId", "secretAccessKey", "region",
					  "sessionToken", NULL};
	static const char *const google[] = {"applicationCredentials", NULL};
	static const char *const azure[] = {"connectionString", "storageAccount", "storageKey",
					    "storageSasToken", NULL};
	struct obj s3 = obj_at(configuration, "s3Credentials");
	struct obj gcs = obj_at(configuration, "googleCredentials");
	struct obj blob = obj_at(configuration, "azureCredentials");

	if (obj_type(s3) == OBJ_MAP) {
		if (!obj_true(s3, "inheritFromIAMRole", false))
			give_all(s3, aws, each, ctx);
	} else if (obj_type(gcs) == OBJ_MAP) {
		give_all(gcs, google, each, ctx);
	} else if (!obj_true(blob, "inheritFromAzureAD", false) &&
		   !obj_true(blob, "useDefaultAzureCredentials", false)) {
		give_all(blob, azure, each, ctx);
	}
}

void configuration_secrets(struct obj configuration, secret_ref_fn *each, void *ctx)
{
	give_credentials(configuration, each, ctx);
	if (obj_type(obj_at(configuration, "googleCredentials")) != OBJ_MAP ||
	    obj_type(obj_at(configuration, "s3Credentials")) == OBJ_MAP)
		give(obj_at(configuration, "endpointCA"), SECRET_USE_CA, each, ctx);
}

void object_store_secrets(struct obj store, secret_ref_fn *each, void *ctx)
{
	struct obj env = obj_at(store, "spec.instanceSidecarConfiguration.env");

	configuration_secrets(obj_at(store, "spec.configuration"), each, ctx);
	for (struct obj e = obj_first(env); e.node; e = obj_next(e))
		give(obj_at(e, "valueFrom.secretKeyRef"), SECRET_USE_ENV, each, ctx);
}
