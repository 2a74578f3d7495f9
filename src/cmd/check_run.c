#include "cmd/check.h"

#include "base/limits.h"
#include "cmd/cmd.h"
#include "cmd/files.h"
#include "cmd/folders.h"

#include <string.h>

/* An object of ours, or a provider of a Secret of another kind: known, but not judged. */
struct member {
	struct object object;
	struct str file; /* as it is reported */
	struct member *next;
};

struct run {
	const struct check_input *in;
	struct report *report;
	struct folders *folders;
	struct arena *documents, *scratch;
	struct inventory *inventory;
	struct member *first, **last;
	struct str file; /* the one at hand */
	struct str namespace;
	bool is_patch; /* some kustomization says so */
};

static bool is_absent(struct obj root, const char *path)
{
	enum obj_type type = obj_type(obj_at(root, path));

	return type == OBJ_NONE || type == OBJ_NULL_VALUE;
}

/* It lacks what CloudNativePG itself insists on, so another document must bring it. `instances`
 * alone has a default: a Cluster with storage is whole without it. */
static bool is_part(const struct object *o)
{
	if (!is_absent(o->root, "$patch"))
		return true;
	if (o->kind == KIND_CLUSTER)
		return is_absent(o->root, "spec.instances") && is_absent(o->root, "spec.storage");
	return o->kind == KIND_OBJECT_STORE && is_absent(o->root, "spec.configuration");
}

static void keep(struct run *run, const struct object *object)
{
	struct member *m = ARENA_NEW(run->documents, struct member);

	m->object = *object;
	m->object.manifest = true;
	if (!m->object.namespace.len)
		m->object.namespace = run->namespace;
	m->file = run->file;
	*run->last = m;
	run->last = &m->next;
}

static void each_object(void *ctx, struct obj root)
{
	struct run *run = ctx;
	struct object object;
	struct provider provider;

	if (!object_read(root, &object)) {
		run->report->count.other_kinds++;
	} else if (object.kind == KIND_OTHER) {
		run->report->count.other_kinds++;
		if (provider_read(&object, run->documents, &provider))
			keep(run, &object);
	} else if (run->is_patch || is_part(&object)) {
		run->report->count.kustomize_patches++;
	} else {
		run->report->count.objects++;
		keep(run, &object);
	}
}

static struct str line_of(struct str text, uint32_t number)
{
	struct str rest = text, line = STR_EMPTY;

	for (uint32_t i = 0; i < number; i++)
		if (!str_split(&rest, '\n', &line))
			return STR_EMPTY;
	return line;
}

/* A line of a broken Secret may be its value, and a message that begins with a quote repeats one.
 */
static void add_error(struct run *run, struct str bytes, struct err *err)
{
	bool confidential = str_contains(bytes, STR("Secret"));
	struct str line = confidential ? STR_EMPTY : line_of(bytes, err->line);

	if (confidential && err->msg[0] == '\'')
		err_at(err, err->code, err->line, err->column, "this value must be quoted in YAML");
	report_add_error(run->report, run->file, err, line);
}

static void read_text(struct run *run, struct str bytes)
{
	struct doc_list docs;
	struct err err;

	if (!doc_read_yaml(run->documents, bytes, &docs, &err)) {
		if (check_is_template(bytes, err.line)) {
			run->report->count.helm_templates++;
			return;
		}
		add_error(run, bytes, &err);
	}
	for (size_t i = 0; i < docs.len; i++)
		engine_each_object(doc_root(docs.docs[i]), each_object, run);
}

static void read_file(struct run *run, const struct file *file)
{
	bool is_stdin = str_is(file->path, "-");
	struct str bytes;
	struct err err;

	run->file = is_stdin ? STR("<stdin>") : file->path;
	run->namespace = run->in->namespace;
	run->is_patch = false;
	if (file->error) {
		report_add_error(run->report, run->file, file->error, STR_EMPTY);
		return;
	}
	run->report->count.files++;
	if (!is_stdin) {
		const struct folder *folder = folders_of(run->folders, file->path);

		if (folder->helm_templates) {
			run->report->count.helm_templates++;
			return;
		}
		if (!run->namespace.len)
			run->namespace = folder->namespace;
		run->is_patch = folders_patches(run->folders, file->path);
	}
	struct arena_mark mark = arena_mark(run->documents);
	struct member **last = run->last;
	if (cmd_read_file(run->documents, file->path, LIMIT_FILE_BYTES, &bytes, &err))
		read_text(run, bytes);
	else
		report_add_error(run->report, run->file, &err, STR_EMPTY);
	if (last == run->last)
		arena_rewind(run->documents, mark);
}

static void judge(struct run *run, const struct member *m)
{
	struct verdict verdict;
	struct judge_request request = {.operation = OP_CREATE,
					.object = &m->object,
					.now = run->in->now,
					.inventory = run->inventory};

	if (m->object.kind == KIND_OTHER)
		return;
	engine_judge(run->in->policy, &request, run->scratch, &verdict);
	report_add_verdict(run->report, m->file, &m->object, &verdict);
	arena_reset(run->scratch);
}

void check_run(const struct check_input *in, struct report *out)
{
	CLEANUP(arena) struct arena *documents = arena_new(), *scratch = arena_new();
	struct run run = {.in = in, .report = out, .documents = documents, .scratch = scratch};
	struct file_list files;

	run.last = &run.first;
	run.folders = folders_new(out->arena);
	files_find(out->arena, in->paths, in->paths_len, &files);
	for (size_t i = 0; i < files.len; i++)
		if (!files.items[i].error && !str_is(files.items[i].path, "-"))
			folders_of(run.folders, files.items[i].path);
	for (size_t i = 0; i < files.len; i++)
		read_file(&run, &files.items[i]);
	folders_free(run.folders);
	run.inventory = inventory_new(documents);
	for (const struct member *m = run.first; m; m = m->next)
		inventory_add(run.inventory, &m->object, m->file, 0);
	inventory_settle(run.inventory);
	for (const struct member *m = run.first; m; m = m->next)
		judge(&run, m);
	report_sort(out);
}
