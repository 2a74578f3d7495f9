/*
 * What the Backups of a Cluster tell: which was the last that was completed, which failed, which is
 * not done. Read one after the other; nothing of them is kept but this.
 */
#ifndef CNPG_BACKUPS_H
#define CNPG_BACKUPS_H

#include "cnpg/view.h"

struct backups;

/* One that ended. */
struct backup_moment {
	int64_t at;
	bool failed;
	const struct backup_moment *next; /* in no order */
};

struct backup_facts {
	int64_t completed;	 /* when the last one was, seconds, UTC; 0: none */
	int64_t completed_major; /* PostgreSQL's, of that one; 0: it does not say */
	int64_t failed;		 /* likewise */
	struct str failed_error; /* status.error of that one */
	struct str failed_name;
	/* Of those that are neither, the one that is stuck first: since when it runs, or, not
	 * started, is there; 0: none. Stuck: no other is made before it ends (see cnpg/backups.c).
	 */
	int64_t waiting_since, stuck_at;
	struct str waiting_name, waiting_phase, waiting_error;
	int64_t ahead; /* as in struct backup_history */
	size_t count;
	const struct backup_moment *moments;
};

/* `now`: seconds, UTC; what is completed more than a day later is not believed. */
struct backups *backups_new(struct arena *a, int64_t now);
void backups_free(struct backups *b); /* before its arena; it may be filled anew */

/* Not all Backups, or not all ObjectStores, could be listed. */
void backups_are_partial(struct backups *b);

/* A Backup, item of a list. */
void backups_note(struct backups *b, struct obj backup);

/* When its last backup was completed, and when one failed: by its Backups, by what the plugin wrote
 * into the store's status (retention deletes Backups), by its own status (in-tree). */
struct backup_history {
	int64_t completed, failed; /* seconds, UTC; 0: none */
	/* The last one that was completed and surely lies in another archive than it has now: made
	 * for another serverName, in-tree before it took the plugin, or by another plugin; 0: none.
	 * It is not in `completed`. */
	int64_t elsewhere;
	bool moved; /* in-tree ones are among those */
	/* The last one that lies there and is older than the Cluster, which began with data of its
	 * own: a backup of another database; 0: none. Nor is it in `completed`. */
	int64_t before;
	int64_t ahead; /* a completed one that is to come: a clock is wrong; 0: none; likewise */
	int64_t from;  /* the first recoverability point, as the status has it; 0: it has none */
	struct str failed_why; /* of the Cluster's condition, where nothing else tells `failed` */
	const struct backup_facts *facts; /* NULL: it has no Backup */
	bool unknown;			  /* there may be later ones: see backups_are_partial */
};
struct backup_history backups_history(const struct backups *b, const struct view *v,
				      const struct object *cluster, const struct archive *archive);

/* lastSuccessfulBackupTime of an entry of serverRecoveryWindow; plugins 0.3 to 0.5 spelt it
 * otherwise. Empty: there is none. */
struct str backups_window_last(struct obj window);

#endif
