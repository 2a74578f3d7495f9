#include "report/origin.h"

#include "base/arena.h"

#define ANNOTATION "config.kubernetes.io/origin"

/* The value of a top-level key of the small YAML map that kustomize writes. */
static struct str value_of(struct str map, struct str key)
{
	struct str line;

	while (str_split(&map, '\n', &line))
		if (str_has_prefix(line, key))
			return str_trim(str_slice(line, key.len, line.len));
	return STR_EMPTY;
}

static struct str of_kustomize(struct arena *a, const struct object *o)
{
	struct str map = object_annotation(o, ANNOTATION);
	struct str path = value_of(map, STR("path:")), repo = value_of(map, STR("repo:"));
	struct str ref = value_of(map, STR("ref:"));

	if (!path.len) /* of a generator */
		path = value_of(map, STR("configuredIn:"));
	if (!path.len || !repo.len)
		return arena_str(a, path);
	return arena_fmt(a, "%.*s//%.*s%s%.*s", STR_ARG(repo), STR_ARG(path),
			 ref.len ? "?ref=" : "", STR_ARG(ref));
}

/* The comment lines right above the object, up to the line that opens its document. Helm's is the
 * first of them: others come from the template. */
static struct str of_helm(struct arena *a, const struct object *o)
{
	const struct str mark = STR("# Source: ");
	struct str found = STR_EMPTY;

	for (uint32_t n = obj_pos(o->root).line; n > 1; n--) {
		struct str line = str_trim(doc_line(obj_source(o->root), n - 1));

		if (line.len && line.ptr[0] != '#')
			break;
		if (str_has_prefix(line, mark))
			found = str_trim(str_slice(line, mark.len, line.len));
	}
	return arena_str(a, found);
}

struct str origin_of(struct arena *a, const struct object *o)
{
	struct str origin = of_kustomize(a, o);

	return origin.len ? origin : of_helm(a, o);
}
