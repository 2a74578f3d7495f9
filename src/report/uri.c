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

/* A colon too: in the first segment of a relative path it would end a scheme. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
}

void uri_write(struct buf *out, struct str file)
{
	if (str_has_prefix(file, STR("/")))
		buf_text(out, "file://");
	for (size_t i = 0; i < file.len; i++) {
		if (is_plain(file.ptr[i]))
			buf_byte(out, file.ptr[i]);
		else
			buf_fmt(out, "%%%02X", (unsigned char)file.ptr[i]);
	}
}
