#include "cmd/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

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

bool progress_begin(struct progress *p)
{
	*p = (struct progress){.began = clock_coarse_ms()};
	return isatty(STDERR_FILENO);
}

void progress_write(const struct buf *out)
{
	if (!out->len)
		return;
	fwrite(out->ptr, 1, out->len, stderr);
	fflush(stderr);
}

/* The first request of each: it may be the one that takes long. */
static void tell_store(void *ctx, const struct probe *of, size_t n)
{
	struct progress *p = ctx;
	int64_t now = clock_coarse_ms();
	struct buf words CLEANUP(buf) = {0}, out CLEANUP(buf) = {0};

	if (!of) {
		progress_end(p, &out);
	} else if (n == 1 || progress_is_due(p, now)) {
		struct str name = of->store.len ? of->store : of->cluster;

		buf_text(&words, "asking ");
		buf_clean(&words, of->namespace);
		buf_text(&words, of->namespace.len ? "/" : "");
		buf_clean(&words, name);
		buf_fmt(&words, ", request %zu", n);
		progress_tell(p, now, buf_slice(&words), &out);
	}
	progress_write(&out);
}

struct probe_progress progress_of_stores(struct progress *p)
{
	return progress_begin(p) ? (struct probe_progress){tell_store, p}
				 : (struct probe_progress){0};
}

static void tell_list(void *ctx, enum kind kind, size_t n)
{
	struct progress *p = ctx;
	int64_t now = clock_coarse_ms();
	struct buf words CLEANUP(buf) = {0}, out CLEANUP(buf) = {0};

	if (kind == KIND_OTHER) {
		progress_end(p, &out);
	} else if (progress_is_due(p, now)) {
		buf_fmt(&words, "listed %zu %s", n, kind_api(kind)->plural);
		progress_tell(p, now, buf_slice(&words), &out);
	}
	progress_write(&out);
}

struct audit_progress progress_of_lists(struct progress *p)
{
	return progress_begin(p) ? (struct audit_progress){tell_list, p}
				 : (struct audit_progress){0};
}
