#include "checks/checks.h"
#include "facts/store.h"

void check_destination_path_invalid(const struct rule_ctx *c)
{
	store_destination_invalid(c, store_configuration(c));
}

void check_destination_credentials_mismatch(const struct rule_ctx *c)
{
	store_destination_mismatch(c, store_configuration(c));
}
