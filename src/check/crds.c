/* The CRDs of what runs, or is to run, in files. */
#include "check/check.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "cnpg/schema.h"
#include "input/files.h"

struct crds {
	struct schema_reader *reader;
	bool failed;
	struct err *err;
};

static void take(void *ctx, struct obj document)
{
	struct crds *c = ctx;

	if (!c->failed && !schema_read(c->reader, document, c->err))
		c->failed = true;
}

static bool read_file(struct arena *a, struct str path, struct crds *c)
{
	struct doc_list docs;
	struct str bytes;

	if (!file_read(a, path, LIMIT_FILE_BYTES, &bytes, c->err))
		return err_within(c->err, "%.*s: ", STR_ARG(path));
	if (!doc_read_yaml(a, bytes, &docs, c->err))
		c->failed = true;
	for (size_t i = 0; i < docs.len && !c->failed; i++)
		object_each(doc_root(docs.docs[i]), take, c);
	if (!c->failed)
		return true;
	if (!c->err->line)
		return err_within(c->err, "%.*s: ", STR_ARG(path));
	return err_within(c->err, "%.*s:%u:%u: ", STR_ARG(path), c->err->line, c->err->column);
}

bool check_crds(struct arena *a, struct str path, const struct schema **out, struct err *err)
{
	struct crds crds = {.reader = schema_reader_new(a), .err = err};
	struct files_wanted wanted = {.paths = &path, .paths_len = 1};
	struct file_list files = {0};

	files_find(a, &wanted, &files);
	for (size_t i = 0; i < files.len; i++) {
		if (files.items[i].error) {
			*err = *files.items[i].error;
			return err_within(err, "%.*s: ", STR_ARG(files.items[i].path));
		}
		if (!read_file(a, files.items[i].path, &crds))
			return false;
	}
	*out = schema_read_end(crds.reader);
	return *out || err_set(err, E_VALUE,
			       "%.*s: no CustomResourceDefinition of CloudNativePG or the plugin",
			       STR_ARG(path));
}
