#include "tree.h"

struct str doc_line(const struct doc *d, uint32_t line)
{
	if (!line || line > d->lines)
		return STR_EMPTY;
	size_t from = d->starts[line - 1], to = line < d->lines ? d->starts[line] : d->text.len;

	while (to > from && (d->text.ptr[to - 1] == '\n' || d->text.ptr[to - 1] == '\r'))
		to--;
	return str_slice(d->text, from, to);
}

bool doc_has_nul(const struct doc *d)
{
	return d->nul;
}
