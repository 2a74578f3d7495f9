#include "input/files.h"

#include "base/buf.h"
#include "input/markdown.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
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
	const struct files_wanted *wanted;
	struct file_list *out;
	struct str root;   /* the operand at hand */
	const char **real; /* of each operand, without links; NULL until a link is met */
	bool outside;	   /* the folder at hand lies outside of all of them */
	void *seen;	   /* tsearch tree of struct id */
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

struct str files_relative(struct arena *a, struct str here, struct str path)
{
	struct buf out = BUF_ARENA(a);
	size_t same = 0, ups = 0;

	if (here.len == 1 && path.len > 1)
		return arena_str(a, str_slice(path, 1, path.len));
	for (size_t i = 0; i <= here.len && i <= path.len; i++) {
		bool own = i == here.len || here.ptr[i] == '/';

		if (own && (i == path.len || path.ptr[i] == '/'))
			same = i;
		if (i == here.len || i == path.len || here.ptr[i] != path.ptr[i])
			break;
	}
	if (!same)
		return arena_str(a, path);
	for (size_t i = same; i < here.len; i++)
		ups += here.ptr[i] == '/';
	for (size_t i = 0; i < ups; i++)
		buf_text(&out, "../");
	buf_str(&out, str_slice(path, same + 1, path.len));
	return out.len ? buf_slice(&out) : STR(".");
}

void files_add(struct arena *a, struct str path, struct file_list *l)
{
	if (l->len == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		struct file *grown = ARENA_ARRAY(a, struct file, l->cap);

		if (l->len)
			memcpy(grown, l->items, l->len * sizeof *grown);
		l->items = grown;
	}
	l->items[l->len++] = (struct file){.path = path};
}

static int by_file_path(const void *left, const void *right)
{
	const struct file *a = left, *b = right;

	return str_cmp(a->path, b->path);
}

void files_sort(struct file_list *list)
{
	if (list->len)
		qsort(list->items, list->len, sizeof *list->items, by_file_path);
}

static struct file *add(struct walk *w, struct str path)
{
	files_add(w->arena, path, w->out);
	struct file *added = &w->out->items[w->out->len - 1];
	added->outside = w->outside;
	return added;
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
	/* What tools keep there is not what is applied. */
	static const char *const never[] = {".",	  "..",		  ".git",
					    ".terraform", "node_modules", "vendor"};

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		if (strcmp(e->d_name, never[i]) == 0)
			return 0;
	return 1;
}

static bool matches(struct walk *w, struct str glob, struct str text)
{
	while (glob.len > 1 && glob.ptr[glob.len - 1] == '/')
		glob.len--;
	if (str_has_prefix(glob, STR("./")))
		glob = str_slice(glob, 2, glob.len);
	return fnmatch(arena_cstr(w->arena, glob), arena_cstr(w->arena, text), 0) == 0;
}

/* A glob is of a name, or with a slash of a path: as it is told, or from the operand. */
static bool is_excluded(struct walk *w, struct str path)
{
	struct str told = path, below = path;

	if (str_has_prefix(told, STR("./")))
		told = str_slice(told, 2, told.len);
	if (str_has_prefix(path, w->root) && path.len > w->root.len)
		below = str_slice(path, w->root.len + (path.ptr[w->root.len] == '/'), path.len);
	for (size_t i = 0; i < w->wanted->exclude_len; i++) {
		struct str glob = w->wanted->exclude[i];
		bool of_path = str_find_byte(str_slice(glob, 0, glob.len - 1), '/') != STR_NONE;

		if (of_path ? matches(w, glob, told) || matches(w, glob, below)
			    : matches(w, glob, files_name(path)))
			return true;
	}
	return false;
}

bool files_excluded(struct arena *a, const struct files_wanted *wanted, struct str path)
{
	struct walk w = {.arena = a, .wanted = wanted};
	bool excluded = false;

	for (struct str at = path; wanted->exclude_len && at.len > 1 && !excluded;) {
		struct str above = files_folder(at);

		excluded = is_excluded(&w, at);
		at = above.len < at.len ? above : STR_EMPTY;
	}
	return excluded;
}

static const char *real_path(struct walk *w, struct str path)
{
	char *real = realpath(arena_cstr(w->arena, path), NULL);
	const char *kept = real ? arena_cstr(w->arena, str_from(real)) : "";

	free(real);
	return kept;
}

/* What a link leads to lies in none of the operands. */
static bool is_outside(struct walk *w, struct str path)
{
	struct str at = str_from(real_path(w, path));
	size_t len = w->wanted->paths_len;

	if (!w->real) {
		w->real = ARENA_ARRAY(w->arena, const char *, len + 1);
		for (size_t i = 0; i < len; i++)
			w->real[i] = real_path(w, w->wanted->paths[i]);
	}
	for (size_t i = 0; i < len; i++) {
		struct str root = str_from(w->real[i]);

		if (str_eq(at, root) ||
		    (root.len && str_has_prefix(at, root) &&
		     (root.len == 1 || (at.len > root.len && at.ptr[root.len] == '/'))))
			return false;
	}
	return true;
}

static bool is_stdin(const struct stat *s)
{
	struct stat in;

	return fstat(STDIN_FILENO, &in) == 0 && in.st_dev == s->st_dev && in.st_ino == s->st_ino;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_manifest(struct str name)
{
	return str_has_suffix(name, STR(".yaml")) || str_has_suffix(name, STR(".yml")) ||
	       str_has_suffix(name, STR(".json")) || markdown_is(name);
}

static void walk_folder(struct walk *w, struct str folder, dev_t device);

static void walk_link(struct walk *w, struct str path, bool manifest)
{
	bool outside = w->outside;
	struct stat s;

	if (stat(path.ptr, &s) != 0) {
		if (manifest) /* it leads nowhere; what it is called decides whether that matters */
			add_error(w, path);
		return;
	}
	if (!S_ISDIR(s.st_mode) && (!manifest || !S_ISREG(s.st_mode) || is_stdin(&s)))
		return;
	if (stat_seen_before(w, &s))
		return;
	w->outside = is_outside(w, path);
	if (S_ISDIR(s.st_mode))
		walk_folder(w, path, s.st_dev);
	else
		add(w, path);
	w->outside = outside;
}

/* Most entries are plain files, and what readdir says about those is enough. */
static void walk_entry(struct walk *w, struct str folder, dev_t device, const struct dirent *e)
{
	struct str name = str_from(e->d_name);
	bool manifest = is_manifest(name);

	if (e->d_type == DT_REG
		    ? !manifest
		    : e->d_type != DT_DIR && e->d_type != DT_LNK && e->d_type != DT_UNKNOWN)
		return;
	struct str path = files_join(w->arena, folder, name);
	if (is_excluded(w, path))
		return;
	if (e->d_type != DT_REG)
		walk_link(w, path, manifest);
	else if (!seen_before(w, (struct id){device, e->d_ino, false}))
		add(w, path);
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
	w->root = path;
	if (S_ISDIR(s.st_mode))
		walk_folder(w, path, s.st_dev);
	else
		add(w, path); /* a pipe of <(kustomize build) too */
}

static void keep(void *id)
{
	(void)id; /* ids live in the arena */
}

void files_find(struct arena *a, const struct files_wanted *wanted, struct file_list *out)
{
	struct walk w = {.arena = a, .wanted = wanted, .out = out};

	*out = (struct file_list){0};
	for (size_t i = 0; i < wanted->paths_len; i++)
		find(&w, wanted->paths[i]);
	tdestroy(w.seen, keep);
}
