#include "serve/events.h"

#include "base/limits.h"

#include <criterion/criterion.h>

#define SECOND INT64_C(1000)
#define NOW (1000 * SECOND)
#define PAUSE (LIMIT_EVENTS_PAUSE_SECONDS * SECOND)

static struct events *e;
static struct arena *arena;

static void setup(void)
{
	e = events_new();
	arena = arena_new();
}

static void teardown(void)
{
	events_free(e);
	arena_free(arena);
}

TestSuite(events, .init = setup, .fini = teardown);

static void deny(uint64_t who, const char *message, int64_t now)
{
	struct review_denial d = {.namespace = STR("shop"),
				  .name = STR("orders"),
				  .message = str_from(message),
				  .fingerprint = who};

	events_add(e, &d, now / SECOND, now);
}

static struct events_task take(int64_t now)
{
	struct events_task task;

	cr_assert(events_take(e, now, arena, &task));
	return task;
}

static bool nothing(int64_t now)
{
	struct events_task task;

	return !events_take(e, now, arena, &task);
}

static void written(struct events_task task, int64_t now)
{
	bool created = !task.version.len;

	task.version = STR("12");
	task.told += task.count;
	events_done(e, &task, created ? EVENTS_CREATED : EVENTS_UPDATED, now);
}

static bool counted(const char *line)
{
	struct buf out = BUF_ARENA(arena);

	events_metrics(e, &out);
	return str_contains(buf_slice(&out),
			    arena_fmt(arena, "backup_guard_events_total{result=%s\n", line));
}

Test(events, a_denial_is_told_at_once)
{
	cr_assert(nothing(NOW));
	deny(1, "wrong", NOW);
	cr_assert_eq(events_waiting(e), 1);
	struct events_task t = take(NOW);
	cr_assert(str_is(t.denial.namespace, "shop") && str_is(t.denial.name, "orders") &&
		  str_is(t.denial.message, "wrong"));
	cr_assert_eq(t.count, 1);
	cr_assert_eq(t.first, NOW / SECOND);
	cr_assert_eq(t.version.len, 0);
	cr_assert_eq(events_waiting(e), 0);
	written(t, NOW);
	cr_assert(nothing(NOW + 10 * PAUSE));
	cr_assert(counted("\"created\"} 1"));
}

Test(events, the_same_again_waits_for_the_pause_and_changes_the_event)
{
	deny(1, "old words", NOW);
	written(take(NOW), NOW);
	deny(1, "words", NOW + SECOND);
	deny(1, "new words", NOW + 2 * SECOND);
	cr_assert(nothing(NOW + PAUSE - 1));
	struct events_task t = take(NOW + PAUSE);
	cr_assert_eq(t.count, 2);
	cr_assert_eq(t.first, NOW / SECOND + 1);
	cr_assert_eq(t.last, NOW / SECOND + 2);
	cr_assert(str_is(t.denial.message, "new words"));
	cr_assert(str_is(t.version, "12"));
	cr_assert_eq(t.told, 1);
	written(t, NOW + PAUSE);
	cr_assert(counted("\"created\"} 1") && counted("\"updated\"} 1"));
}

Test(events, what_comes_while_it_is_written_is_told_the_next_time)
{
	deny(1, "", NOW);
	struct events_task t = take(NOW);
	deny(1, "", NOW);
	cr_assert(nothing(NOW + 10 * PAUSE), "one Event is written by nobody twice at a time");
	written(t, NOW);
	cr_assert_eq(take(NOW + PAUSE).count, 1);
}

Test(events, another_denial_does_not_wait_for_the_pause_of_the_first)
{
	deny(1, "", NOW);
	written(take(NOW), NOW);
	deny(1, "", NOW);
	deny(2, "", NOW);
	cr_assert_eq(take(NOW).denial.fingerprint, 2);
}

Test(events, many_at_once_are_a_burst_and_then_one_a_second)
{
	for (uint64_t i = 0; i < LIMIT_EVENTS; i++)
		deny(i, "", NOW);
	for (size_t i = 0; i < LIMIT_EVENTS_BURST; i++)
		written(take(NOW), NOW);
	cr_assert(nothing(NOW + SECOND - 1));
	written(take(NOW + SECOND), NOW + SECOND);
	cr_assert(nothing(NOW + SECOND));
	cr_assert(counted("\"created\"} 51") && counted("\"dropped\"} 0"));
}

Test(events, what_has_no_room_is_dropped_and_counted)
{
	for (uint64_t i = 0; i < LIMIT_EVENTS + 3; i++)
		deny(i, "", NOW);
	cr_assert_eq(events_waiting(e), LIMIT_EVENTS);
	cr_assert(counted("\"dropped\"} 3"));
	deny(0, "", NOW);
	cr_assert(counted("\"dropped\"} 3"), "what waits already needs no room");
	cr_assert_eq(take(NOW).count, 2);
	deny(LIMIT_EVENTS, "", NOW);
	cr_assert(counted("\"dropped\"} 4"), "nor is there any while one is written");
}

Test(events, the_one_told_longest_ago_is_forgotten_first)
{
	for (uint64_t i = 0; i < LIMIT_EVENTS; i++) {
		int64_t now = NOW + (int64_t)i * SECOND;

		deny(i, "", now);
		written(take(now), now);
	}
	const int64_t later = NOW + 1000 * SECOND;
	deny(0, "", later);
	written(take(later), later);
	deny(LIMIT_EVENTS, "", later); /* takes the place of 1 */
	cr_assert_eq(take(later).version.len, 0);
	deny(0, "", later);
	cr_assert(str_is(take(later + PAUSE).version, "12"));
	deny(1, "", later);
	cr_assert_eq(take(later).version.len, 0, "its Event is asked for again");
}

Test(events, an_api_server_that_does_not_answer_is_asked_three_times)
{
	int64_t now = NOW;

	deny(1, "", now);
	for (int i = 0; i < LIMIT_EVENTS_TRIES; i++, now += PAUSE) {
		struct events_task t = take(now);

		cr_assert_eq(t.count, i + 1, "what came meanwhile is counted, too");
		cr_assert_eq(t.first, NOW / SECOND);
		deny(1, "", now);
		events_done(e, &t, EVENTS_LATER, now);
		cr_assert(nothing(now + PAUSE - 1));
	}
	cr_assert(counted("\"failed\"} 1"));
	cr_assert_eq(take(now).count, 1, "the one that came last is another matter");
}

Test(events, what_is_refused_is_not_tried_again)
{
	deny(1, "", NOW);
	struct events_task t = take(NOW);
	events_done(e, &t, EVENTS_FAILED, NOW);
	cr_assert(nothing(NOW + 10 * PAUSE));
	cr_assert(counted("\"failed\"} 1"));
	deny(1, "", NOW);
	cr_assert(nothing(NOW), "and again only after the pause");
	cr_assert_eq(take(NOW + PAUSE).version.len, 0);
}

Test(events, in_the_drain_nothing_waits_for_its_pause)
{
	deny(1, "", NOW);
	written(take(NOW), NOW);
	deny(1, "", NOW);
	cr_assert(nothing(NOW));
	events_hurry(e);
	cr_assert_eq(take(NOW).told, 1);
	events_stop(e);
	cr_assert(events_stopped(e) && !events_wait(e));
}
