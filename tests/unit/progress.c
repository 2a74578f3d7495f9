#include "cmd/progress.h"

#include <criterion/criterion.h>

Test(progress, begins_after_a_second_and_pauses)
{
	struct progress p = {.began = 5000};
	struct buf out CLEANUP(buf) = {0};

	cr_assert_not(progress_is_due(&p, 5999));
	cr_assert(progress_is_due(&p, 6000));
	progress_tell(&p, 6000, STR("read 7 of 9 files"), &out);
	cr_assert(str_is(buf_slice(&out), "\r\033[Kread 7 of 9 files"));
	cr_assert_not(progress_is_due(&p, 6099));
	cr_assert(progress_is_due(&p, 6100));
}

Test(progress, is_erased_when_it_was_told)
{
	struct progress p = {.began = 1};
	struct buf out CLEANUP(buf) = {0};

	progress_end(&p, &out);
	cr_assert_eq(out.len, 0);
	progress_tell(&p, 2000, STR("x"), &out);
	out.len = 0;
	progress_end(&p, &out);
	cr_assert(str_is(buf_slice(&out), "\r\033[K"));
	out.len = 0;
	progress_end(&p, &out);
	cr_assert_eq(out.len, 0, "once");
}
