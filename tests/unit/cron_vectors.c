/* Every answer of the real library in $SHARED/vectors/cron.tsv, column by column. */
#include "base/utc.h"
#include "doc/json_text.h"
#include "cron/cron.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum column {
	CLASS,
	SPEC,
	RESULT,
	ERRCLASS,
	ERROR,
	WORDS,
	SETS,
	TIMES,
	TIMES_LEN = 5,
	WEEK = TIMES + TIMES_LEN,
	LONG,
	SHORTEST,
	LONGEST,
	COLUMNS
};

static struct str read_text(struct arena *a, struct str cell)
{
	struct buf bytes = BUF_ARENA(a);
	struct str out = STR_EMPTY;

	if (json_text(a, cell, &out))
		return out;
	cr_assert(str_has_prefix(cell, STR("hex:")));
	for (size_t i = 4; i + 2 <= cell.len; i += 2) {
		char digits[3] = {cell.ptr[i], cell.ptr[i + 1], '\0'};

		buf_byte(&bytes, (char)strtoul(digits, NULL, 16));
	}
	return buf_slice(&bytes);
}

static void write_sets(const struct cron *c, struct buf *out)
{
	if (c->every) {
		buf_fmt(out, "every:%" PRId64, c->every);
		return;
	}
	for (int f = 0; f < CRON_FIELDS_LEN; f++)
		buf_fmt(out, "%s%s%" PRIx64, f ? "," : "", c->star[f] ? "*" : "", c->set[f]);
}

static void write_three(const struct cron *c, int64_t t, struct buf *out)
{
	char text[UTC_TEXT];

	for (int i = 0; i < 3; i++) {
		buf_text(out, i ? " " : "");
		if (!cron_next(c, t, &t)) {
			buf_text(out, "never");
			return;
		}
		buf_text(out, utc_format(t, text));
	}
}

static void write_number(int64_t n, struct buf *out)
{
	if (n)
		buf_fmt(out, "%" PRId64, n);
	else
		buf_byte(out, '-');
}

/* What the library answers, as the cells after the spec, with tabs between. */
static void write_answer(struct arena *a, struct str spec, const int64_t *times, struct buf *out)
{
	const int64_t week = utc_days(2026, 6, 1) * UTC_DAY, year = utc_days(2026, 1, 1) * UTC_DAY;
	struct buf error = BUF_ARENA(a);
	struct cron c;
	enum cron_error e = cron_parse(spec, &c, &error);

	buf_fmt(out, "%s\t%s\t", e ? "error" : "ok", cron_error_name(e));
	if (e)
		buf_str(out, buf_slice(&error));
	else
		buf_byte(out, '-');
	buf_fmt(out, "\t%zu\t", cron_words(spec));
	if (e) {
		buf_text(out, "-\t-\t-\t-\t-\t-\t-\t-\t-\t-");
		return;
	}
	write_sets(&c, out);
	for (size_t i = 0; i < TIMES_LEN; i++) {
		buf_byte(out, '\t');
		write_three(&c, times[i], out);
	}
	struct cron_gaps g = cron_gaps(&c, year, 400);
	buf_fmt(out, "\t%" PRId64 "\t%" PRId64 "\t", cron_gaps(&c, week, 7).activations,
		g.activations);
	write_number(g.shortest, out);
	buf_byte(out, '\t');
	write_number(g.longest, out);
}

static void split(struct str line, struct str cells[COLUMNS])
{
	int at = 0;

	while (at < COLUMNS && str_split(&line, '\t', &cells[at]))
		at++;
	cr_assert_eq(at, COLUMNS);
}

static void compare(struct arena *a, struct str line, const int64_t *times)
{
	struct str cells[COLUMNS];
	struct buf want = BUF_ARENA(a), got = BUF_ARENA(a);

	split(line, cells);
	for (int i = RESULT; i < COLUMNS; i++) {
		bool is_text = i == ERROR && !str_is(cells[i], "-");

		buf_text(&want, i > RESULT ? "\t" : "");
		buf_str(&want, is_text ? read_text(a, cells[i]) : cells[i]);
	}
	write_answer(a, read_text(a, cells[SPEC]), times, &got);
	cr_assert(str_eq(buf_slice(&want), buf_slice(&got)), "%.*s\nwant %.*s\ngot  %.*s",
		  STR_ARG(cells[SPEC]), STR_ARG(buf_slice(&want)), STR_ARG(buf_slice(&got)));
}

static FILE *open_vectors(struct arena *a)
{
	const char *folder = getenv("SHARED");
	FILE *file = NULL;

	if (folder)
		file = fopen(arena_cstr(a, arena_fmt(a, "%s/vectors/cron.tsv", folder)), "r");
	return file;
}

Test(cron_vectors, every_answer_is_that_of_the_library)
{
	CLEANUP(arena) struct arena *a = arena_new();
	FILE *file = open_vectors(a);
	char *line = NULL;
	size_t cap = 0, lines = 0;
	ssize_t len;
	int64_t times[TIMES_LEN];

	if (!file)
		cr_skip("SHARED names no folder with vectors");
	while ((len = getline(&line, &cap, file)) > 0) {
		struct str text = {line, (size_t)len - (line[len - 1] == '\n')};
		struct str cells[COLUMNS];

		if (lines++) {
			arena_reset(a);
			compare(a, text, times);
			continue;
		}
		split(text, cells);
		for (size_t i = 0; i < TIMES_LEN; i++)
			cr_assert(utc_parse(cells[TIMES + i], &times[i]));
	}
	cr_assert_gt(lines, 1);
	free(line);
	fclose(file);
}
