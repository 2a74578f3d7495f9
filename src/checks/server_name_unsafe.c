/* serverName as a part of a path. */
#include "cnpg/archive.h"
#include "rules/rule.h"

/* Legal, and only a warning. */
#define HOLDS_SLASH "holds '/'"

/* What is wrong with a server name as a part of a path; NULL when nothing is. */
static const char *unsafe(struct str name)
{
	struct str rest = name, part;

	if (!name.len)
		return "is empty";
	if (name.ptr[0] == '/')
		return "begins with '/'";
	for (size_t i = 0; i < name.len; i++) {
		unsigned char b = (unsigned char)name.ptr[i];

		if (b <= ' ' || b == 0x7f)
			return b == ' ' ? "holds a blank" : "holds a control character";
		if (b == '?' || b == '#')
			return b == '?' ? "holds '?'" : "holds '#'";
	}
	while (str_split(&rest, '/', &part)) {
		if (!part.len && rest.ptr)
			return "holds '//'";
		if (str_is(part, "..") || str_is(part, "."))
			return "has a part of dots only";
	}
	return str_find_byte(name, '/') == STR_NONE ? NULL : HOLDS_SLASH;
}

static bool is_name_byte(char b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
	       b == '-' || b == '_' || b == '.';
}

/* Its letters and digits, with hyphens between them; the Cluster's name when none are left. */
static struct str safe_name(const struct rule_ctx *c, struct str name)
{
	struct buf out = BUF_ARENA(c->arena);

	for (size_t i = 0; i < name.len; i++) {
		if (is_name_byte(name.ptr[i]) && (out.len || name.ptr[i] != '.'))
			buf_byte(&out, name.ptr[i]);
		else if (out.len && out.ptr[out.len - 1] != '-')
			buf_byte(&out, '-');
	}
	while (out.len && out.ptr[out.len - 1] == '-')
		out.len--;
	return out.len ? buf_slice(&out) : c->object->name;
}

static struct str after_last_slash(struct str name)
{
	struct str rest = name, part, last = name;

	while (str_split(&rest, '/', &part))
		last = part.len ? part : last;
	return last;
}

static void judge_server_name(const struct rule_ctx *c, struct obj at, struct str name,
			      struct str store)
{
	const char *what = unsafe(name);
	struct str good;

	if (!what || value_is_placeholder(name, NULL))
		return;
	struct finding *f = finding_add(c, at, "", "serverName '%.*s' %s", STR_ARG(name), what);
	if (!name.len)
		finding_effect(
			c, f,
			"base/ and wals/ lie at the root of ObjectStore %.*s, where those of any other server end up too",
			STR_ARG(store));
	else if (name.ptr[0] == '/')
		finding_effect(
			c, f,
			"barman drops the path of destinationPath: the archive lies in %.*s at the top of the bucket",
			STR_ARG(name));
	else if (str_is(str_from(what), HOLDS_SLASH))
		finding_effect(
			c, f,
			"a store with a longer destinationPath and serverName %.*s can lie in the same place",
			STR_ARG(after_last_slash(name)));
	else
		finding_effect(
			c, f,
			"it stands as it is in every object key, destinationPath/%.*s/wals, which other tools read differently or not at all",
			STR_ARG(name));
	if (str_is(str_from(what), HOLDS_SLASH))
		finding_at_most(f, SEV_WARN);
	good = safe_name(c, name);
	if (good.len)
		finding_fix(c, f, "serverName: %.*s", STR_ARG(good));
}

static void check_server_name_unsafe(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct str in_tree;

	if (ar->enabled_entries && !ar->place.server_default)
		judge_server_name(c, ar->place.server_at, ar->place.server, ar->place.store);
	if (obj_str(ar->in_tree, "serverName", &in_tree) == OBJ_SET && in_tree.len)
		judge_server_name(c, obj_at(ar->in_tree, "serverName"), in_tree, STR_EMPTY);
}

static const struct rule rows[] = {
	{
		.id = "server-name-unsafe",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_server_name_unsafe,
		.summary = "serverName leads out of the archive's place",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},
};

RULE_ROWS(server_name_unsafe);
