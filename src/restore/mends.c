/* What must be written into the manifest before it is applied. */
#include "internal.h"

#include "facts/cluster.h"

#include <inttypes.h>

struct unfilled {
	size_t len;
	struct str first;
};

static void look_for_unfilled(struct obj o, struct unfilled *u)
{
	if (obj_type(o) == OBJ_STRING && value_is_variable(obj_text(o, ""), NULL) && !u->len++)
		u->first = obj_text(o, "");
	for (struct obj m = obj_first(o); m.node; m = obj_next(m))
		look_for_unfilled(m, u); /* as deep as LIMIT_DEPTH at most */
}

/* Where no image is named, that which runs is written down. */
static int64_t image_major(const struct restore *r)
{
	struct obj root = restore_cluster(r)->root;
	int64_t n = 0;
	const char *at;

	if (restore_names_image(r))
		return cluster_major(restore_cluster(r), &at);
	return obj_int(root, "status.pgDataImageInfo.majorVersion", &n) == OBJ_SET ? n : 0;
}

bool restore_other_major(const struct restore *r, struct majors *out)
{
	*out = (struct majors){.image = image_major(r),
			       .base = r->plan.known ? backup_major(r->plan.base) : 0};
	return out->image && out->base && out->image != out->base;
}

bool restore_is_unsaved(const struct restore *r, struct majors *out)
{
	if (!restore_other_major(r, out) || out->image < out->base)
		return false;
	for (size_t i = 0; i < r->catalogue->backups_len; i++) {
		const struct backup *b = &r->catalogue->backups[i];

		if (b->known && b->info.status == BACKUP_DONE && backup_major(b) == out->image)
			return false;
	}
	return true;
}

bool restore_is_other_system(const struct restore *r)
{
	struct str own = obj_text(restore_cluster(r)->root, "status.systemID");
	struct majors m;

	return own.len && r->plan.known && r->plan.base->info.system_id.len &&
	       !restore_other_major(r, &m) && !catalogue_has_system(r->catalogue, own);
}

bool restore_may_take_place(const struct restore *r, struct err *err)
{
	struct majors m;

	if (r->in_place && restore_is_other_system(r))
		return err_set(
			err, E_VALUE,
			"base backup %.*s is of another database system than Cluster %.*s (status.systemID): what that has is in its volumes alone, and would go with them: make a base backup first (kubectl cnpg backup), or restore beside it, under another name",
			STR_ARG(r->plan.base->id), STR_ARG(restore_cluster(r)->name));
	return !r->in_place || !restore_is_unsaved(r, &m) ||
	       err_set(err, E_VALUE,
		       "no base backup of PostgreSQL %" PRId64
		       " is known, which Cluster %.*s is of: what was written since its upgrade from %" PRId64
		       " is in its volumes alone, and would go with them: make a base backup first (kubectl cnpg backup), or restore beside it, under another name",
		       m.image, STR_ARG(restore_cluster(r)->name), m.base);
}

static void add(struct restore *r, struct str text)
{
	BUG_IF(r->mends_len == ARRAY_LEN(r->mends));
	r->mends[r->mends_len++] = text;
}

void restore_list_mends(struct restore *r)
{
	struct unfilled u = {0};
	struct majors majors;

	look_for_unfilled(obj_at(restore_cluster(r)->root, "spec"), &u);
	if (u.len)
		add(r,
		    arena_fmt(
			    r->arena,
			    "%zu value%s of its spec %s filled in by who applies it, such as %.*s: fill %s in before kubectl does",
			    u.len, u.len == 1 ? "" : "s", u.len == 1 ? "is" : "are",
			    STR_ARG(u.first), u.len == 1 ? "it" : "them"));
	if (!restore_names_image(r) && !obj_text(restore_cluster(r)->root, "status.image").len)
		add(r,
		    STR("it names no image: write the imageName that runs (kubectl get clusters.postgresql.cnpg.io -o yaml has it as status.image), since the operator's default may be of another major version now, which cannot open these files"));
	if (restore_other_major(r, &majors))
		add(r,
		    arena_fmt(r->arena,
			      "base backup %.*s is of PostgreSQL %" PRId64
			      ", and its image of %" PRId64
			      ", which does not start from it: write an imageName of %" PRId64,
			      STR_ARG(r->plan.base->id), majors.base, majors.image, majors.base));
	if (r->use->changed)
		add(r,
		    STR("a plugin of its kustomization changes it in a way that is not known: compare with what is live"));
}
