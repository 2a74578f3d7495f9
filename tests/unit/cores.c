#include "base/cores.h"

#include <criterion/criterion.h>
#include <limits.h>

Test(cores, a_quota_is_that_many_cores_begun_ones_included)
{
	static const struct {
		const char *text;
		unsigned cores;
	} rows[] = {
		{"100000 100000\n", 1},
		{"100001 100000\n", 2},
		{"150000 100000", 2},
		{"1000 100000\n", 1},
		{"400000 100000\n", 4},
		{"max 100000\n", UINT_MAX},
		{"", UINT_MAX},
		{"100000", UINT_MAX},
		{"100000 0", UINT_MAX},
		{"-1 100000", UINT_MAX},
		{"9223372036854775807 1", UINT_MAX},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_assert_eq(cores_of_quota(str_from(rows[i].text)), rows[i].cores, "%s",
			     rows[i].text);
}

Test(cores, there_is_one_at_least)
{
	cr_assert_geq(cores_usable(), 1);
}
