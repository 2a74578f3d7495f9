/* What is found: added to the report, raised, mended. */
#include "internal.h"

#include <stdarg.h>

struct doctor_finding *doctor_add(struct doctor *d, enum doctor_level level, struct str where,
				  const char *fmt, ...)
{
	struct doctor_report *r = d->report;
	va_list args;

	va_start(args, fmt);
	struct str message = arena_vfmt(d->arena, fmt, args);
	va_end(args);
	for (struct doctor_finding *f = r->first; f; f = f->next) {
		if (f->check != d->row || f->level != level || !str_eq(f->message, message))
			continue;
		if (where.len && !str_eq(f->last, where))
			buf_fmt(&f->where, "%s%.*s", f->where.len ? ", " : "", STR_ARG(where));
		f->last = where;
		return f;
	}
	struct doctor_finding *f = ARENA_NEW(d->arena, struct doctor_finding);
	f->check = d->row;
	f->level = level;
	f->message = message;
	f->where = BUF_ARENA(d->arena);
	buf_str(&f->where, where);
	f->last = where;
	r->counts[level]++;
	*r->last = f;
	r->last = &f->next;
	return f;
}

enum doctor_level doctor_worst(const struct doctor *d, const char *row)
{
	enum doctor_level worst = DOCTOR_OK;

	for (const struct doctor_finding *f = d->report->first; f; f = f->next)
		if (f->level > worst && str_is(str_from(f->check), row))
			worst = f->level;
	return worst;
}

void doctor_raise(struct doctor *d, struct doctor_finding *f)
{
	d->report->counts[f->level]--;
	f->level = DOCTOR_ERROR;
	d->report->counts[f->level]++;
}

struct doctor_finding *doctor_add_fix(struct doctor_finding *f, struct doctor *d, const char *fmt,
				      ...)
{
	va_list args;

	va_start(args, fmt);
	f->fix = arena_vfmt(d->arena, fmt, args);
	va_end(args);
	return f;
}
