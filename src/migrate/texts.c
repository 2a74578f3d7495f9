/* The files, by their paths. */
#include "internal.h"

#include "base/file.h"
#include "input/kustomization.h"

#include <search.h>

bool texts_fill_in(struct str value)
{
	/* kustomize fills $(X) in where it is told to, a template {{ x }} by what is around it */
	return value_is_variable(value, NULL) && !str_contains(value, STR("$(")) &&
	       !str_contains(value, STR("{{"));
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct text *)a)->path, ((const struct text *)b)->path);
}

struct text *texts_find(struct migrate *m, struct str path)
{
	struct text key = {.path = path};
	struct text *const *found = tfind(&key, &m->texts, by_path);

	if (found)
		return *found;
	struct text *text = ARENA_NEW(m->arena, struct text);
	*text = (struct text){.path = arena_str(m->arena, path)};
	if (!tsearch(text, &m->texts, by_path))
		out_of_memory(sizeof(void *));
	return text;
}

void texts_note(struct text *text)
{
	static const char *const names[] = {"cnpg_collector_last_available_backup_timestamp",
					    "cnpg_collector_last_failed_backup_timestamp",
					    "cnpg_collector_first_recoverability_point"};
	struct str rest = text->original, line;

	text->metrics = 0;
	if (!str_contains(rest, STR("cnpg_collector_")))
		return;
	for (uint32_t n = 1; str_split(&rest, '\n', &line) && !text->metrics; n++)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (str_contains(line, str_from(names[i])))
				text->metrics = n;
}

static void tell_metrics(const void *node, VISIT visit, void *out)
{
	const struct text *text = *(struct text *const *)node;

	if ((visit != postorder && visit != leaf) || !text->metrics)
		return;
	buf_text(out, "  used in ");
	buf_clean(out, text->path);
	buf_fmt(out, ":%u\n", text->metrics);
}

void texts_tell_metrics(const struct migrate *m, struct buf *out)
{
	twalk_r(m->texts, tell_metrics, out);
}

static void leave_alone(void *text)
{
	(void)text; /* it lives in the arena */
}

void texts_free(struct migrate *m)
{
	tdestroy(m->texts, leave_alone);
}

static void forget(const void *node, VISIT visit, int depth)
{
	(void)depth;
	struct text *text = *(struct text *const *)node;

	if (visit != postorder && visit != leaf)
		return;
	text->new = (struct str){0};
	text->created = false; /* until it is planned again */
	text->lists = NULL;
}

void texts_forget(struct migrate *m)
{
	twalk(m->texts, forget);
}

/* It says that it includes the file, or a folder around it. */
static bool includes(const struct kustomization *k, struct str file)
{
	for (size_t i = 0; i < k->entries_len; i++) {
		struct str path = k->entries[i].path ? str_from(k->entries[i].path) : STR_EMPTY;

		if (path.len && str_has_prefix(file, path) &&
		    (file.len == path.len || file.ptr[path.len] == '/'))
			return true;
	}
	return false;
}

static const char *ungiven(struct migrate *m, const struct input_file *file)
{
	const struct catalog *c = m->placed->catalog;

	for (const struct folder *f = file->folder; f; f = f->above) {
		const struct kustomization *k = f->kustomization;

		if (k && !catalog_find(c, k->path) &&
		    (f == file->folder || includes(k, str_from(file->path))))
			return arena_cstr(
				m->arena,
				arena_fmt(
					m->arena,
					"what its kustomization makes of it is not seen, since that was not given: give the folder %.*s as PATH",
					STR_ARG(catalog_name(c, m->arena, f->path))));
	}
	return NULL;
}

void texts_ungiven(struct migrate *m)
{
	const struct catalog *c = m->placed->catalog;

	for (size_t i = 0; i < c->len; i++)
		if (c->files[i].holds)
			texts_find(m, c->files[i].name)->ungiven = ungiven(m, &c->files[i]);
}

const char *texts_closed(const struct text *text)
{
	if (str_is(text->path, "-") || str_is(text->path, "<stdin>"))
		return "standard input is not a file";
	if (text->outside)
		return "it is outside of what is given, and was only read";
	if (text->sealed)
		return "SOPS encrypted its file, and its checksum is of all that stands there";
	if (text->ungiven)
		return text->ungiven;
	if (!text->whole)
		return "a document of its file cannot be read";
	return NULL;
}

bool texts_sealed(const struct doc_list *docs)
{
	bool sealed = false;

	for (size_t i = 0; i < docs->len; i++)
		sealed |= obj_at(doc_root(docs->docs[i]), "sops").node != NULL;
	return sealed;
}

static const struct input_file *file_of(const struct migrate *m, struct str name)
{
	const struct catalog *c = m->placed->catalog;

	for (size_t i = 0; i < c->len; i++)
		if (str_eq(c->files[i].name, name))
			return &c->files[i];
	return NULL;
}

/* A kustomization, which is read with its folder. */
static bool read_original(struct migrate *m, struct text *text, const struct input_file *file)
{
	struct err err;

	if (!file || !file_read(m->arena, text->path, LIMIT_FILE_BYTES, &text->original, &err)) {
		text->original = (struct str){0};
		return false;
	}
	text->outside = file->outside;
	text->whole = true;
	texts_note(text);
	return true;
}

struct text *texts_open(struct migrate *m, struct str path)
{
	struct text *text = texts_find(m, path);
	struct err err;

	if (text->again)
		return text;
	const struct input_file *file = file_of(m, path);
	text->again = file && file->holds && text->docs.len; /* else it was not kept */
	if (text->again)
		return text;
	if (!text->original.ptr && !read_original(m, text, file))
		return NULL;
	text->bytes = text->original;
	text->inner = NULL;
	text->again = doc_read_yaml(m->arena, text->bytes, &text->docs, &err);
	text->sealed = text->again && texts_sealed(&text->docs);
	return text->again ? text : NULL;
}

static bool is_at(struct obj at, struct pos pos, enum obj_type type)
{
	struct pos own = obj_pos(at);

	return own.line == pos.line && own.column == pos.column && obj_type(at) == type;
}

static bool find_at(struct written *w, struct obj around, struct pos pos, enum obj_type type)
{
	for (struct obj m = obj_first(around); m.node; m = obj_next(m)) {
		w->parent = around;
		w->at = m;
		if (is_at(m, pos, type) || find_at(w, m, pos, type))
			return true; /* as deep as LIMIT_DEPTH at most */
	}
	return false;
}

/* What this string holds, read once. NULL: it cannot be read. */
static const struct doc_list *read_inside(struct migrate *m, struct text *text, struct obj inside)
{
	struct doc_budget budget = DOC_BUDGET;
	struct inner *i = text->inner;
	struct err err;

	while (i && i->inside.node != inside.node)
		i = i->next;
	if (i)
		return &i->docs;
	i = ARENA_NEW(m->arena, struct inner);
	*i = (struct inner){.inside = inside, .next = text->inner};
	if (!doc_read_embedded(m->arena, &inside, &budget, &i->docs, &err))
		return NULL;
	text->inner = i;
	return &i->docs;
}

/* In a string that holds YAML in lines of its own. */
static bool find_inside(struct migrate *m, struct written *w, struct obj around, struct pos pos,
			enum obj_type type)
{
	for (struct obj s = obj_first(around); s.node; s = obj_next(s)) {
		if (obj_pos(s).line > pos.line || obj_pos(s).end_line < pos.line)
			continue;
		if (find_inside(m, w, s, pos, type))
			return true;
		w->embedded = obj_type(s) == OBJ_STRING && obj_pos(s).line < pos.line
				      ? read_inside(m, w->text, s)
				      : NULL;
		w->inside = s;
		for (size_t i = 0; w->embedded && i < w->embedded->len; i++) {
			w->root = doc_root(w->embedded->docs[i]);
			if (find_at(w, w->root, pos, type))
				return true;
		}
	}
	w->inside = (struct obj){0};
	return false;
}

bool texts_written(struct migrate *m, struct obj applied, struct written *out)
{
	struct pos pos = obj_pos(applied);

	*out = (struct written){.text = texts_open(m, doc_name(obj_source(applied)))};
	for (size_t i = 0; out->text && pos.line && i < out->text->docs.len; i++) {
		struct obj root = doc_root(out->text->docs.docs[i]);

		out->root = root;
		if (find_at(out, root, pos, obj_type(applied)) ||
		    find_inside(m, out, root, pos, obj_type(applied)))
			return true;
	}
	return false;
}
