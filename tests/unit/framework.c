/* The table of frameworks: what it names is there. */
#include "report/framework.h"

#include "checks/table.h"

#include <criterion/criterion.h>
#include <string.h>

Test(framework, names_are_sorted_and_found)
{
	size_t len = 0;

	for (; framework_names[len]; len++) {
		const struct framework *f = framework_find(str_from(framework_names[len]));

		cr_assert_not_null(f);
		cr_expect_str_eq(f->name, framework_names[len]);
		cr_expect(!len || strcmp(framework_names[len - 1], framework_names[len]) < 0);
	}
	cr_expect_eq(len, 4);
	cr_expect_null(framework_find(STR("cis")));
	cr_expect_null(framework_find(STR_EMPTY));
}

Test(framework, a_control_rests_on_facts_and_on_rules_that_there_are)
{
	for (size_t i = 0; framework_names[i]; i++) {
		const struct framework *f = framework_find(str_from(framework_names[i]));

		for (size_t k = 0; k < f->len; k++) {
			const struct framework_control *c = &f->controls[k];

			cr_expect(c->facts, "%s %s would be met by nothing", f->name, c->id);
			cr_expect_eq(!(c->facts & SEEN(OUTSIDE)), !c->outside, "%s %s", f->name,
				     c->id);
			for (size_t n = 0; n < ARRAY_LEN(c->rules) && c->rules[n]; n++)
				cr_expect_not_null(rule_find(str_from(c->rules[n])), "%s",
						   c->rules[n]);
		}
	}
}
