#include "input/forks.h"

#include <criterion/criterion.h>

struct tree {
	struct arena *arena;
	struct forks *forks;
};

static struct tree grow(struct arena *a)
{
	return (struct tree){a, forks_new(a)};
}

/* A place in `folder` that defines `what`; NULL: it defines nothing. */
static struct place *define(const struct tree *t, const char *folder, const char *what, bool surely)
{
	struct place *p = forks_place(t->forks, folder);

	if (what)
		forks_define(t->forks, str_from(what), p, surely);
	return p;
}

Test(forks, branches_that_define_one_object_are_alternatives_with_all_below)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct tree t = grow(a);
	const struct place *prod = define(&t, "/r/clusters/prod/db", "Cluster app/pg", true);
	const struct place *lab = define(&t, "/r/clusters/lab/pg", "Cluster app/pg", true);
	const struct place *prod_stores = define(&t, "/r/clusters/prod/stores/minio", NULL, true);
	const struct place *lab_stores = define(&t, "/r/clusters/lab", NULL, true);
	const struct place *shared = define(&t, "/r/shared", NULL, true);
	const struct place *beside = define(&t, "/r/clusters", NULL, true);
	const struct place *third = define(&t, "/r/clusters/third", NULL, true);

	cr_assert_eq(forks_apart(prod, lab), APART_STRICTLY);
	cr_assert_eq(forks_apart(lab, prod), APART_STRICTLY);
	cr_assert_eq(forks_apart(prod_stores, lab_stores), APART_STRICTLY);
	cr_assert_eq(forks_apart(prod_stores, lab), APART_STRICTLY);
	cr_assert_eq(forks_apart(prod, prod_stores), APART_NOT);
	cr_assert_eq(forks_apart(lab_stores, lab), APART_NOT);
	cr_assert_eq(forks_apart(shared, prod), APART_NOT);
	cr_assert_eq(forks_apart(shared, lab_stores), APART_NOT);
	cr_assert_eq(forks_apart(beside, lab), APART_NOT);
	cr_assert_eq(forks_apart(third, lab), APART_NOT);
	forks_free(t.forks);
}

Test(forks, one_definition_makes_no_alternative)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct tree t = grow(a);
	struct place *one = define(&t, "/r/a", "Cluster app/pg", true);
	const struct place *other = define(&t, "/r/b", "Cluster app/other", true);

	forks_define(t.forks, STR("Cluster app/pg"), one, true);
	cr_assert_eq(forks_apart(one, other), APART_NOT);
	forks_free(t.forks);
}

Test(forks, places_in_one_folder_can_be_alternatives)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct tree t = grow(a);
	const struct place *one = define(&t, "/r/a", "Cluster app/pg", true);
	const struct place *two = define(&t, "/r/a", "Cluster app/pg", true);
	const struct place *below = define(&t, "/r/a/x", NULL, true);
	const struct place *beside = define(&t, "/r/a", NULL, true);

	cr_assert_eq(forks_apart(one, two), APART_LOOSELY);
	cr_assert_eq(forks_apart(one, below), APART_NOT);
	cr_assert_eq(forks_apart(two, beside), APART_NOT);
	forks_free(t.forks);
}

Test(forks, a_folder_and_one_below_it_can_be_alternatives)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct tree t = grow(a);
	const struct place *above = define(&t, "/r", "Cluster app/pg", true);
	const struct place *below = define(&t, "/r/a", "Cluster app/pg", true);
	const struct place *deeper = define(&t, "/r/a/b", NULL, true);
	const struct place *other = define(&t, "/r/c", NULL, true);

	cr_assert_eq(forks_apart(above, below), APART_LOOSELY);
	cr_assert_eq(forks_apart(deeper, above), APART_LOOSELY);
	cr_assert_eq(forks_apart(above, other), APART_NOT);
	forks_free(t.forks);
}

Test(forks, definitions_that_may_be_two_make_branches_where_they_lie_alike)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct tree t = grow(a);
	const struct place *prod = define(&t, "/r/prod/db", "Cluster /pg", false);
	const struct place *lab = define(&t, "/r/lab/db", "Cluster /pg", false);
	const struct place *lab_stores = define(&t, "/r/lab/stores", NULL, false);
	const struct place *far = define(&t, "/r/examples/small/new", "Cluster /pg", false);
	const struct place *examples = define(&t, "/r/examples/stores", NULL, false);

	cr_assert_eq(forks_apart(prod, lab_stores), APART_STRICTLY);
	cr_assert_eq(forks_apart(far, prod), APART_LOOSELY);
	cr_assert_eq(forks_apart(far, lab), APART_LOOSELY);
	cr_assert_eq(forks_apart(far, lab_stores), APART_NOT);
	cr_assert_eq(forks_apart(examples, prod), APART_NOT);
	forks_free(t.forks);
}

static const char *const orders[][4] = {
	{"/r/a/db", "/r/b/db", "/r/c", "/r/d/x/y"},
	{"/r/d/x/y", "/r/c", "/r/b/db", "/r/a/db"},
	{"/r/c", "/r/a/db", "/r/d/x/y", "/r/b/db"},
};

Test(forks, the_order_in_which_definitions_come_is_no_matter)
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct tree t = grow(a);
		const struct place *c, *d;

		for (size_t j = 0; j < ARRAY_LEN(orders[i]); j++) {
			define(&t, orders[i][j], "Cluster app/pg", true);
			define(&t, orders[i][j], "Cluster /other", false);
		}
		c = define(&t, "/r/c/below", NULL, true);
		d = define(&t, "/r/d/below", NULL, true);
		cr_assert_eq(forks_apart(c, d), APART_STRICTLY, "order %zu", i);
		forks_free(t.forks);
	}
}
