#include "report/uri.h"

struct str uri_relative(const struct report *r, struct str file)
{
	struct str here = r->here;

	if (here.len && str_has_prefix(file, here)) {
		struct str rest = str_slice(file, here.len, file.len);

		if (here.ptr[here.len - 1] == '/' || str_has_prefix(rest, STR("/")))
			file = rest.len && rest.ptr[0] == '/' ? str_slice(rest, 1, rest.len) : rest;
	}
	while (str_has_prefix(file, STR("./")))
		file = str_slice(file, 2, file.len);
	return file;
}

void uri_write(struct buf *out, struct str file)
{
	if (str_has_prefix(file, STR("/")))
		buf_text(out, "file://");
	buf_uri(out, file, "/"); /* a colon in its first segment would end a scheme */
}
