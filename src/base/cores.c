#include "base/cores.h"

#include "base/file.h"

#include <limits.h>
#include <sched.h>

/* Of the cgroup that a container sees as its root. */
#define CPU_MAX "/sys/fs/cgroup/cpu.max"
#define CPU_MAX_BYTES 64

unsigned cores_of_quota(struct str cpu_max)
{
	struct str rest = str_trim(cpu_max), quota;
	int64_t microseconds, period;

	if (!str_split(&rest, ' ', &quota) || !str_to_i64(quota, &microseconds) ||
	    !str_to_i64(rest, &period) || microseconds <= 0 || period <= 0 ||
	    microseconds / period >= UINT_MAX - 1)
		return UINT_MAX;
	return (unsigned)(microseconds / period + (microseconds % period != 0));
}

unsigned cores_usable(void)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = STR_EMPTY;
	struct err err;
	cpu_set_t set;
	unsigned cores = 1;

	if (sched_getaffinity(0, sizeof set, &set) == 0)
		cores = (unsigned)CPU_COUNT(&set);
	if (!file_read_regular(a, STR(CPU_MAX), CPU_MAX_BYTES, &text, &err))
		return cores;
	unsigned quota = cores_of_quota(text);
	return quota < cores ? quota : cores;
}
