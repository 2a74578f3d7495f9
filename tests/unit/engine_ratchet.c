/* What an UPDATE leaves as it was, and how many holders a write asks. */
#include "engine/ratchet.h"

#include "base/limits.h"
#include "moment.h"
#include "rules/rule.h"

static const struct rule row = {.id = "under-test", .severity = SEV_DENY};
static const struct rule another = {.id = "another", .severity = SEV_DENY};

static struct finding at(const char *path, const char *subject)
{
	return (struct finding){.rule = &row,
				.severity = SEV_DENY,
				.path = str_from(path),
				.subject = str_from(subject)};
}

/* How many of `now` are denials still. */
static size_t denials(struct finding *now, size_t now_len, struct finding *before,
		      size_t before_len)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct findings new = {.items = now, .len = now_len};
	const struct findings old = {.items = before, .len = before_len};
	size_t count = 0;

	ratchet_lower(&new, &old, a);
	for (size_t i = 0; i < now_len; i++)
		count += now[i].severity == SEV_DENY;
	return count;
}

Test(ratchet, one_old_finding_covers_one_new_one)
{
	struct finding before[] = {at("spec.plugins[0].name", "x"),
				   at("spec.plugins[1].name", "x")};
	struct finding one[] = {at("spec.plugins[0].name", "x"), at("spec.plugins[1].name", "x")};
	struct finding two[] = {at("spec.plugins[0].name", "x"), at("spec.plugins[1].name", "x")};
	struct finding more[] = {at("spec.plugins[0].name", "x"), at("spec.plugins[1].name", "x"),
				 at("spec.plugins[2].name", "x")};

	cr_assert_eq(denials(one, 2, before, 1), 1);
	cr_assert_eq(one[0].severity, SEV_WARN);
	cr_assert_eq(denials(two, 2, before, 2), 0);
	cr_assert_eq(denials(more, 3, before, 2), 1);
	cr_assert_eq(more[2].severity, SEV_DENY);
}

Test(ratchet, a_fingerprint_is_rule_path_without_indexes_and_subject)
{
	struct finding before[] = {at("spec.plugins[2].name", "x")};
	struct finding moved[] = {at("spec.plugins[10].name", "x")};
	struct finding elsewhere[] = {at("spec.plugins[2].names", "x")};
	struct finding shorter[] = {at("spec.plugins[2]", "x")};
	struct finding of_that_length[] = {at("spec.plugins[2].mame", "x")};
	struct finding other[] = {at("spec.plugins[2].name", "y")};
	struct finding of_another[] = {at("spec.plugins[2].name", "x")};

	of_another[0].rule = &another;
	cr_assert_eq(denials(moved, 1, before, 1), 0);
	cr_assert_eq(denials(elsewhere, 1, before, 1), 1);
	cr_assert_eq(denials(shorter, 1, before, 1), 1);
	cr_assert_eq(denials(of_that_length, 1, before, 1), 1);
	cr_assert_eq(denials(other, 1, before, 1), 1);
	cr_assert_eq(denials(of_another, 1, before, 1), 1);
}

Test(ratchet, what_was_milder_than_a_warning_stays_so)
{
	struct finding before[] = {at("spec.a", "x")}, now[] = {at("spec.a", "x")};

	now[0].severity = SEV_INFO;
	cr_assert_eq(denials(now, 1, before, 1), 0);
	cr_assert_eq(now[0].severity, SEV_INFO);
}

/* Warnings about schedules that ask for a backup of a Cluster that is only made. */
static size_t warned_of(size_t holders)
{
	struct write w = {.operation = OP_CREATE, .object = CLUSTER, .beside = {STORE}};

	cr_assert_lt(holders, MOST);
	for (size_t i = 0; i < holders; i++)
		w.beside[1 + i] = arena_cstr(
			moment_arena,
			arena_fmt(moment_arena,
				  SCHEDULE_OF("db-%zu", "", OF_PLUGIN "  immediate: true\n"), i));
	struct verdict v = moment_judge(&w);
	return moment_count(&v, "immediate-with-new-cluster", SEV_WARN);
}

Test(holders, are_asked_up_to_a_limit, .init = moment_setup, .fini = moment_teardown)
{
	cr_assert_eq(warned_of(LIMIT_HOLDERS - 1), LIMIT_HOLDERS - 1);
	cr_assert_eq(warned_of(LIMIT_HOLDERS), LIMIT_HOLDERS);
	cr_assert_eq(warned_of(LIMIT_HOLDERS + 1), LIMIT_HOLDERS);
}
