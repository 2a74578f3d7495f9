/* Who is not asked, as the configuration says it: to know, not to mend. */
#include "internal.h"

/* The words in single quotes of an expression: those it compares with. */
static struct str quoted_words(struct doctor *d, struct str expression)
{
	struct buf out = BUF_ARENA(d->arena);
	struct str word;

	for (bool inside = false; str_split(&expression, '\'', &word); inside = !inside)
		if (inside)
			buf_fmt(&out, "%s%.*s", out.len ? ", " : "", STR_ARG(word));
	return buf_slice(&out);
}

/* Another one than those shipped is a warning of the row conditions. */
static void tell_conditions(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		struct obj all = obj_at(d->hooks[i].root, "matchConditions");

		for (struct obj c = obj_first(all); c.node; c = obj_next(c))
			if (str_is(obj_text(c, "name"), "not-the-collector"))
				doctor_add(d, DOCTOR_INFO, NOWHERE,
					   "not asked about what %.*s does (matchConditions)",
					   STR_ARG(quoted_words(d, obj_text(c, "expression"))));
	}
}

void doctor_bypass(struct doctor *d)
{
	const struct str off = str_from(hook_mode_words[HOOK_NOT_SENT]);

	for (const struct place *p = d->places; p; p = p->next)
		if (p->mode == HOOK_NOT_SENT)
			doctor_add(d, DOCTOR_INFO, p->name, "%s",
				   str_eq(p->label, off) ? "not asked about: its label " MODE_LABEL
							   "=off"
							 : "not asked about: namespaceSelector");
	tell_conditions(d);
}
