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

enum kind kind_of(struct str api_version, struct str name, bool *known_version)
{
	size_t slash = str_find_byte(api_version, '/');
	struct str group = slash == STR_NONE ? STR_EMPTY : str_slice(api_version, 0, slash);
	struct str version = slash == STR_NONE ? api_version
					       : str_slice(api_version, slash + 1, api_version.len);

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

const char *kind_name(enum kind k)
{
	const struct kind_api *api = find(k);

	return api ? api->name : "other";
}

void kind_path(enum kind k, struct str namespace, struct buf *out)
{
	const struct kind_api *api = kind_api(k);

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
