/*
 * What several rules ask of a reference to a plugin: an entry of spec.plugins, the plugin of an
 * external cluster, a pluginConfiguration.
 */
#ifndef FACTS_PLUGIN_H
#define FACTS_PLUGIN_H

#include "rules/rule.h"

/* Not PLUGIN_NAME, but meant to be: barman-cloud.cnpg.io. */
bool plugin_name_is_near(struct str name);

/* A near one that can be nothing else; another's plugin may well be called barman too. */
bool plugin_name_is_typo(struct str name);

/* One that people run beside the Barman Cloud plugin or in its place. */
bool plugin_is_well_known(struct str name);

/* A plugin other than ours that archives or backs up, as far as is known: one of knownPlugins may.
 */
bool plugin_may_make_backups(const struct rule_ctx *c, struct str name);

/* A key of an entry's parameters: two are read, the rest is ignored without a word. */
enum plugin_key {
	PLUGIN_KEY_STORE,
	PLUGIN_KEY_SERVER,
	PLUGIN_KEY_STORE_NEAR,
	PLUGIN_KEY_SERVER_NEAR,
	PLUGIN_KEY_NAMESPACE,
	PLUGIN_KEY_OTHER,
};
enum plugin_key plugin_key(struct str key);

/* The key that was meant to be barmanObjectName; no node when none is. */
struct obj plugin_mistyped_store(struct obj entry);
/* It has isWALArchiver: true under another spelling, of which unknown-field speaks: an API server
 * drops it before anybody is asked. */
bool plugin_has_mistyped_archiver(struct obj entry);
/* The remedy of `f`: the key becomes what it was meant to be, if that is not there, nor another
 * that was meant so. */
void plugin_rename_key(const struct rule_ctx *c, struct finding *f, struct obj entry,
		       struct obj key, const char *meant);
/* A patch of a kustomization brought the list of plugins, in the place of one that was there or
 * not: a list of a custom resource is replaced as a whole. */
bool plugin_is_of_patch(const struct rule_ctx *c);
/* Without a store: neither written nor of a type that the API server refuses. */
bool plugin_lacks_store(struct obj entry);
/* serverName is a number, or a map: refused by the API server, and not to be taken for the default.
 */
bool plugin_has_odd_server_name(struct obj entry);

typedef void plugin_entry_fn(const struct rule_ctx *c, struct obj entry, bool used);
/* Every reference of a Cluster to our plugin; `used` when the run time reads its parameters. */
void plugin_each_entry(const struct rule_ctx *c, plugin_entry_fn *each);

#endif
