#include "base/limits.h"
#include "base/macros.h"
#include "facts/secrets.h"

#include <criterion/criterion.h>
#include <string.h>

/* Kubernetes' validation.IsConfigMapKey. */
Test(facts_secrets, a_key_has_1_to_253_letters_of_a_few_kinds)
{
	static const char *const wrong[] = {"", ".", "..", "..a", "a b", "a/b", "\xc3\xa4"};
	static const char *const right[] = {"a", ".a", "A.b-c_9", "a.."};
	char name[LIMIT_NAME_BYTES + 1];

	memset(name, 'a', sizeof name);
	cr_assert(secret_key_is_possible((struct str){name, LIMIT_NAME_BYTES}));
	cr_assert_not(secret_key_is_possible((struct str){name, LIMIT_NAME_BYTES + 1}));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		cr_expect_not(secret_key_is_possible(str_from(wrong[i])), "%s", wrong[i]);
	for (size_t i = 0; i < ARRAY_LEN(right); i++)
		cr_expect(secret_key_is_possible(str_from(right[i])), "%s", right[i]);
}
