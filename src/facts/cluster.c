#include "facts/cluster.h"

#include "base/arena.h"
#include "facts/store.h"

#include <inttypes.h>

/* PostgreSQL 10 was the first with one number; one appears each year. */
#define MAJOR_LEAST 10
#define MAJOR_MOST 29

bool cluster_archives_by_plugin(const struct rule_ctx *c)
{
	return archive_by_plugin(c->archive);
}

void cluster_in_tree_place(const struct rule_ctx *c, struct buf *out)
{
	buf_str(out, obj_text(c->archive->in_tree, "destinationPath"));
	buf_text(out, ", server ");
	buf_str(out, archive_in_tree_server(c->archive->in_tree, c->object->name));
}

void cluster_place(const struct rule_ctx *c, const struct archive_place *place, struct buf *out)
{
	const struct known *store = c->view ? view_store(c->view, c->object, place) : NULL;
	struct str path = store ? obj_text(store->object.root, "spec.configuration.destinationPath")
				: STR_EMPTY;

	path = store_url_shown(c->arena, path);
	if (path.len)
		buf_fmt(out, "%.*s, server %.*s (ObjectStore %.*s)", STR_ARG(path),
			STR_ARG(place->server), STR_ARG(place->store));
	else
		buf_fmt(out, "ObjectStore %.*s, server %.*s", STR_ARG(place->store),
			STR_ARG(place->server));
}

bool cluster_skips_empty_check(const struct rule_ctx *c)
{
	return object_has_annotation(c->object, "cnpg.io/skipEmptyWalArchiveCheck", "enabled");
}

/* As IsReplica has it (cnpg api/v1/cluster_funcs.go). */
bool cluster_is_replica(const struct object *cluster)
{
	struct obj replica = obj_at(cluster->root, "spec.replica");
	struct str self = obj_text(replica, "self");
	bool enabled;

	if (obj_type(replica) != OBJ_MAP)
		return false;
	if (obj_bool(replica, "enabled", &enabled) == OBJ_SET)
		return enabled;
	return !str_eq(obj_text(replica, "primary"), self.len ? self : cluster->name);
}

bool cluster_follows_source(const struct rule_ctx *c)
{
	return c->archive->replica.named && cluster_is_replica(c->object);
}

bool cluster_is_bootstrapped(const struct rule_ctx *c)
{
	return !c->creating || obj_text(c->root, "status.currentPrimary").len;
}

struct str cluster_next_name(struct arena *a, struct str name)
{
	size_t digits = name.len;
	int64_t n;

	while (digits && name.ptr[digits - 1] >= '0' && name.ptr[digits - 1] <= '9')
		digits--;
	if (str_has_suffix(str_slice(name, 0, digits), STR("-v")) &&
	    str_to_i64(str_slice(name, digits, name.len), &n) && n < INT64_MAX)
		return arena_fmt(a, "%.*s%" PRId64, (int)digits, name.ptr, n + 1);
	return arena_fmt(a, "%.*s-v2", STR_ARG(name));
}

struct str cluster_image_tag(struct str image)
{
	struct str rest = image, part, last = STR_EMPTY, tag = STR_EMPTY;
	size_t at = str_find_byte(image, '@');

	if (at != STR_NONE)
		rest = str_slice(image, 0, at);
	while (str_split(&rest, '/', &part))
		last = part;
	at = str_find_byte(last, ':');
	if (at != STR_NONE)
		tag = str_slice(last, at + 1, last.len);
	return tag;
}

/* The number at the front of a tag: 17.2-bookworm, 16-3.4. 0 when there is none that is a major of
 * PostgreSQL: tags of others begin with their own version. */
static int64_t leading_number(struct str tag)
{
	size_t end = 0;
	int64_t n = 0;

	while (end < tag.len && tag.ptr[end] >= '0' && tag.ptr[end] <= '9')
		end++;
	if (end < tag.len && tag.ptr[end] != '.' && tag.ptr[end] != '-' && tag.ptr[end] != '_')
		return 0;
	return str_to_i64(str_slice(tag, 0, end), &n) && n >= MAJOR_LEAST && n <= MAJOR_MOST ? n
											     : 0;
}

int64_t cluster_major(const struct object *cluster, const char **at)
{
	int64_t n = 0;

	*at = "spec.imageCatalogRef.major";
	if (obj_int(cluster->root, *at, &n) == OBJ_SET)
		return n;
	*at = "spec.imageName";
	return leading_number(cluster_image_tag(obj_text(cluster->root, *at)));
}

/* A time as PostgreSQL reads it: a number, blanks, a unit (none: seconds). In milliseconds. */
static bool read_pg_time(struct str text, double *ms)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = {{"", 1e3},	   {"us", 1e-3}, {"ms", 1},   {"s", 1e3},
		     {"min", 6e4}, {"h", 36e5},	 {"d", 864e5}};
	double number = 0, digit = 1;
	size_t i = 0;

	text = str_trim(text);
	for (bool point = false; i < text.len; i++) {
		char b = text.ptr[i];

		if (b == '.' && !point)
			point = true;
		else if (b < '0' || b > '9')
			break;
		else if (point)
			number += (b - '0') * (digit /= 10);
		else
			number = number * 10 + (b - '0');
	}
	for (size_t u = 0; i && u < ARRAY_LEN(units); u++) {
		if (str_is(str_trim(str_slice(text, i, text.len)), units[u].name)) {
			*ms = number * units[u].ms;
			return true;
		}
	}
	return false;
}

bool cluster_archive_timeout(const struct rule_ctx *c, struct str *text, double *ms)
{
	return obj_str(c->root, CLUSTER_ARCHIVE_TIMEOUT, text) == OBJ_SET &&
	       read_pg_time(*text, ms);
}

bool cluster_is_hibernated(const struct object *cluster)
{
	return object_has_annotation(cluster, "cnpg.io/hibernation", "on");
}

bool cluster_is_off(const struct object *cluster)
{
	return cluster_is_hibernated(cluster) || cluster_is_replica(cluster);
}
