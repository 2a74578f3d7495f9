#include "checks/table.h"
#include "report/rules_list.h"

#include <criterion/criterion.h>
#include <string.h>

static bool is_kebab(const char *id)
{
	for (const char *p = id; *p; p++) {
		bool hyphen = *p == '-' && p > id && p[-1] != '-' && p[1];

		if (!hyphen && !(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9'))
			return false;
	}
	return *id;
}

static bool full(const char *text)
{
	return text && str_trim(str_from(text)).len;
}

Test(checks_table, ids_are_kebab_case_unique_and_sorted)
{
	for (size_t i = 0; i < rules_len; i++) {
		cr_expect(is_kebab(rules[i].id), "%s", rules[i].id);
		if (i)
			cr_expect(strcmp(rules[i - 1].id, rules[i].id) < 0, "%s before %s",
				  rules[i - 1].id, rules[i].id);
	}
}

Test(checks_table, each_id_is_found)
{
	for (size_t i = 0; i < rules_len; i++)
		cr_expect_eq(rule_find(str_from(rules[i].id)), &rules[i], "%s", rules[i].id);
	cr_expect_null(rule_find(STR("no-such-rule")));
}

Test(checks_table, each_row_is_complete)
{
	for (size_t i = 0; i < rules_len; i++) {
		const struct rule *r = &rules[i];

		cr_expect(r->check && r->kinds && !(r->kinds & ~(unsigned)KIND_ALL), "%s", r->id);
		cr_expect(full(r->reference), "%s", r->id);
	}
}

Test(checks_table, summaries_fit_in_a_line_and_have_no_full_stop)
{
	for (size_t i = 0; i < rules_len; i++) {
		struct str s = str_from(rules[i].summary);

		cr_expect(s.len > 0 && s.len <= 72, "%s: %zu characters", rules[i].id, s.len);
		cr_expect(!str_has_suffix(s, STR(".")), "%s", rules[i].id);
	}
}

Test(checks_table, superseding_rules_exist_and_judge_the_same_kinds)
{
	for (size_t i = 0; i < rules_len; i++) {
		const char *by = rules[i].superseded_by;
		const struct rule *other = by ? rule_find(str_from(by)) : NULL;

		cr_expect(!by || other, "%s: %s", rules[i].id, by);
		cr_expect(!other || (other->kinds & rules[i].kinds), "%s: %s", rules[i].id, by);
	}
}

Test(checks_table, rules_are_chosen_by_each_kind)
{
	for (unsigned i = 0; i < KINDS; i++)
		cr_expect_str_eq(rules_kinds[i], kind_name((enum kind)(1u << i)));
	cr_expect_str_eq(rules_kinds[KINDS], scope_name(SCOPE_LIVE));
	cr_expect_str_eq(rules_kinds[KINDS + 1], scope_name(SCOPE_BUCKET));
	cr_expect_null(rules_kinds[KINDS + 2]);
}
