#include "input/files.h"

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
	bool by_way; /* met through a link or named by the user, not in its folder */
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

struct str files_here(struct arena *a)
{
	char *here = getcwd(NULL, 0);
	struct str copy = arena_str(a, str_from(here));

	free(here);
	return copy;
}

struct str files_absolute(struct arena *a, struct str here, struct str path)
{
	struct buf out = BUF_ARENA(a);
	struct str rest = path, part;

	if (!str_has_prefix(path, STR("/")))
		rest = arena_fmt(a, "%.*s/%.*s", STR_ARG(here), STR_ARG(path));
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

/* Two names in folders are two files even when they share an inode: a store that saves space by
 * hard links must not hide one. */
static bool seen_before(struct walk *w, struct id found)
{
	struct id *id = ARENA_NEW(w->arena, struct id);

	*id = found;
	struct id **slot = tsearch(id, &w->seen, compare_ids);
	if (!slot)
		out_of_memory(sizeof *id);
	return *slot != id && ((*slot)->by_way || found.by_way);
}

static bool stat_seen_before(struct walk *w, const struct stat *s)
{
	return seen_before(w, (struct id){s->st_dev, s->st_ino, true});
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

static void walk_folder(struct walk *w, struct str folder, dev_t device);

static void walk_link(struct walk *w, struct str path, bool manifest)
{
	struct stat s;

	if (stat(path.ptr, &s) != 0) {
		if (manifest) /* it leads nowhere; what it is called decides whether that matters */
			add_error(w, path);
	} else if (S_ISDIR(s.st_mode)) {
		if (!stat_seen_before(w, &s))
			walk_folder(w, path, s.st_dev);
	} else if (S_ISREG(s.st_mode) && manifest && !stat_seen_before(w, &s)) {
		add(w, path);
	}
}

/* Most entries are plain files, and what readdir says about those is enough. */
static void walk_entry(struct walk *w, struct str folder, dev_t device, const struct dirent *e)
{
	struct str name = str_from(e->d_name);
	bool manifest = is_manifest(name);

	if (e->d_type == DT_REG && manifest) {
		if (!seen_before(w, (struct id){device, e->d_ino, false}))
			add(w, files_join(w->arena, folder, name));
	} else if (e->d_type == DT_DIR || e->d_type == DT_LNK || e->d_type == DT_UNKNOWN) {
		walk_link(w, files_join(w->arena, folder, name), manifest);
	}
}

static void walk_folder(struct walk *w, struct str folder, dev_t device)
{
	struct dirent **entries;
	int len = scandir(folder.ptr, &entries, is_wanted, by_name);

	if (len < 0) {
		add_error(w, folder);
		return;
	}
	for (int i = 0; i < len; i++) {
		walk_entry(w, folder, device, entries[i]);
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
	if ((S_ISDIR(s.st_mode) || S_ISREG(s.st_mode)) && stat_seen_before(w, &s))
		return;
	if (S_ISDIR(s.st_mode))
		walk_folder(w, path, s.st_dev);
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
