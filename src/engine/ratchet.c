#include "engine/ratchet.h"

#include "base/arena.h"
#include "doc/copy.h"
#include "rules/exemption.h"

/* Of CloudNativePG (pkg/utils/labels_annotations.go): each changes how backups behave. Ours change
 * what is silenced. */
static const char *const behaviour[] = {
	"cnpg.io/validation",	   "cnpg.io/skipEmptyWalArchiveCheck",
	"cnpg.io/hibernation",	   "cnpg.io/skipWalArchiving",
	"cnpg.io/fencedInstances", EXEMPTION_ALLOW,
	EXEMPTION_REASON,	   EXEMPTION_EXPIRES,
};

static bool same(const struct object *a, const struct object *b, const char *path)
{
	return obj_equal(obj_at(a->root, path), obj_at(b->root, path));
}

bool ratchet_unchanged(const struct object *old, const struct object *new)
{
	for (size_t i = 0; i < ARRAY_LEN(behaviour); i++)
		if (!str_eq(object_annotation(old, behaviour[i]),
			    object_annotation(new, behaviour[i])))
			return false;
	if (new->kind == KIND_SECRET)
		return same(old, new, "data") && same(old, new, "stringData") &&
		       same(old, new, "type") && same(old, new, "metadata.labels");
	return same(old, new, "spec");
}

const struct object *ratchet_awake(const struct object *old, struct arena *arena)
{
	struct object *awake;
	struct copy c;

	if (old->kind != KIND_SCHEDULED_BACKUP || !obj_true(old->root, "spec.suspend", false))
		return NULL;
	awake = ARENA_NEW(arena, struct object);
	*awake = *old;
	awake->root = doc_root(copy_begin(&c, arena));
	for (struct obj e = obj_first(old->root); e.node; e = obj_next(e))
		if (!str_is(obj_key(e), "spec"))
			copy_member(&c, e);
	copy_open(&c, "spec");
	for (struct obj e = obj_first(obj_at(old->root, "spec")); e.node; e = obj_next(e))
		if (!str_is(obj_key(e), "suspend"))
			copy_member(&c, e);
	copy_close(&c);
	return awake;
}

/* Compares without the numbers in brackets: an entry that moved in its list is the same entry. */
static bool same_path(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	while (i < a.len && j < b.len) {
		if (a.ptr[i] != b.ptr[j])
			return false;
		bool index = a.ptr[i] == '[';
		i++, j++;
		if (!index)
			continue;
		while (i < a.len && a.ptr[i] >= '0' && a.ptr[i] <= '9')
			i++;
		while (j < b.len && b.ptr[j] >= '0' && b.ptr[j] <= '9')
			j++;
	}
	return i == a.len && j == b.len;
}

static bool same_finding(const struct finding *a, const struct finding *b)
{
	return a->rule == b->rule && str_eq(a->subject, b->subject) && same_path(a->path, b->path);
}

bool ratchet_was_there(const struct findings *before, const struct finding *f)
{
	for (size_t i = 0; i < before->len; i++)
		if (same_finding(f, &before->items[i]))
			return true;
	return false;
}

void ratchet_add(struct findings *before, const struct findings *more, struct arena *arena)
{
	const struct findings first = *before;

	for (size_t i = 0; i < more->len; i++)
		if (!ratchet_was_there(&first, &more->items[i]))
			*findings_append(before, arena) = more->items[i];
}

void ratchet_lower(struct findings *now, const struct findings *before, struct arena *arena)
{
	bool *used = ARENA_ARRAY(arena, bool, before->len + 1);

	for (size_t i = 0; i < now->len; i++) {
		struct finding *f = &now->items[i];

		for (size_t j = 0; j < before->len; j++) {
			if (used[j] || !same_finding(f, &before->items[j]))
				continue;
			used[j] = true;
			if (f->severity > SEV_WARN)
				f->severity = SEV_WARN;
			break;
		}
	}
}
