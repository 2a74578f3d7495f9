#include "webhook/memory.h"

#include "base/limits.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

void memory_tame(unsigned threads)
{
	if (threads == 1)
		mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, ARENA_LARGE_BLOCK);
	mallopt(M_TRIM_THRESHOLD, 2 * ARENA_LARGE_BLOCK);
}

static int forget(struct dl_phdr_info *info, size_t size, void *ctx)
{
	const ElfW(Addr) page = (ElfW(Addr))sysconf(_SC_PAGESIZE);

	(void)size, (void)ctx;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		ElfW(Addr) from = (info->dlpi_addr + p->p_vaddr) & ~(page - 1);

		if (p->p_type == PT_LOAD && (p->p_flags & PF_X) && !(p->p_flags & PF_W))
			madvise((void *)from, info->dlpi_addr + p->p_vaddr + p->p_memsz - from,
				MADV_DONTNEED);
	}
	return 0;
}

void memory_forget_code(void)
{
	dl_iterate_phdr(forget, NULL);
}
