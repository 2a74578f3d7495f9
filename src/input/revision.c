#include "input/revision.h"

#include "base/buf.h"
#include "base/child.h"
#include "base/file.h"
#include "base/limits.h"
#include "input/markdown.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct work {
	struct arena *arena;
	const char *top; /* of the repository */
	struct revision *out;
	const struct str *wanted; /* the paths, in the repository */
	size_t wanted_len;
	struct revision_unread *unread;
	size_t unread_cap;
	struct err *err;
};

/* A file of the revision that may be read. */
struct blob {
	struct str path;
	struct blob *next;
};

/* The line that says why; advice may stand behind it, and warnings before. */
static struct str reason_in(struct str text)
{
	struct str line, last = STR("it failed without a word");

	while (str_split(&text, '\n', &line)) {
		if (str_has_prefix(line, STR("fatal: ")))
			return line;
		if (line.len)
			last = line;
	}
	return last;
}

/* A configuration may allow protocols one by one ("ext" runs a program), which `-c protocol.allow`
 * does not take back: the environment does. What git sets for a hook names the repository, the
 * tree and the index of the commit that is made, not those of the paths. */
static const char *const environment[] = {"GIT_NO_LAZY_FETCH=1",
					  "GIT_ALLOW_PROTOCOL=",
					  "GIT_TERMINAL_PROMPT=0",
					  "GIT_DIR",
					  "GIT_COMMON_DIR",
					  "GIT_WORK_TREE",
					  "GIT_IMPLICIT_WORK_TREE",
					  "GIT_PREFIX",
					  "GIT_INDEX_FILE",
					  "GIT_OBJECT_DIRECTORY",
					  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
					  "GIT_GRAFT_FILE",
					  "GIT_SHALLOW_FILE",
					  "GIT_REPLACE_REF_BASE",
					  "GIT_NO_REPLACE_OBJECTS",
					  "GIT_NAMESPACE",
					  NULL};

/* `words` end with NULL. */
static bool git(struct work *w, const char *folder, const char *const *words, struct str in,
		struct str *out)
{
	const char *argv[16] = {"git", "-C", folder};
	size_t len = 3;
	struct child_said said;
	const struct child_run run = {.argv = argv,
				      .in = in,
				      .seconds = LIMIT_GIT_SECONDS,
				      .bytes = LIMIT_GIT_BYTES,
				      .error_bytes = LIMIT_GIT_ERROR_BYTES,
				      .environment = environment};

	for (size_t i = 0; words[i]; i++) {
		BUG_IF(len + 1 >= ARRAY_LEN(argv));
		argv[len++] = words[i];
	}
	if (!child_run(w->arena, &run, &said, w->err))
		return false;
	*out = said.out;
	return said.good ||
	       err_set(w->err, E_VALUE, "git %s: %.*s", words[0], STR_ARG(reason_in(said.errors)));
}

static struct str line_of(struct str text)
{
	struct str line = STR_EMPTY;

	return str_split(&text, '\n', &line) ? line : STR_EMPTY;
}

/* The folder of a path, and its name there: empty of a folder itself. */
static const char *folder_of(struct arena *a, struct str path, struct str *name)
{
	const char *text = arena_cstr(a, path);
	struct stat st;

	*name = STR_EMPTY;
	if (stat(text, &st) == 0 && S_ISDIR(st.st_mode))
		return text;
	const char *slash = strrchr(text, '/');
	*name = slash ? str_from(slash + 1) : path;
	return file_folder(a, path);
}

/* Where a path is in its repository, which is that of the others. */
static bool place(struct work *w, struct str path, struct str *out)
{
	static const char *const top[] = {"rev-parse", "--show-toplevel", NULL};
	static const char *const prefix[] = {"rev-parse", "--show-prefix", NULL};
	struct str name, said, before;
	const char *folder = folder_of(w->arena, path, &name);

	if (str_is(path, "-"))
		return err_set(w->err, E_VALUE, "standard input is in no repository");
	if (!git(w, folder, top, STR_EMPTY, &said) || !git(w, folder, prefix, STR_EMPTY, &before))
		return false;
	const char *here = arena_cstr(w->arena, line_of(said));
	if (w->top && strcmp(w->top, here) != 0)
		return err_set(w->err, E_VALUE, "%.*s is in another repository than the others",
			       STR_ARG(path));
	w->top = here;
	*out = arena_fmt(w->arena, "%.*s%.*s", STR_ARG(line_of(before)), STR_ARG(name));
	return true;
}

/* What the input layer would look for, by its name: Markdown where it is asked for. */
static bool is_wanted(const struct work *w, struct str path)
{
	static const char *const endings[] = {".yaml", ".yml", ".json", "/Kustomization"};

	if (markdown_is(path))
		for (size_t i = 0; i < w->wanted_len; i++)
			if (str_eq(w->wanted[i], path))
				return true;
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (str_has_suffix(path, str_from(endings[i])))
			return true;
	return str_is(path, "Kustomization");
}

/* It stays in the folder that it is written to. */
static bool is_inside(struct str path)
{
	struct str part;

	while (str_split(&path, '/', &part))
		if (!part.len || str_is(part, ".") || str_is(part, "..") || str_is(part, ".git"))
			return false;
	return true;
}

/* It is one of the paths, or below one. */
static bool is_asked_for(const struct work *w, struct str path)
{
	for (size_t i = 0; i < w->wanted_len; i++) {
		struct str at = w->wanted[i];

		if (!at.len || str_eq(path, at) ||
		    (str_has_prefix(path, at) &&
		     (at.ptr[at.len - 1] == '/' || path.ptr[at.len] == '/')))
			return true;
	}
	return false;
}

static void leave_unread(struct work *w, struct str path, const char *why)
{
	struct revision *r = w->out;

	if (!is_asked_for(w, path))
		return; /* what needs it does not find it */
	if (r->unread_len == w->unread_cap) {
		struct revision_unread *more = ARENA_ARRAY(w->arena, struct revision_unread,
							   w->unread_cap = 2 * w->unread_cap + 8);
		for (size_t i = 0; i < r->unread_len; i++)
			more[i] = r->unread[i];
		r->unread = w->unread = more;
	}
	w->unread[r->unread_len++] = (struct revision_unread){arena_str(w->arena, path), why};
}

/* A link that leads to a folder, or to a manifest; of one that is gone only its name is known. */
static bool may_hold_manifests(const struct work *w, struct str path)
{
	struct stat st;

	return is_wanted(w, path) ||
	       stat(arena_fmt(w->arena, "%s/%.*s", w->top, STR_ARG(path)).ptr, &st) != 0 ||
	       S_ISDIR(st.st_mode);
}

/* "100644 blob OID     123\tPATH": its OID, of a file that is wanted. */
static bool read_entry(struct work *w, struct str entry, struct str *oid, struct str *path)
{
	size_t tab = str_find_byte(entry, '\t');
	struct str rest, mode, type, size;
	int64_t bytes;

	if (tab == STR_NONE)
		return false;
	*path = str_slice(entry, tab + 1, entry.len);
	rest = str_slice(entry, 0, tab);
	if (!str_split(&rest, ' ', &mode) || !str_split(&rest, ' ', &type) ||
	    !str_split(&rest, ' ', oid))
		return false;
	size = str_trim(rest);
	if (str_is(mode, "160000")) {
		leave_unread(w, *path, "is a submodule: what it holds there was not read");
		return false;
	}
	if (str_is(mode, "120000") && may_hold_manifests(w, *path))
		leave_unread(w, *path, "is a link: what it leads to there was not read");
	if (!str_has_prefix(mode, STR("100")) || !is_wanted(w, *path) || !is_inside(*path))
		return false;
	if (!str_to_i64(size, &bytes))
		leave_unread(w, *path, "is not in this clone, and nothing is fetched");
	else if (bytes > (int64_t)LIMIT_FILE_BYTES)
		leave_unread(w, *path, "is larger than what is read");
	else
		return true;
	return false;
}

static bool make_folders(struct work *w, const char *path, size_t from)
{
	char *text = (char *)(uintptr_t)arena_cstr(w->arena, str_from(path));

	for (char *slash = strchr(text + from, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(text, 0700) != 0 && errno != EEXIST)
			return err_set(w->err, E_IO, "%s: %s", text, strerrordesc_np(errno));
		*slash = '/';
	}
	return true;
}

static bool write_blob(struct work *w, struct str path, struct str text)
{
	struct str file = arena_fmt(w->arena, "%s/%.*s", w->out->folder, STR_ARG(path));

	return make_folders(w, file.ptr, strlen(w->out->folder) + 1) &&
	       (file_create(file.ptr, 0600, text, w->err) ||
		err_within(w->err, "%.*s: ", STR_ARG(path)));
}

/* "OID blob 123", a line, 123 bytes and another line's end; in the order in which they were asked
 * for. */
static bool write_blobs(struct work *w, const struct blob *blobs, struct str said)
{
	for (const struct blob *b = blobs; b; b = b->next) {
		size_t end = str_find_byte(said, '\n');
		struct str head = str_slice(said, 0, end == STR_NONE ? 0 : end), oid, type;
		int64_t bytes;

		if (!str_split(&head, ' ', &oid) || !str_split(&head, ' ', &type) ||
		    !str_is(type, "blob") || !str_to_i64(head, &bytes) || bytes < 0 ||
		    (uint64_t)bytes >= said.len - end)
			return err_set(w->err, E_VALUE, "git cat-file does not give %.*s",
				       STR_ARG(b->path));
		said = str_slice(said, end + 1, said.len);
		if (!write_blob(w, b->path, str_slice(said, 0, (size_t)bytes)))
			return false;
		said = str_slice(said, (size_t)bytes + 1, said.len);
	}
	return true;
}

static bool make_folder(struct work *w)
{
	const char *in = getenv("TMPDIR");
	struct str name = arena_fmt(w->arena, "%s/backup-guard-XXXXXX", in && *in ? in : "/tmp");
	char *folder = (char *)(uintptr_t)arena_cstr(w->arena, name);

	if (!mkdtemp(folder))
		return err_set(w->err, E_IO, "%s: %s", folder, strerrordesc_np(errno));
	w->out->folder = folder;
	/* the root of a repository, where the search for a policy ends */
	return make_folders(w, arena_fmt(w->arena, "%s/.git/", folder).ptr, strlen(folder) + 1);
}

static bool fill(struct work *w, const char *commit)
{
	const char *const tree[] = {"ls-tree", "-r", "-z", "-l", "--full-tree", commit, NULL};
	static const char *const cat[] = {"cat-file", "--batch", NULL};
	struct blob *first = NULL, **last = &first;
	struct buf wanted = BUF_ARENA(w->arena);
	struct str list, entry, oid, path, said;

	if (!git(w, w->top, tree, STR_EMPTY, &list))
		return false;
	while (str_split(&list, '\0', &entry)) {
		if (!read_entry(w, entry, &oid, &path))
			continue;
		*last = ARENA_NEW(w->arena, struct blob);
		(*last)->path = path;
		last = &(*last)->next;
		buf_fmt(&wanted, "%.*s\n", STR_ARG(oid));
	}
	return git(w, w->top, cat, buf_slice(&wanted), &said) && make_folder(w) &&
	       write_blobs(w, first, said);
}

static bool is_unread(const struct revision *r, struct str path)
{
	for (size_t i = 0; i < r->unread_len; i++)
		if (str_eq(r->unread[i].path, path))
			return true;
	return false;
}

bool revision_open(struct arena *a, struct str name, const struct str *paths, size_t paths_len,
		   struct revision *out, struct err *err)
{
	struct work w = {.arena = a, .out = out, .err = err};
	struct str *in = ARENA_ARRAY(a, struct str, paths_len + 1), said;
	struct str *absent = ARENA_ARRAY(a, struct str, paths_len + 1);
	struct str *there = ARENA_ARRAY(a, struct str, paths_len + 1);
	const char *commit = arena_fmt(a, "%.*s^{commit}", STR_ARG(name)).ptr;
	const char *const verify[] = {"rev-parse", "--verify", "--quiet", commit, NULL};

	*out = (struct revision){.paths = there, .absent = absent};
	if (!name.len || name.ptr[0] == '-' || str_find_byte(name, '\0') != STR_NONE)
		return err_set(err, E_VALUE, "'%.*s' is no revision", STR_ARG(name));
	for (size_t i = 0; i < paths_len; i++)
		if (!place(&w, paths[i], &in[i]))
			return false;
	if (!git(&w, w.top, verify, STR_EMPTY, &said))
		return err_set(err, E_VALUE, "'%.*s' is no folder, and no revision of %s",
			       STR_ARG(name), w.top);
	out->top = w.top;
	w.wanted = in;
	w.wanted_len = paths_len;
	if (!fill(&w, arena_cstr(a, line_of(said))))
		return false;
	for (size_t i = 0; i < paths_len; i++) {
		struct str path = arena_fmt(a, "%s/%.*s", out->folder, STR_ARG(in[i]));

		if (access(path.ptr, R_OK) == 0)
			there[out->paths_len++] = path;
		else if (!is_unread(out, in[i]))
			absent[out->absent_len++] = paths[i];
	}
	return true;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void revision_remove(struct revision *r)
{
	if (r->folder)
		nftw(r->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	r->folder = NULL;
}
