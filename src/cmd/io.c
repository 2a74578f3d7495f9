/* Standard output. */
#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* strerror is not thread-safe in every C library; strerrordesc_np is, and returns literals. */
static const char *reason(int number)
{
	const char *text = strerrordesc_np(number);

	return text ? text : "unknown error";
}

bool cmd_print(struct str text)
{
	bool ok = fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0;

	if (!ok)
		fprintf(stderr, "%s: stdout: %s\n", PROGRAM, reason(errno));
	return ok;
}
