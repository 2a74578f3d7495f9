#include "plan/keep.h"

/* How many of them are before `at`. */
static size_t before(const struct plan_keep *k, int64_t at)
{
	size_t low = 0, high = k->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (k->moments[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct plan_alive plan_alive(const struct plan_keep *k, int64_t at)
{
	struct plan_alive alive = {0, before(k, at + 1)};

	if (!k->window || !alive.to)
		return alive;
	if (k->at_backup) /* just behind it: the one of a window ago is outside */
		at = k->moments[alive.to - 1] + 1;
	size_t outside = before(k, at - k->window);
	if (outside)
		alive.from = outside - 1;
	return alive;
}

static void note(const struct plan_keep *k, int64_t at, int64_t until, struct plan_steady *s)
{
	if (at > until)
		return;
	struct plan_alive alive = plan_alive(k, at);
	if (!alive.from || alive.from < k->old)
		return;
	size_t count = alive.to - alive.from;
	int64_t reach = at - k->moments[alive.from];

	if (!s->known || at < s->since)
		s->since = at;
	if (!s->known || count < s->least)
		s->least = count;
	if (!s->known || reach < s->reach_least)
		s->reach_least = reach;
	if (count > s->most)
		s->most = count;
	if (reach > s->reach_most)
		s->reach_most = reach;
	s->known = true;
}

/* Only around a backup, and where one leaves the window, do they change. */
struct plan_steady plan_steady(const struct plan_keep *k, int64_t until)
{
	struct plan_steady s = {0};

	for (size_t i = 0; k->window && i < k->len; i++) {
		note(k, k->moments[i] - 1, until, &s);
		note(k, k->moments[i], until, &s);
		note(k, k->moments[i] + k->window, until, &s);
		note(k, k->moments[i] + k->window + 1, until, &s);
	}
	if (k->window)
		note(k, until, until, &s);
	return s;
}
