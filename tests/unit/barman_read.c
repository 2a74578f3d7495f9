/* What barman-cloud's commands make of a word. What they take was seen with Python's argparse and
 * the types of barman. */
#include "facts/barman.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct told {
	enum barman_is is[8];
	struct str value;
	size_t len;
};

static void tell(void *ctx, const struct barman_arg *arg)
{
	struct told *told = ctx;

	cr_assert(told->len < ARRAY_LEN(told->is));
	told->is[told->len++] = arg->is;
	told->value = arg->value;
}

static struct told read_line(enum barman_command command, const char *first, const char *second)
{
	struct barman_line line = {.command = command, .len = second ? 2 : 1};
	struct told told = {.len = 0};

	line.words[0] = str_from(first);
	line.words[1] = str_from(second);
	barman_read(&line, tell, &told);
	return told;
}

/* "--option=value", of all that are taken and none of the others. */
static void try_values(enum barman_command command, const char *option, const char *const *values,
		       bool good)
{
	for (; *values; values++) {
		char word[512];

		snprintf(word, sizeof word, "%s=%s", option, *values);
		struct told told = read_line(command, word, NULL);
		cr_expect_eq(told.len, 1, "%s", word);
		cr_expect_eq(told.is[0], good ? ARG_OPTION : ARG_BAD, "%s", word);
	}
}

#define GOOD(...) ((const char *const[]){__VA_ARGS__, NULL}), true
#define BAD(...) ((const char *const[]){__VA_ARGS__, NULL}), false

Test(barman_read, numbers_are_those_of_python)
{
	try_values(BARMAN_BACKUP, "--jobs", GOOD("1", "+1", " 2 ", "007"));
	try_values(BARMAN_BACKUP, "--jobs", BAD("0", "+0", "-1", "", "1.5", "four", "+"));
	try_values(BARMAN_BACKUP, "--keepalive-interval", GOOD("0", "-1", "+60"));
	try_values(BARMAN_BACKUP, "--keepalive-interval", BAD("", "x", "1s"));
	try_values(BARMAN_RESTORE, "--target-tli", GOOD("1", "+2", "latest", "current"));
	try_values(BARMAN_RESTORE, "--target-tli", BAD("0", "Latest", "", "first"));
}

Test(barman_read, sizes_have_a_unit_and_may_have_a_fraction)
{
	try_values(
		BARMAN_BACKUP, "--max-archive-size",
		GOOD("1", "4096", "1B", "1b", "1kB", "1KiB", "1.5GB", "0.5MiB", "10 MB", "1Yib"));
	try_values(BARMAN_BACKUP, "--max-archive-size",
		   BAD("0", "0B", "B", "iB", "kB", "kiB", "0kB", "1.B", "1.5B", "1.kB", ".5MB",
		       "1.xMB", "x.1MB", "5XB", "-1MB", "1M", ""));
}

Test(barman_read, a_level_is_a_word_or_digits_behind_hyphens)
{
	try_values(BARMAN_WAL_ARCHIVE, "--compression-level",
		   GOOD("1", "-1", "--1", "", "low", "MEDIUM", "High"));
	try_values(BARMAN_WAL_ARCHIVE, "--compression-level", BAD("1-", "-", "hig", "lows", "1.5"));
}

#define K32 "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
#define K128 K32 K32 K32 K32

Test(barman_read, a_tag_is_a_key_and_a_value_of_a_few_characters)
{
	try_values(BARMAN_WAL_ARCHIVE, "--tag",
		   GOOD("", "a,b", "a,", "Zz09 +-=._:/@,AZaz09 +-=._:/@", "aws,b", "aws-x,b",
			"a\tb,c\n", K128 ",v", "k," K128 K128, " " K128 " , " K128 K128 " "));
	try_values(BARMAN_WAL_ARCHIVE, "--tag",
		   BAD("a", ",b", " ,b", "aws:a,b", "AWS:a,b", "a;,b", "a,b;c", "a,b,c", "a`,b",
		       "a[,b", "a{,b", "a<,b", K128 "k,v", "k," K128 K128 "v"));
}

Test(barman_read, tags_are_a_line_of_csv)
{
	try_values(BARMAN_BACKUP, "--tags", GOOD("a,b", "\"a,b\",c", "\"a", "a,", ",b"));
	try_values(BARMAN_BACKUP, "--tags", BAD("a", "", "a,b,c"));
}

Test(barman_read, a_negative_number_is_a_value_and_no_option)
{
	static const char *const values[] = {"-1", "-12", "-.5", "-1.5", "-0.25", "-x y"};
	static const char *const unknown[] = {"-1.", "-1.x", "-x.1", "-.", "-1x", "-x"};

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		struct told told = read_line(BARMAN_BACKUP, "--gcp-zone", values[i]);

		cr_expect_eq(told.len, 1, "%s", values[i]);
		cr_expect_eq(told.is[0], ARG_OPTION, "%s", values[i]);
		cr_expect(str_is(told.value, values[i]), "%s", values[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
		struct told told = read_line(BARMAN_BACKUP, "--gcp-zone", unknown[i]);

		cr_expect_eq(told.len, 2, "%s", unknown[i]);
		cr_expect_eq(told.is[0], ARG_LACKS, "%s", unknown[i]);
		cr_expect_eq(told.is[1], ARG_UNKNOWN, "%s", unknown[i]);
	}
}
