/* serverName as a part of a path. */
#include "cnpg/archive.h"
#include "rules/rule.h"

#define PART_MOST 255 /* bytes of a name on a file system, on which many a store keeps its keys */

/* What is wrong with a server name as a part of a path. */
struct fault {
	const char *what; /* NULL: nothing */
	enum {
		AT_THE_ROOT,
		REPLACES_PATH,
		IS_AN_OPTION,
		COLLAPSES,
		/* They work, and are only warnings. */
		IS_ODD,
		IS_LONG,
		HOLDS_SLASH,
	} kind;
};

/* argparse takes it for an option: but for a number, "-" alone, and what holds a blank. */
static bool is_option(struct str name)
{
	bool number = true;

	if (name.len < 2 || name.ptr[0] != '-' || str_find_byte(name, ' ') != STR_NONE)
		return false;
	for (size_t i = 1; i < name.len; i++)
		number &= name.ptr[i] >= '0' && name.ptr[i] <= '9';
	return !number;
}

static const char *odd_byte(unsigned char b)
{
	if (b == ' ')
		return "holds a blank";
	if (b < ' ' || b == 0x7f)
		return "holds a control character";
	if (b == '?')
		return "holds '?'";
	return b == '#' ? "holds '#'" : NULL;
}

static struct fault fault_of(struct str name)
{
	struct str rest = name, part;
	struct fault odd = {NULL, IS_ODD};

	if (!name.len)
		return (struct fault){"is empty", AT_THE_ROOT};
	if (name.ptr[0] == '/')
		return (struct fault){"begins with '/'", REPLACES_PATH};
	if (is_option(name))
		return (struct fault){"begins with '-'", IS_AN_OPTION};
	while (str_split(&rest, '/', &part)) {
		if (!part.len && rest.ptr)
			return (struct fault){"holds '//'", COLLAPSES};
		if (str_is(part, "..") || str_is(part, "."))
			return (struct fault){"has a part of dots only", COLLAPSES};
		if (part.len > PART_MOST)
			odd = (struct fault){"has a part of more than 255 bytes", IS_LONG};
	}
	for (size_t i = 0; i < name.len && !odd.what; i++)
		odd.what = odd_byte((unsigned char)name.ptr[i]);
	if (odd.what || str_find_byte(name, '/') == STR_NONE)
		return odd;
	return (struct fault){"holds '/'", HOLDS_SLASH};
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
		if (is_name_byte(name.ptr[i]) &&
		    (out.len || (name.ptr[i] != '.' && name.ptr[i] != '-')))
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

static void tell_effect(const struct rule_ctx *c, struct finding *f, const struct fault *fault,
			struct str name, struct str store)
{
	switch (fault->kind) {
	case AT_THE_ROOT:
		finding_effect(
			c, f,
			"base/ and wals/ lie at the root of ObjectStore %.*s, where those of any other server end up too",
			STR_ARG(store));
		break;
	case REPLACES_PATH:
		finding_effect(
			c, f,
			"barman drops the path of destinationPath: the archive lies in %.*s at the top of the bucket",
			STR_ARG(name));
		break;
	case IS_AN_OPTION:
		finding_effect(
			c, f,
			"barman-cloud takes it for an option and stops with \"invalid arguments\"");
		break;
	case COLLAPSES:
		finding_effect(
			c, f,
			"a store on a file system drops that part: uploads work, but no backup is found again below destinationPath/%.*s",
			STR_ARG(name));
		break;
	case IS_ODD:
		finding_effect(
			c, f,
			"it stands as it is in every object key, destinationPath/%.*s/wals, which other tools read differently or not at all",
			STR_ARG(name));
		break;
	case IS_LONG:
		finding_effect(
			c, f,
			"a store on a file system refuses it, and a key has no more than 1024 bytes anywhere");
		break;
	case HOLDS_SLASH:
		finding_effect(
			c, f,
			"a store with a longer destinationPath and serverName %.*s can lie in the same place",
			STR_ARG(after_last_slash(name)));
		break;
	}
}

static void judge_server_name(const struct rule_ctx *c, struct obj at, struct str name,
			      struct str store)
{
	struct fault fault = fault_of(name);
	struct finding *f;
	struct str good;

	if (!fault.what || value_is_placeholder(name, NULL))
		return;
	f = finding_add(c, at, "", "serverName '%.*s' %s", STR_ARG(name), fault.what);
	tell_effect(c, f, &fault, name, store);
	if (fault.kind >= IS_ODD)
		finding_at_most(f, SEV_WARN);
	good = safe_name(c, name);
	if (fault.kind == IS_LONG)
		finding_fix(c, f, "a name of 255 bytes at most");
	else if (good.len)
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
