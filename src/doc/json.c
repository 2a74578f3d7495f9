/* A JSON text as an API server sends it, without places. */
#include "doc/doc.h"

#include "json_value_internal.h"

bool doc_read_json_within(struct arena *a, struct str bytes, const struct doc_bounds *bounds,
			  const struct doc **out, struct err *err)
{
	const unsigned char *from = (const unsigned char *)bytes.ptr;
	struct json_reader r = {
		.scan = {.text = bytes, .at = from, .end = from + bytes.len, .err = err},
		.arena = a,
		.left_out = bounds->left_out,
		.most = bounds->nodes,
	};
	struct doc *d;

	if (bytes.len > LIMIT_FILE_BYTES)
		return err_set(err, E_LIMIT, "more than %u bytes", LIMIT_FILE_BYTES);
	d = ARENA_NEW(a, struct doc);
	scan_blanks(&r.scan);
	if (!json_read_value(&r, &d->root))
		return false;
	scan_blanks(&r.scan);
	if (r.scan.at < r.scan.end)
		return scan_fail(&r.scan, "bytes after the end of the JSON value");
	if (!json_keys_differ(&r))
		return false;
	d->nul = r.scan.nul;
	*out = d;
	return true;
}

bool doc_read_json(struct arena *a, struct str bytes, const struct doc **out, struct err *err)
{
	struct doc_bounds bounds = {.nodes = LIMIT_NODES, .left_out = STR_EMPTY};

	return doc_read_json_within(a, bytes, &bounds, out, err);
}
