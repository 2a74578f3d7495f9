#include "cnpg/kinds.h"

#define ROW(group, version, name, plural, older)                                                   \
	{                                                                                          \
		group, version, group "/" version, name, plural, older                             \
	}

/* In the order of enum kind. */
static const struct kind_api kinds[KINDS] = {
	ROW("postgresql.cnpg.io", "v1", "Cluster", "clusters", NULL),
	ROW("postgresql.cnpg.io", "v1", "ScheduledBackup", "scheduledbackups", NULL),
	ROW("postgresql.cnpg.io", "v1", "Backup", "backups", NULL),
	ROW("barmancloud.cnpg.io", "v1", "ObjectStore", "objectstores", NULL),
	{"", "v1", "v1", "Secret", "secrets", NULL},
	ROW("external-secrets.io", "v1", "ExternalSecret", "externalsecrets", "v1beta1"),
};

static const struct kind_api *find(enum kind k)
{
	for (size_t i = 0; i < KINDS; i++)
		if (k == (enum kind)(1u << i))
			return &kinds[i];
	return NULL;
}

const struct kind_api *kind_api(enum kind k)
{
	const struct kind_api *api = find(k);

	BUG_IF(!api);
	return api;
}

static struct str group_of(struct str api_version)
{
	size_t slash = str_find_byte(api_version, '/');

	return slash == STR_NONE ? STR_EMPTY : str_slice(api_version, 0, slash);
}

enum kind kind_of(struct str api_version, struct str name, bool *known_version)
{
	struct str group = group_of(api_version);
	struct str version =
		group.len ? str_slice(api_version, group.len + 1, api_version.len) : api_version;

	for (size_t i = 0; i < KINDS; i++) {
		const struct kind_api *api = &kinds[i];

		if (!str_is(group, api->group) || !str_is(name, api->name))
			continue;
		*known_version = str_is(version, api->version) ||
				 (api->older && str_is(version, api->older));
		return (enum kind)(1u << i);
	}
	*known_version = false;
	return KIND_OTHER;
}

#define THEIRS 4 /* of the table: what has a CRD of CloudNativePG or the plugin */

/* What else their CRDs have: none of it is one of ours, misspelt. */
static const char *const others[] = {
	"ClusterImageCatalog", "Database", "DatabaseRole", "FailoverQuorum",
	"ImageCatalog",	       "Pooler",   "Publication",  "Subscription",
};

/* "Objectstore", "ScheduleBackup" */
static enum kind kind_nearly(struct str name)
{
	size_t most = name.len < 8 ? 2 : 3; /* one more than the letters that may differ */
	enum kind best = KIND_OTHER;

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (str_is(name, others[i]))
			return KIND_OTHER;
	for (size_t i = 0; i < THEIRS; i++) {
		struct str known = str_from(kinds[i].name);
		size_t distance = str_eq_nocase(name, known) ? 0 : str_distance(name, known, most);

		if (distance < most) {
			most = distance;
			best = (enum kind)(1u << i);
		}
	}
	return best;
}

enum kind kind_meant(struct str api_version, struct str name)
{
	static const char *const groups[] = {"postgresql.cnpg.io", "barmancloud.cnpg.io"};
	struct str group = group_of(api_version);
	bool known;

	if (!str_contains(api_version, STR("pg.io")))
		return KIND_OTHER;
	if (!group.len) /* the version was forgotten */
		group = api_version;
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (str_is(group, groups[i]))
			return kind_of(api_version, name, &known) && known ? KIND_OTHER
									   : kind_nearly(name);
	/* a group that is no one's: only with a kind that can be no other's */
	for (size_t i = 0; i < THEIRS; i++)
		if (str_is(name, kinds[i].name) &&
		    (str_is(group, "cnpg.io") || str_is(group, "barman-cloud.cloudnative-pg.io") ||
		     str_distance(group, STR("postgresql.cnpg.io"), 2) <= 2 ||
		     str_distance(group, STR("barmancloud.cnpg.io"), 2) <= 2))
			return (enum kind)(1u << i);
	return KIND_OTHER;
}

const char *kind_name(enum kind k)
{
	const struct kind_api *api = find(k);

	return api ? api->name : "other";
}

void kind_path(enum kind k, struct str namespace, struct buf *out)
{
	kind_api_path(kind_api(k), namespace, out);
}

void kind_api_path(const struct kind_api *api, struct str namespace, struct buf *out)
{
	buf_fmt(out, "%s/%s", *api->group ? "/apis" : "/api", api->api_version);
	if (namespace.len) {
		buf_text(out, "/namespaces/");
		buf_uri(out, namespace, "");
	}
	buf_fmt(out, "/%s", api->plural);
}

void kind_object_path(enum kind k, struct str namespace, struct str name, struct buf *out)
{
	kind_path(k, namespace, out);
	buf_byte(out, '/');
	buf_uri(out, name, "");
}
