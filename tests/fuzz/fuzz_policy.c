/* Any bytes as a policy file: an error with a text, or a policy that is the same when read again.
 */
#include "base/arena.h"
#include "policy/policy.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct str bytes = {(const char *)data, size};
	struct policy_errors errors;
	struct policy *first, *second;

	if (!policy_check(bytes, arena, &first, &errors)) {
		BUG_IF(!errors.len || !errors.items[0].msg[0]);
		return 0;
	}
	BUG_IF(!policy_check(bytes, arena, &second, &errors));
	BUG_IF(!str_eq(policy_hash(first), policy_hash(second)));
	policy_drop(first);
	policy_drop(second);
	return 0;
}
