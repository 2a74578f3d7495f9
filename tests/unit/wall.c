#include "wall.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct wall wall_build(struct str text)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = (text.len + page - 1) / page * page + page;
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	BUG_IF(map == MAP_FAILED);
	char *from = map + size - page - text.len;
	if (text.len)
		memcpy(from, text.ptr, text.len);
	BUG_IF(mprotect(map + size - page, page, PROT_NONE) != 0);
	return (struct wall){map, size, {from, text.len}};
}

void wall_fall(struct wall *w)
{
	munmap(w->map, w->size);
}
