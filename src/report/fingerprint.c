#include "report/fingerprint.h"

#include "rules/rule.h"

#include <inttypes.h>
#include <stdlib.h>

void fingerprint_path(struct buf *out, struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		size_t end = i + 1;

		buf_byte(out, path.ptr[i]);
		if (path.ptr[i] != '[')
			continue;
		while (end < path.len && path.ptr[end] >= '0' && path.ptr[end] <= '9')
			end++;
		if (end < path.len && path.ptr[end] == ']')
			i = end - 1;
	}
}

static bool is_told(const struct report_finding *f)
{
	return f->finding.subject.len && !f->finding.confidential && !str_is(f->kind, "Secret");
}

void fingerprint_subject(struct buf *out, const struct report_finding *f)
{
	if (is_told(f))
		buf_fmt(out, "%016" PRIx64, str_hash(STR_HASH, f->finding.subject));
}

static uint64_t hash_of(const struct report_finding *f)
{
	struct buf path CLEANUP(buf) = {0};

	fingerprint_path(&path, f->finding.path);
	const struct str parts[] = {str_from(f->finding.rule->id),
				    f->file,
				    f->kind,
				    f->namespace,
				    f->name,
				    buf_slice(&path),
				    is_told(f) ? f->finding.subject : STR_EMPTY};
	uint64_t hash = STR_HASH;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		hash = str_hash(str_hash(hash, parts[i]), (struct str){"", 1});
	return f->context.len ? str_hash(hash, f->context) : hash;
}

void fingerprint_text(struct buf *out, const struct report_finding *f)
{
	buf_fmt(out, "%016" PRIx64, hash_of(f));
	if (f->nth > 1)
		buf_fmt(out, ":%" PRIu32, f->nth);
}

struct numbered {
	uint64_t hash;
	size_t at;
};

static int compare(const void *left, const void *right)
{
	const struct numbered *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

void fingerprint_number(struct report_findings *all)
{
	struct buf order CLEANUP(buf) = {0};

	for (size_t i = 0; i < all->len; i++)
		buf_add(&order, &(struct numbered){hash_of(&all->items[i]), i},
			sizeof(struct numbered));
	if (!all->len)
		return;
	struct numbered *n = (struct numbered *)(void *)order.ptr;
	qsort(n, all->len, sizeof *n, compare);
	uint64_t before = 0;
	uint32_t nth = 0;
	for (size_t i = 0; i < all->len; i++) {
		nth = nth && n[i].hash == before ? nth + 1 : 1;
		before = n[i].hash;
		all->items[n[i].at].nth = nth;
	}
}
