/*
 * The effective archive of a Cluster, resolved as the Barman Cloud plugin does it
 * (plugin-barman-cloud v0.14 internal/cnpgi/operator/config/config.go): store of the LAST plugin
 * entry, enabled or not; server name of the last ENABLED one that has the key, "" taken literally;
 * recovery and replica sources through externalClusters, where "" falls back to the Cluster's own
 * name. Rules ask here, never the raw fields, wherever the run time does.
 */
#ifndef CNPG_ARCHIVE_H
#define CNPG_ARCHIVE_H

#include "cnpg/object.h"

struct archive_place {
	struct str store, server; /* store empty: none */
	struct obj store_at;  /* the value that names it, for findings; absent when there is none */
	struct obj server_at; /* likewise; absent when the default is in force */
	bool server_default;  /* no serverName was written (or "" on a source) */
};

struct archive_source {
	bool named;	     /* bootstrap.recovery.source / replica.source is set */
	struct str name;     /* of the external cluster */
	struct obj external; /* its entry in spec.externalClusters; absent when there is none */
	bool plugin;	     /* it reads through PLUGIN_NAME */
	struct archive_place place; /* when plugin */
	struct obj in_tree;	    /* its barmanObjectStore; absent when none */
};

struct archive {
	size_t entries, enabled_entries; /* of PLUGIN_NAME in spec.plugins */
	struct obj last, last_enabled;	 /* the last entry; the last enabled one */
	bool wal_archiver;	    /* some enabled entry of any name has isWALArchiver: true */
	struct archive_place place; /* where the plugin archives */
	struct obj in_tree;	    /* spec.backup.barmanObjectStore; absent when none */
	bool volume_snapshot;	    /* spec.backup.volumeSnapshot */
	struct archive_source recovery, replica;
};

/* Of any object, whatever its shape: what is not there or of the wrong type is absent. */
void archive_resolve(const struct object *cluster, struct archive *out);

/* The plugin is enabled and has a store. */
bool archive_by_plugin(const struct archive *a);

/* serverName of an in-tree store; `name` where it has none: the Cluster's, or of an external
 * cluster its own. */
struct str archive_in_tree_server(struct obj in_tree, struct str name);

/* destinationPath, endpointURL and serverName (default: `name`) of an in-tree store, as one
 * location. */
void archive_in_tree_location(struct obj in_tree, struct str name, struct buf *out);

#endif
