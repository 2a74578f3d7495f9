#include "checks/checks.h"
#include "facts/store.h"

void check_gcs_credentials_empty(const struct rule_ctx *c)
{
	store_gcs_credentials_empty(c, store_configuration(c));
}
