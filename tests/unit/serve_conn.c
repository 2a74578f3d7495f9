#include "serve/conn.h"

#include "base/limits.h"

#include <criterion/criterion.h>

static bool late(enum conn_state state, int64_t age, bool pending, bool crowded)
{
	return conn_is_late(
		&(struct conn_look){.state = state, .age = age, .pending = pending, .whole = true},
		crowded);
}

Test(serve_conn, each_state_has_a_deadline)
{
	static const int64_t seconds[] = {[CONN_HANDSHAKE] = LIMIT_HANDSHAKE_SECONDS,
					  [CONN_IDLE] = LIMIT_IDLE_SECONDS,
					  [CONN_BUSY] = LIMIT_REQUEST_SECONDS};

	for (enum conn_state s = CONN_HANDSHAKE; s <= CONN_BUSY; s++) {
		cr_assert_not(late(s, seconds[s] * 1000, false, false), "state %d", (int)s);
		cr_assert(late(s, seconds[s] * 1000 + 1, false, false), "state %d", (int)s);
	}
}

Test(serve_conn, when_it_is_crowded_handshakes_go_soon_and_no_others)
{
	const int64_t soon = LIMIT_HANDSHAKE_CROWDED_SECONDS * 1000;

	cr_assert_not(late(CONN_HANDSHAKE, soon, false, true));
	cr_assert(late(CONN_HANDSHAKE, soon + 1, false, true));
	cr_assert_not(late(CONN_IDLE, soon + 1, false, true));
	cr_assert_not(late(CONN_BUSY, soon + 1, false, true));
}

Test(serve_conn, an_idle_one_with_a_request_on_its_way_is_not_cut_off)
{
	const int64_t age = LIMIT_IDLE_SECONDS * 2000;

	cr_assert_not(late(CONN_IDLE, age, true, false));
	cr_assert_not(late(CONN_IDLE, age, true, true));
	cr_assert(late(CONN_HANDSHAKE, age, true, false), "who stalls sends a little now and then");
	cr_assert(late(CONN_BUSY, age, true, false));
}

Test(serve_conn, who_waits_for_us_is_never_late)
{
	const struct conn_look look = {
		.state = CONN_WAITING, .age = LIMIT_IDLE_SECONDS * 10000, .left = -1};

	cr_assert_not(conn_is_late(&look, true));
	cr_assert(conn_is_active(&look));
}

Test(serve_conn, a_body_has_a_pace)
{
	struct conn_look look = {.state = CONN_BUSY, .left = 0};

	cr_assert_not(conn_is_late(&look, false));
	look.left = -1;
	cr_assert(conn_is_late(&look, false));
	look.pending = true;
	cr_assert_not(conn_is_late(&look, false), "it waits for us");
	look = (struct conn_look){.state = CONN_BUSY, .left = -1, .whole = true};
	cr_assert_not(conn_is_late(&look, false), "it has what it asked for");
	look = (struct conn_look){.state = CONN_IDLE, .left = -1};
	cr_assert_not(conn_is_late(&look, false), "that of the request before");
}

Test(serve_conn, who_was_used_least_goes_first)
{
	static const struct {
		struct conn_look look;
		int rank;
	} rows[] = {
		{{.state = CONN_HANDSHAKE, .age = CONN_QUIET_MS * 100}, 0},
		{{.state = CONN_IDLE, .age = CONN_COMING_MS - 1}, 0},
		{{.state = CONN_IDLE, .age = CONN_COMING_MS}, 2},
		{{.state = CONN_IDLE, .age = CONN_COMING_MS, .pending = true}, 0},
		{{.state = CONN_IDLE, .age = CONN_QUIET_MS - 1, .asked = true}, 0},
		{{.state = CONN_IDLE, .age = CONN_QUIET_MS, .asked = true}, 1},
		{{.state = CONN_WAITING, .age = CONN_QUIET_MS * 100}, 0},
		{{.state = CONN_BUSY, .age = CONN_COMING_MS - 1}, 0},
		{{.state = CONN_BUSY, .age = CONN_COMING_MS}, 2},
		{{.state = CONN_BUSY, .age = CONN_COMING_MS, .pending = true}, 0},
		{{.state = CONN_BUSY, .age = LIMIT_BODY_SECONDS * 1000, .whole = true}, 0},
		{{.state = CONN_BUSY, .age = LIMIT_BODY_SECONDS * 1000 + 1, .whole = true}, 2},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_assert_eq(conn_rank(&rows[i].look), rows[i].rank, "row %zu", i);
}

Test(serve_conn, it_is_quiet_when_nothing_has_happened_for_a_while)
{
	static const struct {
		struct conn_look look;
		bool active;
	} rows[] = {
		{{.state = CONN_IDLE, .age = CONN_QUIET_MS}, false},
		{{.state = CONN_IDLE, .age = CONN_QUIET_MS - 1}, true},
		{{.state = CONN_IDLE, .age = CONN_QUIET_MS, .pending = true}, true},
		{{.state = CONN_HANDSHAKE, .age = CONN_QUIET_MS}, false},
		{{.state = CONN_HANDSHAKE, .age = CONN_QUIET_MS - 1}, true},
		{{.state = CONN_BUSY, .age = CONN_QUIET_MS * 100}, true},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_assert_eq(conn_is_active(&rows[i].look), rows[i].active, "row %zu", i);
}

Test(serve_conn, a_new_one_goes_to_the_worker_with_the_fewest_and_of_those_to_the_next)
{
	cr_assert_eq(conn_worker((size_t[]){3, 1, 2}, 3, 0), 1u);
	cr_assert_eq(conn_worker((size_t[]){3, 1, 2}, 3, 1), 1u);
	cr_assert_eq(conn_worker((size_t[]){2, 2, 1}, 3, 2), 2u);
	cr_assert_eq(conn_worker((size_t[]){4, 4, 4}, 3, 0), 1u);
	cr_assert_eq(conn_worker((size_t[]){4, 4, 4}, 3, 2), 0u);
	cr_assert_eq(conn_worker((size_t[]){4, 5, 4}, 3, 0), 2u);
	cr_assert_eq(conn_worker((size_t[]){7}, 1, 0), 0u);
}
