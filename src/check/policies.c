/* The policy of each file: the .backup-guard.yaml nearest above it. */
#include "internal.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "check/check.h"
#include "input/files.h"
#include "input/folders.h"
#include "policy/policy.h"
#include "policy/source.h"
#include "report/report.h"

#include <search.h>
#include <unistd.h>

/* One that was read, or the fallback. */
struct used {
	struct policy *policy; /* NULL: it is broken, and that was told */
	struct str name;       /* for people */
	size_t objects;
	struct used *next;
};

struct of_folder {
	const struct folder *folder;
	struct used *used;
};

struct policies {
	struct report *report;
	void *folders; /* tsearch tree of struct of_folder */
	struct used fallback, *last;
	bool nearest;
};

static int by_folder(const void *left, const void *right)
{
	const struct of_folder *a = left, *b = right;

	return (a->folder > b->folder) - (a->folder < b->folder);
}

static void keep(void *in_arena)
{
	(void)in_arena;
}

struct policies *policies_new(struct report *report, const struct policy *fallback, bool nearest)
{
	struct policies *p = ARENA_NEW(report->arena, struct policies);

	p->report = report;
	p->nearest = nearest;
	/* It is counted, but not ours to drop. */
	p->fallback.policy = (struct policy *)(uintptr_t)fallback;
	p->fallback.name = report->policy;
	p->last = &p->fallback;
	return p;
}

void policies_free(struct policies *p)
{
	tdestroy(p->folders, keep);
	for (struct used *u = p->fallback.next; u; u = u->next)
		policy_drop(u->policy);
}

/* As a person in the current folder calls it. */
static struct str told(const struct policies *p, struct str path)
{
	struct str here = p->report->here;

	if (here.len > 1 && str_has_prefix(path, here) && path.len > here.len &&
	    path.ptr[here.len] == '/')
		return str_slice(path, here.len + 1, path.len);
	return path;
}

static struct used *read_policy(struct policies *p, struct str path)
{
	struct arena *a = p->report->arena;
	struct used *u = ARENA_NEW(a, struct used);
	struct str bytes, name = told(p, path);
	struct err err;

	u->name = arena_fmt(a, "policy %.*s", STR_ARG(name));
	if (str_eq(arena_fmt(a, "policy %.*s", STR_ARG(path)), p->fallback.name))
		return &p->fallback;
	if (!file_read_regular(a, path, LIMIT_POLICY_BYTES, &bytes, &err) ||
	    !policy_from_yaml(bytes, &u->policy, &err)) {
		u->policy = NULL;
		report_add_error(p->report, name, &err, STR_EMPTY);
	}
	p->last->next = u;
	p->last = u;
	return u;
}

/* Recursion ends at the root of the repository. */
static struct used *find(struct policies *p, const struct folder *folder)
{
	struct arena *a = p->report->arena;
	struct of_folder key = {.folder = folder}, **found;
	struct str path;

	if (!folder || !p->nearest)
		return &p->fallback;
	found = tfind(&key, &p->folders, by_folder);
	if (found)
		return (*found)->used;
	path = files_join(a, str_from(folder->path), STR(POLICY_FILE_NAME));
	struct of_folder *new = ARENA_NEW(a, struct of_folder);
	new->folder = folder;
	new->used = access(path.ptr, F_OK) == 0 ? read_policy(p, path) : find(p, folder->above);
	if (!tsearch(new, &p->folders, by_folder))
		out_of_memory(sizeof *new);
	return new->used;
}

const struct policy *policies_of(struct policies *p, const struct folder *folder)
{
	struct used *u = find(p, folder);

	u->objects++;
	return u->policy;
}

const struct policy *check_policy(const struct check_placed *placed, const struct input_file *file)
{
	return policies_of(placed->policies, file->folder);
}

static bool names_profile(struct str list, struct str profile)
{
	struct str part;

	while (str_split(&list, ',', &part))
		if (str_eq(str_trim(part), profile))
			return true;
	return false;
}

void policies_tell(const struct policies *p)
{
	struct report *r = p->report;
	struct buf names = BUF_ARENA(r->arena), profiles = BUF_ARENA(r->arena);
	size_t used = 0;

	for (const struct used *u = &p->fallback; u; u = u->next)
		used += u->objects != 0;
	for (const struct used *u = &p->fallback; u; u = u->next) {
		if (!u->objects)
			continue;
		buf_fmt(&names, "%s%.*s", names.len ? ", " : "", STR_ARG(u->name));
		if (used > 1)
			buf_fmt(&names, ": %zu object%s", u->objects, u->objects == 1 ? "" : "s");
		struct str profile = u->policy ? policy_profile_name(u->policy) : STR_EMPTY;
		if (profile.len && !names_profile(buf_slice(&profiles), profile))
			buf_fmt(&profiles, "%s%.*s", profiles.len ? ", " : "", STR_ARG(profile));
	}
	if (names.len)
		r->policy = buf_slice(&names);
	if (profiles.len)
		r->profile = buf_slice(&profiles);
}
