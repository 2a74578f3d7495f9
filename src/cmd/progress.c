#include "cmd/progress.h"

#define FIRST_MS 1000
#define PAUSE_MS 100

bool progress_is_due(const struct progress *p, int64_t now)
{
	return now - p->began >= FIRST_MS && (!p->told || now - p->told >= PAUSE_MS);
}

void progress_tell(struct progress *p, int64_t now, struct str words, struct buf *out)
{
	p->told = now;
	buf_fmt(out, "\r\033[K%.*s", STR_ARG(words));
}

void progress_end(struct progress *p, struct buf *out)
{
	if (p->told)
		buf_text(out, "\r\033[K");
	p->told = 0;
}
