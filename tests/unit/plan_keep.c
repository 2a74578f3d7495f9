/* What retention keeps, against a slow reference that deletes second by second as Barman does. */
#include "plan/plan.h"

#include "base/arena.h"

#include <criterion/criterion.h>
#include <inttypes.h>

enum { MOST = 400 };

struct slow {
	bool there[MOST];
	const struct plan_keep *keep;
	size_t made;
	bool gone; /* something was deleted */
};

/* From the newest to the oldest: behind the first that ended before the edge all go. */
static void prune(struct slow *s, int64_t now)
{
	bool found = false;

	for (size_t i = s->made; i-- > 0;) {
		if (!s->there[i])
			continue;
		if (found) {
			s->there[i] = false;
			s->gone = true;
		} else if (s->keep->moments[i] < now - s->keep->window) {
			found = true;
		}
	}
}

static void tick(struct slow *s, int64_t now)
{
	const struct plan_keep *k = s->keep;
	bool made = false;

	for (; s->made < k->len && k->moments[s->made] == now; s->made++)
		s->there[s->made] = made = true;
	if (k->window && (made || !k->at_backup))
		prune(s, k->at_backup ? now + 1 : now);
}

static void compare(const struct plan_keep *k, int64_t until)
{
	struct slow s = {.keep = k};
	struct plan_steady steady = plan_steady(k, until), wanted = {0};

	for (int64_t now = 0; now <= until; now++) {
		size_t count = 0, first = 0;

		tick(&s, now);
		for (size_t i = s.made; i-- > 0;)
			if (s.there[i]) {
				count++;
				first = i;
			}
		struct plan_alive alive = plan_alive(k, now);
		cr_assert_eq(alive.to - alive.from, count, "at %" PRId64, now);
		cr_assert(!count || alive.from == first, "at %" PRId64, now);
		if (!s.gone || first < k->old)
			continue;
		int64_t reach = now - k->moments[first];
		wanted.since = wanted.known ? wanted.since : now;
		wanted.least = !wanted.known || count < wanted.least ? count : wanted.least;
		wanted.most = count > wanted.most ? count : wanted.most;
		wanted.reach_least =
			!wanted.known || reach < wanted.reach_least ? reach : wanted.reach_least;
		wanted.reach_most = reach > wanted.reach_most ? reach : wanted.reach_most;
		wanted.known = true;
	}
	cr_assert_eq(steady.known, wanted.known);
	cr_assert_eq(steady.since, wanted.since);
	cr_assert_eq(steady.least, wanted.least);
	cr_assert_eq(steady.most, wanted.most);
	cr_assert_eq(steady.reach_least, wanted.reach_least);
	cr_assert_eq(steady.reach_most, wanted.reach_most);
}

Test(plan_keep, it_keeps_what_barman_keeps)
{
	int64_t moments[MOST];
	uint32_t seed = 1;

	for (int round = 0; round < 300; round++) {
		struct plan_keep k = {.moments = moments, .at_backup = round % 2};
		int64_t t = 0;
		uint32_t widest;

		seed = seed * 1664525u + 1013904223u;
		widest = 1 + (seed >> 16) % 40;
		k.window = round % 10 == 9 ? 0 : (int64_t)((seed >> 8) % 100);
		for (k.len = 0; k.len < MOST && t < 300; k.len++) {
			seed = seed * 1664525u + 1013904223u;
			t += (seed >> 16) % widest + (round % 3 != 0);
			moments[k.len] = t;
		}
		k.old = (size_t)round % 4 * k.len / 8;
		compare(&k, k.len == MOST ? t : 300);
	}
}

Test(plan_keep, history_alone_is_no_long_run)
{
	const int64_t moments[] = {100, 200, 300, 400};
	struct plan_keep k = {.moments = moments, .len = 4, .old = 4, .window = 100};

	cr_expect_not(plan_steady(&k, 100000).known, "none is made any more");
	k.old = 2;
	cr_expect_eq(plan_steady(&k, 1000).reach_most, 600, "since 400");
	cr_expect_eq(plan_steady(&k, 1000).since, 401);
}

Test(plan_keep, the_edge_of_the_window_is_to_the_second)
{
	const int64_t moments[] = {100, 200, 300};
	const struct plan_keep k = {.moments = moments, .len = 3, .window = 100};

	cr_expect_eq(plan_alive(&k, 99).to, 0u);
	cr_expect_eq(plan_alive(&k, 100).to, 1u);
	cr_expect_eq(plan_alive(&k, 300).from, 0u, "200 is not before the edge");
	cr_expect_eq(plan_alive(&k, 301).from, 1u);
	cr_expect_eq(plan_alive(&k, 400).from, 1u);
	cr_expect_eq(plan_alive(&k, 100000).from, 2u, "one always stays");
}

Test(plan_keep, sizes_are_read_as_kubernetes_writes_them)
{
	int64_t n;

	cr_assert(plan_bytes(STR("20Gi"), &n));
	cr_expect_eq(n, INT64_C(20) << 30);
	cr_assert(plan_bytes(STR("5G"), &n));
	cr_expect_eq(n, INT64_C(5000000000));
	cr_assert(plan_bytes(STR("1"), &n));
	cr_expect_eq(n, 1);
	cr_expect(plan_bytes(STR("1048576Ti"), &n), "2^60");
	cr_expect_not(plan_bytes(STR("1048577Ti"), &n));
	cr_expect_not(plan_bytes(STR("0Gi"), &n));
	cr_expect_not(plan_bytes(STR("Gi"), &n));
	cr_expect_not(plan_bytes(STR("-1Gi"), &n));
	cr_expect_not(plan_bytes(STR("20GB"), &n));
	cr_expect_not(plan_bytes(STR("1.5Gi"), &n));
}
