#include "base/macros.h"

#include <stdio.h>
#include <stdlib.h>

void bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "backup-guard: bug at %s:%d: %s\n", file, line, what);
	abort();
}

void out_of_memory(size_t size)
{
	fprintf(stderr, "backup-guard: out of memory (%zu bytes)\n", size);
	_Exit(4); /* the system failed us (cmd/cmd.h) */
}
