/* Clusters: `o` is an entry of variables.clusters. */
#include "internal.h"

#include "cnpg/archive.h"
#include "rules/template.h"

/* Of the recovery and the replica source, each once: the externalCluster of that name. */
#define SOURCES                                                                                    \
	"o.sources.filter(s, s != '').map(s, o.external.filter(e, e.name == s))\n"                 \
	"  .filter(found, found.size() > 0).map(found, found[0])"

#define DISABLED "o.entries.size() > 0 && o.enabled.size() == 0"
#define SAY_DISABLED                                                                               \
	"'spec.plugins: plugin " PLUGIN_NAME " is disabled; backups fail with \"requested "        \
	"plugin is not available\". Fix: enabled: true'"

static bool require_plugin(const struct policy *p, struct buf *out)
{
	const struct params *params = policy_params(p);
	const struct template_bindings none = {0};
	struct buf store CLEANUP(buf) = {0};

	for (size_t i = 0; i < params->stores_len; i++) {
		buf_text(&store, i ? " or " : "");
		template_fill(params->stores[i].object_store_name, &none, &store);
	}
	buf_text(out,
		 "o.enabled.size() == 0 && o.plugins.all(p, p.name == '" PLUGIN_NAME
		 "' || " VAP_OTHER_PLUGIN("p.name") ") ?\n"
						    "  [o.entries.size() > 0 ?\n"
						    "    'spec.plugins: plugin " PLUGIN_NAME
						    " has enabled: false. Fix: enabled: true' :\n"
						    "    ");
	struct buf sentence CLEANUP(buf) = {0};
	buf_fmt(&sentence,
		"spec.plugins: lacks " PLUGIN_NAME ". Fix: plugins: [{name: " PLUGIN_NAME
		", isWALArchiver: true, parameters: {barmanObjectName: %.*s}}]",
		STR_ARG(store.len ? buf_slice(&store) : STR("<store>")));
	cel_text(out, buf_slice(&sentence));
	buf_text(out, "] : []");
	return true;
}

/* Of all that resemble ours, those that hold "barman". */
static bool plugin_name(const struct policy *p, struct buf *out, const char *names)
{
	buf_fmt(out,
		"%s.filter(n, n != '" PLUGIN_NAME "' && n.lowerAscii().contains('barman') &&\n"
		"  !n.matches(" VAP_PLACEHOLDER ") && !(n in ",
		names);
	cel_texts(out, policy_params(p)->known_plugins);
	return true;
}

static bool cluster_plugin_name(const struct policy *p, struct buf *out)
{
	plugin_name(p, out,
		    "(o.plugins + o.external.filter(e, has(e.plugin)).map(e, e.plugin))\n"
		    "  .filter(p, p.?enabled.orValue(true)).map(p, p.name)");
	buf_text(
		out,
		")).map(n,\n"
		"  'spec.plugins: no plugin is called ' + n + '; the operator stops at an unknown plugin: it reconciles nothing else of this Cluster. Fix: name: " PLUGIN_NAME
		"')");
	return true;
}

static bool backup_plugin_name(const struct policy *p, struct buf *out)
{
	plugin_name(p, out,
		    "[o.plugin].filter(n, o.spec.?pluginConfiguration.?enabled.orValue(true))");
	buf_text(
		out,
		")).map(n,\n"
		"  'spec.pluginConfiguration.name: no plugin is called ' + n + '; every backup fails with \"requested plugin is not available\". Fix: name: " PLUGIN_NAME
		"')");
	return true;
}

static bool store_name_missing(const struct policy *p, struct buf *out)
{
	(void)p;
	buf_text(
		out,
		"(o.enabled.size() > 0 && o.store == '' ? ['spec.plugins: plugin " PLUGIN_NAME
		" has no barmanObjectName; no WAL is archived and no backup can be made. Fix: parameters: {barmanObjectName: <store>}'] : []) +\n"
		"  " SOURCES ".filter(e, e.?plugin.?name.orValue('') == '" PLUGIN_NAME "' &&\n"
		"    e.plugin.?parameters.?barmanObjectName.orValue('') == '').map(e,\n"
		"    'spec.externalClusters: ' + e.name + ' has no barmanObjectName; there is no object store to read from. Fix: parameters: {barmanObjectName: <store>}')");
	return true;
}

static bool foreign_store(const struct policy *p, struct buf *out)
{
	(void)p;
	buf_text(
		out,
		"(o.enabled + " SOURCES ".filter(e, e.?plugin.?name.orValue('') == '" PLUGIN_NAME
		"').map(e, e.plugin))\n"
		"  .map(e, e.?parameters.?barmanObjectName.orValue(''))\n"
		"  .filter(n, n.contains('/') && !n.matches(" VAP_PLACEHOLDER ")).map(n,\n"
		"  'spec.plugins: barmanObjectName ' + n + ' holds /; it is looked up as one name in the namespace of the Cluster and never found')");
	return true;
}

static bool in_tree_deprecated(const struct policy *p, struct buf *out)
{
	(void)p;
	buf_text(
		out,
		"(o.inTree ? ['spec.backup.barmanObjectStore: backups go to an in-tree barmanObjectStore, which is deprecated; its removal is announced for CloudNativePG 1.31'] : []) +\n"
		"  o.external.filter(e, has(e.barmanObjectStore)).map(e,\n"
		"  'spec.externalClusters: ' + e.name + ' is read from an in-tree barmanObjectStore, which is deprecated; its removal is announced for CloudNativePG 1.31')");
	return true;
}

#define UNCHECKED "o.annotations[?'cnpg.io/validation'].orValue('') == 'disabled'"
#define TWICE "o.inTree && o.enabled.size() > 0 && o.store != ''"
#define SAY_TWICE                                                                                  \
	"'spec.backup.barmanObjectStore: WAL is archived twice, in-tree and by the plugin. Fix: remove spec.backup.barmanObjectStore, and set isWALArchiver: true'"

static const struct vap_row rows[] = {
	{
		.id = "barman-object-name-missing",
		.of = "clusters",
		.most = SEV_DENY,
		.list = store_name_missing,
	},
	{
		.id = "cross-namespace-store",
		.of = "clusters",
		.most = SEV_DENY,
		.part = true, /* keys of parameters that resemble "namespace" */
		.list = foreign_store,
	},
	{
		.id = "in-tree-beside-plugin",
		.of = "clusters",
		.most = SEV_DENY,
		.when = TWICE " && !o.archiver",
		.say = SAY_TWICE,
	},
	{
		.id = "in-tree-beside-plugin",
		.of = "clusters",
		.most = SEV_DENY,
		.least = SEV_DENY,
		.when = TWICE " && o.archiver && " UNCHECKED,
		.say = SAY_TWICE,
	},
	{
		.id = "in-tree-deprecated",
		.of = "clusters",
		.most = SEV_DENY,
		.list = in_tree_deprecated,
	},
	{
		.id = "plugin-disabled",
		.of = "clusters",
		.most = SEV_DENY,
		.when = DISABLED " && !o.inTree && !o.archiver",
		.say = SAY_DISABLED,
	},
	{
		.id = "plugin-disabled",
		.of = "clusters",
		.most = SEV_WARN,
		.when = DISABLED " && (o.inTree || o.archiver)",
		.say = SAY_DISABLED,
	},
	{
		.id = "plugin-entry-duplicate",
		.of = "clusters",
		.most = SEV_DENY,
		.when = "o.entries.size() > 1 && o.enabled.size() > 0",
		.say = "'spec.plugins: has several entries of plugin " PLUGIN_NAME
		       "; the store of the last one counts. Fix: one entry, with barmanObjectName and serverName in it'",
	},
	{
		.id = "plugin-entry-duplicate",
		.of = "clusters",
		.most = SEV_WARN,
		.when = "o.entries.size() > 1 && o.enabled.size() == 0",
		.say = "'spec.plugins: has several entries of plugin " PLUGIN_NAME
		       ", none of them enabled. Fix: one entry, with barmanObjectName and serverName in it'",
	},
	{
		.id = "plugin-name-unknown",
		.of = "clusters",
		.most = SEV_DENY,
		.part = true,
		.list = cluster_plugin_name,
	},
	{
		.id = "plugin-name-unknown",
		.of = "backups",
		.most = SEV_DENY,
		.part = true,
		.list = backup_plugin_name,
	},
	{
		.id = "policy-require-plugin",
		.of = "clusters",
		.most = SEV_DENY,
		.list = require_plugin,
	},
	{
		.id = "retention-missing",
		.of = "clusters",
		.most = SEV_WARN,
		.unsure = true,
		.when = "o.inTree && !has(o.spec.backup.retentionPolicy)",
		.say = "'spec.backup.retentionPolicy: is not set; base backups and WAL are kept for ever, unless the bucket expires them. Fix: retentionPolicy: 30d'",
	},
	{
		.id = "retention-on-cluster-ignored",
		.of = "clusters",
		.most = SEV_DENY,
		.when = "o.spec.?backup.?retentionPolicy.orValue('') != '' && !o.inTree && o.enabled.size() > 0",
		.say = "'spec.backup.retentionPolicy: ' + o.spec.backup.retentionPolicy + ' has no effect on backups of the plugin; only the retentionPolicy of the ObjectStore deletes anything'",
	},
	{
		.id = "retention-on-cluster-ignored",
		.of = "clusters",
		.most = SEV_DENY,
		.when = "o.spec.?backup.?retentionPolicy.orValue('') != '' && !o.inTree && o.entries.size() == 0 &&\n"
			"  o.snapshots && !o.archiver",
		.say = "'spec.backup.retentionPolicy: ' + o.spec.backup.retentionPolicy + ' has no effect on volume snapshots; each is kept until its Backup is deleted'",
	},
	{
		.id = "validation-disabled",
		.of = "clusters",
		.most = SEV_DENY,
		.part = true, /* a second WAL archiver is refused */
		.when = UNCHECKED,
		.say = "'metadata.annotations: cnpg.io/validation: disabled switches off the checks of CloudNativePG. Fix: remove the annotation'",
	},
	{
		.id = "validation-disabled",
		.of = "backups",
		.most = SEV_DENY,
		.part = true,
		.when = "request.kind.kind == 'Backup' && " UNCHECKED,
		.say = "'metadata.annotations: cnpg.io/validation: disabled switches off the checks of CloudNativePG. Fix: remove the annotation'",
	},
	{
		.id = "wal-archiver-off",
		.of = "clusters",
		.most = SEV_DENY,
		.when = "o.enabled.size() > 0 && !o.archiver && !o.inTree",
		.say = "'spec.plugins: no plugin is the WAL archiver; whenever the sidecar is missing, the WAL is lost. Fix: isWALArchiver: true'",
	},
	{
		.id = "wal-archiving-skipped",
		.of = "clusters",
		.most = SEV_DENY,
		.when = "o.annotations[?'cnpg.io/skipWalArchiving'].orValue('') == 'enabled' &&\n"
			"  (o.entries.size() > 0 || o.inTree || o.snapshots)",
		.say = "'metadata.annotations: cnpg.io/skipWalArchiving: enabled switches WAL archiving off; no WAL is stored, and a base backup without its WAL cannot be restored. Fix: remove the annotation'",
	},
};

const struct vap_rows vap_cluster_rows = {rows, ARRAY_LEN(rows)};
