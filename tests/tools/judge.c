/*
 * judge REVIEW.json COUNT: the microseconds of CPU time that one answer takes, the mean of COUNT.
 * For the benchmark, which builds it of an older commit as well: it uses only what both have.
 */
#include "base/file.h"
#include "base/limits.h"
#include "review/review.h"

#include <stdio.h>
#include <time.h>

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	CLEANUP(arena) struct arena *file = arena_new(), *a = arena_new();
	struct review_input input = {.now = 1787998830};
	struct review_outcome outcome;
	struct policy *policy;
	struct err err;
	int64_t count;
	double begin = 0;

	if (argc != 3 || !str_to_i64(str_from(argv[2]), &count) || count < 1 ||
	    !file_read(file, str_from(argv[1]), LIMIT_FILE_BYTES, &input.body, &err) ||
	    !policy_from_profile(STR("generic"), &policy, &err)) {
		fprintf(stderr, "usage: judge REVIEW.json COUNT\n");
		return 2;
	}
	for (int64_t i = -1; i < count; i++) { /* the first one is not measured */
		struct buf answer = BUF_ARENA(a);

		if (i == 0)
			begin = cpu_seconds();
		review_answer(policy, &input, a, &answer, &outcome);
		if (outcome.http_status != 200) {
			fprintf(stderr, "judge: %s is no AdmissionReview\n", argv[1]);
			return 3;
		}
		arena_reset(a);
	}
	printf("%.3f\n", (cpu_seconds() - begin) / (double)count * 1e6);
	policy_drop(policy);
	return 0;
}
