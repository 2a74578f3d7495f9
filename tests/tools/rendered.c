/*
 * rendered FOLDER: what check makes of a kustomization, for comparison with what kustomize builds.
 * One line of JSON for each object of ours: {"file": where it is from, "object": it}; of what a
 * secretGenerator makes there is no file, and its names alone. Exit code 1
 * and the errors on stderr when kustomize would refuse to build.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "input/evaluate.h"
#include "input/kustomization.h"

#include <stdio.h>

struct run {
	struct arena *arena;
	struct catalog *catalog;
	struct input_file *file;
};

static void hold(void *ctx, struct obj root)
{
	struct run *run = ctx;
	struct object object;

	if (!object_read(root, &object))
		return;
	if (object.kind == KIND_OTHER && !catalog_wants(run->catalog, &object))
		object.root = (struct obj){0};
	catalog_hold(run->catalog, run->file, &object);
}

static void read_file(struct run *run, struct input_file *file, struct doc_budget *budget)
{
	struct doc_list docs;
	struct str text;
	struct err err;

	run->file = file;
	if (!file_read_regular(run->arena, str_from(file->path), LIMIT_FILE_BYTES, &text, &err) ||
	    !doc_read_yaml_within(run->arena, text, budget, &docs, &err)) {
		file->unknown = true;
		return;
	}
	doc_set_name(&docs, file->name);
	for (size_t i = 0; i < docs.len; i++)
		object_each(doc_root(docs.docs[i]), hold, run);
}

/* What a secretGenerator makes: of its keys nothing is said here. */
static void print_generated(const struct resource *r)
{
	CLEANUP(buf) struct buf out = {0};
	struct json json = JSON(&out);

	json_open(&json, '{');
	json_key(&json, "object");
	json_open(&json, '{');
	json_key_str(&json, "apiVersion", r->object.api_version);
	json_key_str(&json, "kind", r->object.kind_name);
	json_key(&json, "metadata");
	json_open(&json, '{');
	json_key_str(&json, "name", r->object.name);
	if (r->object.namespace.len)
		json_key_str(&json, "namespace", r->object.namespace);
	json_close(&json, '}');
	json_close(&json, '}');
	json_close(&json, '}');
	printf("%.*s\n", STR_ARG(buf_slice(&out)));
}

static void print(struct evaluation *e, struct resource *r)
{
	CLEANUP(buf) struct buf out = {0};
	struct json json = JSON(&out);

	if (r->secret)
		print_generated(r);
	if (!r->held || r->object.kind == KIND_OTHER || !resource_open(e, r))
		return;
	json_open(&json, '{');
	json_key_str(&json, "file", r->held->file->name);
	json_key(&json, "object");
	obj_json(r->object.root, &json);
	json_close(&json, '}');
	printf("%.*s\n", STR_ARG(buf_slice(&out)));
}

static bool print_made(struct evaluation *e, struct kustomization *k)
{
	struct made made;
	bool whole = evaluate(e, k, &made);

	for (struct resource *r = made.first; r && whole; r = r->next)
		print(e, r);
	for (const struct evaluation_error *error = e->errors; error; error = error->next)
		fprintf(stderr, "%.*s:%u:%u: %s\n", STR_ARG(error->file), error->err.line,
			error->err.column, error->err.msg);
	return whole;
}

int main(int argc, char **argv)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct doc_budget budget = DOC_BUDGET;
	struct str folder = str_from(argc == 2 ? argv[1] : NULL);
	struct files_wanted wanted = {.paths = &folder, .paths_len = 1};
	struct run run = {.arena = arena};
	struct file first, *items = &first;

	if (argc != 2) {
		fputs("usage: rendered FOLDER\n", stderr);
		return 2;
	}
	struct folders *folders = folders_new(arena, NULL);
	struct str path = files_absolute(arena, files_here(arena), folder);
	struct kustomization *k = folders_at(folders, arena_cstr(arena, path))->kustomization;
	if (!k || !k->docs.len) {
		fputs("there is no kustomization that can be read\n", stderr);
		folders_free(folders);
		return 1;
	}
	first = (struct file){.path = str_from(k->path)};
	struct file_list list = {.items = items, .len = 1, .cap = 1};
	catalog_complete(arena, folders, &wanted, &list);
	run.catalog = catalog_new(arena, folders, &list);
	for (size_t i = 0; i < list.len; i++)
		read_file(&run, &run.catalog->files[i], &budget);
	struct evaluation e = {.arena = arena,
			       .scratch = scratch,
			       .budget = &budget,
			       .catalog = run.catalog,
			       .strict = true};
	bool whole = print_made(&e, k);
	evaluation_release(&e);
	catalog_free(run.catalog);
	folders_free(folders);
	return whole ? 0 : 1;
}
