/* Where the text of a file of a run comes from. */
#include "internal.h"

#include "base/file.h"
#include "base/limits.h"

bool text_read(const struct check_input *in, struct arena *a, struct str path, struct str *out,
	       struct err *err)
{
	const struct check_listener *l = in->listener;

	if (in->text.ptr && str_is(path, "-")) {
		*out = in->text;
		return true;
	}
	return l && l->read ? l->read(l->ctx, a, path, out, err)
			    : file_read(a, path, LIMIT_FILE_BYTES, out, err);
}
