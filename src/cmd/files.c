#include "cmd/files.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct id {
	dev_t device;
	ino_t inode;
};

struct walk {
	struct arena *arena;
	struct file_list *out;
	void *seen; /* tsearch tree of struct id */
};

struct str files_join(struct arena *a, struct str folder, struct str name)
{
	if (!folder.len || str_is(folder, "."))
		return arena_str(a, name);
	bool slash = folder.ptr[folder.len - 1] == '/';
	return arena_fmt(a, "%.*s%s%.*s", STR_ARG(folder), slash ? "" : "/", STR_ARG(name));
}

struct str files_folder(struct str path)
{
	while (path.len && path.ptr[path.len - 1] != '/')
		path.len--;
	if (path.len > 1)
		path.len--;
	return path;
}

struct str files_name(struct str path)
{
	size_t at = path.len;

	while (at && path.ptr[at - 1] != '/')
		at--;
	return str_slice(path, at, path.len);
}

struct str files_absolute(struct arena *a, struct str path)
{
	struct buf out = BUF_ARENA(a);
	struct str rest = path, part;

	if (!str_has_prefix(path, STR("/"))) {
		char *here = getcwd(NULL, 0);

		if (here)
			rest = arena_fmt(a, "%s/%.*s", here, STR_ARG(path));
		free(here);
	}
	while (str_split(&rest, '/', &part)) {
		if (!part.len || str_is(part, "."))
			continue;
		if (!str_is(part, "..")) {
			buf_byte(&out, '/');
			buf_str(&out, part);
			continue;
		}
		while (out.len && out.ptr[--out.len] != '/')
			;
	}
	return out.len ? buf_slice(&out) : STR("/");
}

static struct file *add(struct walk *w, struct str path)
{
	struct file_list *l = w->out;

	if (l->len == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		struct file *grown = ARENA_ARRAY(w->arena, struct file, l->cap);

		if (l->len)
			memcpy(grown, l->items, l->len * sizeof *grown);
		l->items = grown;
	}
	l->items[l->len] = (struct file){.path = path};
	return &l->items[l->len++];
}

static void add_error(struct walk *w, struct str path)
{
	struct err *e = ARENA_NEW(w->arena, struct err);
	const char *why = strerrordesc_np(errno);

	err_set(e, E_IO, "%s", why ? why : "cannot be read");
	add(w, path)->error = e;
}

static int compare_ids(const void *left, const void *right)
{
	const struct id *a = left, *b = right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (a->inode > b->inode) - (a->inode < b->inode);
}

/* Files with several names (nlink) are different files to their owner: a store that saves space
 * by links must not hide one. */
static bool seen_before(struct walk *w, const struct stat *s)
{
	struct id *id;

	if (!S_ISDIR(s->st_mode) && s->st_nlink > 1)
		return false;
	id = ARENA_NEW(w->arena, struct id);
	*id = (struct id){.device = s->st_dev, .inode = s->st_ino};
	struct id **slot = tsearch(id, &w->seen, compare_ids);
	if (!slot)
		out_of_memory(sizeof *id);
	return *slot != id;
}

static int is_wanted(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
	       strcmp(e->d_name, ".git") != 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_manifest(struct str name)
{
	return str_has_suffix(name, STR(".yaml")) || str_has_suffix(name, STR(".yml")) ||
	       str_has_suffix(name, STR(".json"));
}

static void walk_folder(struct walk *w, struct str folder);

static void walk_entry(struct walk *w, struct str folder, const struct dirent *e)
{
	struct str name = str_from(e->d_name);
	bool link = e->d_type == DT_LNK || e->d_type == DT_UNKNOWN;
	struct stat s;

	if (!is_manifest(name) && e->d_type != DT_DIR && !link)
		return;
	struct str path = files_join(w->arena, folder, name);
	if (stat(path.ptr, &s) != 0) {
		if (is_manifest(name)) /* a link to nowhere; what it is called decides */
			add_error(w, path);
		return;
	}
	if (S_ISDIR(s.st_mode)) {
		if (!seen_before(w, &s))
			walk_folder(w, path);
	} else if (S_ISREG(s.st_mode) && is_manifest(name) && !seen_before(w, &s)) {
		add(w, path);
	}
}

static void walk_folder(struct walk *w, struct str folder)
{
	struct dirent **entries;
	int len = scandir(folder.len ? folder.ptr : ".", &entries, is_wanted, by_name);

	if (len < 0) {
		add_error(w, folder);
		return;
	}
	for (int i = 0; i < len; i++) {
		walk_entry(w, folder, entries[i]);
		free(entries[i]);
	}
	free(entries);
}

static void find(struct walk *w, struct str path)
{
	struct stat s;

	if (str_is(path, "-")) {
		add(w, path);
		return;
	}
	path = arena_str(w->arena, path);
	if (stat(path.ptr, &s) != 0) {
		add_error(w, path);
		return;
	}
	while (path.len > 1 && path.ptr[path.len - 1] == '/' && S_ISDIR(s.st_mode))
		path.len--;
	path = arena_str(w->arena, path);
	if ((S_ISDIR(s.st_mode) || S_ISREG(s.st_mode)) && seen_before(w, &s))
		return;
	if (S_ISDIR(s.st_mode))
		walk_folder(w, path);
	else
		add(w, path); /* a pipe of <(kustomize build) too */
}

static void keep(void *id)
{
	(void)id; /* ids live in the arena */
}

void files_find(struct arena *a, const struct str *paths, size_t len, struct file_list *out)
{
	struct walk w = {.arena = a, .out = out};

	*out = (struct file_list){0};
	for (size_t i = 0; i < len; i++)
		find(&w, paths[i]);
	tdestroy(w.seen, keep);
}
