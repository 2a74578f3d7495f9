/* One object of several roots: what is found in each of them is told once. */
#include "internal.h"

#include "report/report.h"

/* One place, told by one rule about one object: what differs is what the uses fill in. */
static bool is_same(const struct report_finding *told, const struct finding *f)
{
	const struct finding *a = &told->finding;
	struct str file = f->source ? doc_name(f->source) : STR_EMPTY;

	return a->rule == f->rule && a->severity == f->severity && a->pos.line == f->pos.line &&
	       a->pos.column == f->pos.column && str_eq(a->path, f->path) &&
	       (!file.len || str_eq(file, told->file));
}

void uses_drop_told(struct report *r, struct findings *all, struct report_findings *told,
		    size_t from, struct str root)
{
	size_t kept = 0, end = told->len;

	for (size_t i = 0; i < all->len; i++) {
		size_t j = from;

		while (j < end && !is_same(&told->items[j], &all->items[i]))
			j++;
		if (j < end)
			report_add_use(r, &told->items[j], root, all->items[i].fix);
		else
			all->items[kept++] = all->items[i];
	}
	all->len = kept;
}

void uses_note(struct report *r, struct report_findings *told, size_t from, struct str root)
{
	for (size_t i = from; i < told->len; i++)
		report_add_use(r, &told->items[i], root, told->items[i].finding.fix);
}
