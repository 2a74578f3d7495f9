#include "check/baseline.h"

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "input/files.h"
#include "report/fingerprint.h"
#include "rules/rule.h"

#include <stdlib.h>

#define VERSION 1

/* The fields of an entry, in the order in which entries are sorted and written. */
enum field { FILE_NAME, CONTEXT, KIND, NAMESPACE, NAME, RULE, PATH, VALUE, FIELDS };

static const char *const fields[] = {"file", "context", "kind", "namespace",
				     "name", "rule",	"path", "value"};

struct entry {
	struct str fields[FIELDS];
	bool used, gone; /* gone: its file was checked, and it was not used */
	size_t next;	 /* of the first of equal ones: the one to be used next */
};

struct baseline {
	struct arena *arena;
	struct str here, folder; /* the current one and that of the file, absolute */
	struct str context;	 /* of findings that name none */
	struct entry *entries;	 /* sorted */
	size_t len;
};

static int compare(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int by = 0;

	for (size_t i = 0; i < FIELDS && !by; i++)
		by = str_cmp(a->fields[i], b->fields[i]);
	return by;
}

/* "../x/a.yaml" for /r/x/a.yaml seen from /r/y; both without dots and double slashes. */
static struct str relative(struct arena *a, struct str folder, struct str path)
{
	struct buf out = BUF_ARENA(a);
	size_t common = 0, i = 0;

	if (folder.len == 1)
		folder.len = 0;
	for (; i < folder.len && i < path.len && folder.ptr[i] == path.ptr[i]; i++)
		if (folder.ptr[i] == '/')
			common = i;
	if (i == folder.len && i < path.len && path.ptr[i] == '/')
		common = i;
	for (size_t j = common; j < folder.len; j++)
		if (folder.ptr[j] == '/')
			buf_text(&out, "../");
	buf_str(&out, str_slice(path, common + 1, path.len));
	return buf_slice(&out);
}

static bool is_file(struct str name)
{
	return name.len && !str_is(name, "<stdin>");
}

static void settle(struct baseline *b, struct arena *a, struct str file)
{
	b->arena = a;
	b->here = files_here(a);
	b->folder = files_folder(files_absolute(a, b->here, file));
}

static struct entry entry_of(struct baseline *b, const struct report_finding *f)
{
	struct buf path = BUF_ARENA(b->arena), value = BUF_ARENA(b->arena);
	struct entry e = {.fields = {[FILE_NAME] = f->file,
				     [CONTEXT] = f->context.len ? f->context : b->context,
				     [KIND] = f->kind,
				     [NAMESPACE] = f->namespace,
				     [NAME] = f->name,
				     [RULE] = str_from(f->finding.rule->id)}};

	if (is_file(f->file))
		e.fields[FILE_NAME] =
			relative(b->arena, b->folder, files_absolute(b->arena, b->here, f->file));
	fingerprint_path(&path, f->finding.path);
	fingerprint_subject(&value, f);
	e.fields[PATH] = buf_slice(&path);
	e.fields[VALUE] = buf_slice(&value);
	return e;
}

static bool wrong(struct err *err, struct obj at, const char *what)
{
	struct pos pos = obj_key_pos(at).line ? obj_key_pos(at) : obj_pos(at);

	return err_at(err, E_VALUE, pos.line, pos.column, "%s", what);
}

static bool read_entry(struct obj item, struct entry *out, struct err *err)
{
	for (struct obj member = obj_first(item); member.node; member = obj_next(member)) {
		size_t i = 0;

		while (i < FIELDS && !str_is(obj_key(member), fields[i]))
			i++;
		if (i == FIELDS)
			return wrong(err, member, "is no key of an entry");
		if (obj_str(member, "", &out->fields[i]) != OBJ_SET)
			return wrong(err, member, "must be a string");
	}
	if (!out->fields[RULE].len || (!out->fields[FILE_NAME].len && !out->fields[NAME].len))
		return wrong(err, item, "an entry must have rule and file, or, of an audit, name");
	return true;
}

static bool read_root(struct baseline *b, struct obj root, struct err *err)
{
	struct obj list;
	int64_t version;

	if (obj_int(root, "version", &version) != OBJ_SET)
		return wrong(err, root, "is no baseline: it has no version");
	if (version != VERSION)
		return wrong(err, obj_at(root, "version"), "is of another version: write it again");
	if (obj_list(root, "findings", &list) != OBJ_SET)
		return wrong(err, root, "is no baseline: it has no list of findings");
	b->entries = ARENA_ARRAY(b->arena, struct entry, obj_len(list) + 1);
	for (struct obj item = obj_first(list); item.node; item = obj_next(item)) {
		struct entry *e = &b->entries[b->len];

		for (size_t i = 0; i < FIELDS; i++)
			e->fields[i] = STR_EMPTY;
		if (!read_entry(item, e, err))
			return false;
		b->len++;
	}
	return true;
}

static bool read_file(struct baseline *b, struct str file, struct err *err)
{
	struct doc_list docs;
	struct str bytes;

	if (!file_read(b->arena, file, LIMIT_FILE_BYTES, &bytes, err) ||
	    !doc_read_yaml(b->arena, bytes, &docs, err))
		return false;
	if (docs.len != 1)
		return err_set(err, E_VALUE, "is no baseline: it must hold one JSON object");
	return read_root(b, doc_root(docs.docs[0]), err);
}

static void sort(struct baseline *b)
{
	if (b->len)
		qsort(b->entries, b->len, sizeof *b->entries, compare);
	for (size_t i = 0; i < b->len; i++)
		b->entries[i].next = i;
}

bool baseline_read(struct arena *a, struct str file, struct baseline **out, struct err *err)
{
	struct baseline *b = ARENA_NEW(a, struct baseline);

	settle(b, a, file);
	if (!read_file(b, file, err))
		return err->line ? err_within(err, "%.*s:%u:%u: ", STR_ARG(file), err->line,
					      err->column)
				 : err_within(err, "%.*s: ", STR_ARG(file));
	sort(b);
	*out = b;
	return true;
}

/* The first entry that equals `e`; NULL when there is none. */
static struct entry *find(struct baseline *b, const struct entry *e)
{
	size_t from = 0, to = b->len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare(&b->entries[middle], e) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < b->len && compare(&b->entries[from], e) == 0 ? &b->entries[from] : NULL;
}

/* One entry covers one finding. */
static bool covers(void *ctx, const struct report_finding *f)
{
	struct baseline *b = ctx;
	struct entry e = entry_of(b, f), *first = find(b, &e);

	if (!first || first->next == b->len || compare(&b->entries[first->next], &e) != 0)
		return false;
	b->entries[first->next++].used = true;
	return true;
}

/* Sorted absolute paths. */
struct paths {
	struct str *items;
	size_t len;
	bool stdin_too;
};

static int by_text(const void *left, const void *right)
{
	const struct str *a = left, *b = right;

	return str_cmp(*a, *b);
}

static void paths_add(struct paths *p, struct baseline *b, struct str path)
{
	if (str_is(path, "-") || str_is(path, "<stdin>"))
		p->stdin_too = true;
	else
		p->items[p->len++] = files_absolute(b->arena, b->here, path);
}

static void paths_sort(struct paths *p)
{
	if (p->len)
		qsort(p->items, p->len, sizeof *p->items, by_text);
}

static bool paths_have(const struct paths *p, struct str path)
{
	return p->len && bsearch(&path, p->items, p->len, sizeof *p->items, by_text);
}

/* The path or a folder above it. */
static bool paths_hold(const struct paths *p, struct str path)
{
	while (path.len > 1) {
		if (paths_have(p, path))
			return true;
		path = files_folder(path);
	}
	return paths_have(p, path);
}

static bool is_gone(struct baseline *b, const struct entry *e, const struct paths *checked,
		    const struct paths *unreadable)
{
	struct str file = e->fields[FILE_NAME];

	if (e->used || !file.len)
		return false;
	if (!is_file(file))
		return checked->stdin_too && !unreadable->stdin_too;
	file = files_absolute(b->arena, b->folder, file);
	return paths_hold(checked, file) && !paths_hold(unreadable, file);
}

void baseline_apply(struct baseline *b, const struct str *paths, size_t paths_len, struct report *r)
{
	struct paths checked = {.items = ARENA_ARRAY(b->arena, struct str, paths_len + 1)};
	struct paths unreadable = {.items = ARENA_ARRAY(b->arena, struct str, r->errors.len + 1)};

	report_lower(r, covers, b);
	for (size_t i = 0; i < paths_len; i++)
		paths_add(&checked, b, paths[i]);
	for (size_t i = 0; i < r->errors.len; i++)
		paths_add(&unreadable, b, r->errors.items[i].file);
	paths_sort(&checked);
	paths_sort(&unreadable);
	for (size_t i = 0; i < b->len; i++) {
		b->entries[i].gone = is_gone(b, &b->entries[i], &checked, &unreadable);
		r->repaired += b->entries[i].gone;
	}
}

static bool is_among(struct str name, const struct str *names, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_eq(names[i], name))
			return true;
	return !len && !name.len;
}

bool baseline_is_of_others(const struct baseline *b, const struct baseline_live *in)
{
	for (size_t i = 0; i < b->len; i++)
		if (is_among(b->entries[i].fields[CONTEXT], in->contexts, in->contexts_len))
			return false;
	return b->len;
}

/* What was known by another name of a cluster is known by this. */
static void rename_contexts(struct baseline *b, const struct baseline_live *in)
{
	bool any = false;

	for (size_t i = 0; in->same && i < in->contexts_len; i++)
		for (size_t n = 0; in->same[i].len && n < b->len; n++) {
			struct str *own = &b->entries[n].fields[CONTEXT];

			if (str_eq(*own, in->contexts[i])) {
				*own = in->same[i];
				any = true;
			}
		}
	if (any)
		sort(b);
}

void baseline_apply_live(struct baseline *b, const struct baseline_live *in, struct report *r)
{
	b->context = r->context;
	rename_contexts(b, in);
	report_lower(r, covers, b);
	for (size_t i = 0; i < b->len && !r->errors.len; i++) {
		struct entry *e = &b->entries[i];

		e->gone = !e->used && !e->fields[FILE_NAME].len &&
			  (in->all || str_eq(e->fields[NAMESPACE], in->namespace)) &&
			  is_among(e->fields[CONTEXT], in->contexts, in->contexts_len);
		r->repaired += e->gone;
	}
}

/* One entry a line, so that a repaired one is a line less in the diff. */
static void print(const struct baseline *b, struct buf *out)
{
	buf_fmt(out, "{\"version\": %d, \"findings\": [", VERSION);
	for (size_t i = 0; i < b->len; i++) {
		struct json j = JSON(out);

		buf_text(out, i ? ",\n" : "\n");
		json_open(&j, '{');
		for (size_t f = 0; f < FIELDS; f++)
			if (b->entries[i].fields[f].len)
				json_key_str(&j, fields[f], b->entries[i].fields[f]);
		json_close(&j, '}');
	}
	buf_text(out, "\n]}\n");
}

static bool covers_all(void *ctx, const struct report_finding *f)
{
	(void)ctx;
	(void)f;
	return true;
}

/* What `old` covers, or knows nothing about, named from the folder of the new file. */
static void take_over(struct baseline *b, const struct baseline *old)
{
	b->entries = ARENA_ARRAY(b->arena, struct entry, old->len + 1);
	for (size_t i = 0; i < old->len; i++) {
		struct entry e = old->entries[i];
		struct str *file = &e.fields[FILE_NAME];

		if (e.gone)
			continue;
		if (is_file(*file))
			*file = relative(b->arena, b->folder,
					 files_absolute(b->arena, old->folder, *file));
		b->entries[b->len++] = e;
	}
}

static void take_all(struct baseline *b, const struct report_findings *all)
{
	b->entries = ARENA_ARRAY(b->arena, struct entry, all->len + 1);
	for (size_t i = 0; i < all->len; i++)
		b->entries[b->len++] = entry_of(b, &all->items[i]);
}

struct baseline *baseline_of(const struct report *r, struct str folder, struct str as)
{
	struct baseline *b = ARENA_NEW(r->arena, struct baseline);

	*b = (struct baseline){.arena = r->arena, .here = files_here(r->arena), .folder = folder};
	take_all(b, &r->findings);
	sort(b);
	b->folder = as;
	return b;
}

bool baseline_write(struct str file, const struct baseline *old, struct report *r, size_t *len,
		    struct err *err)
{
	struct baseline b = {.len = 0};
	struct buf text CLEANUP(buf) = {0};

	if (r->errors.len)
		return err_set(err, E_VALUE, "%.*s is not written: not everything could be read",
			       STR_ARG(file));
	settle(&b, r->arena, file);
	b.context = r->context;
	if (old)
		take_over(&b, old);
	else
		take_all(&b, &r->findings);
	sort(&b);
	print(&b, &text);
	*len = b.len;
	if (!file_replace(r->arena, file, NULL, buf_slice(&text), err))
		return err_within(err, "%.*s: ", STR_ARG(file));
	if (!old)
		report_lower(r, covers_all, NULL);
	r->repaired = 0;
	return true;
}
