/*
 * The kinds that we judge, and how an API server knows them: the one table. Objects of each are in
 * a namespace.
 */
#ifndef CNPG_KINDS_H
#define CNPG_KINDS_H

#include "base/buf.h"

#define KINDS 6

enum kind {
	KIND_OTHER = 0,
	KIND_CLUSTER = 1 << 0,
	KIND_SCHEDULED_BACKUP = 1 << 1,
	KIND_BACKUP = 1 << 2,
	KIND_OBJECT_STORE = 1 << 3,
	KIND_SECRET = 1 << 4,
	KIND_EXTERNAL_SECRET = 1 << 5,
	KIND_ALL = (1 << KINDS) - 1,
};

struct kind_api {
	const char *group;	 /* "postgresql.cnpg.io"; "" for Secrets */
	const char *version;	 /* the one that we ask for */
	const char *api_version; /* of both */
	const char *name;	 /* "ScheduledBackup" */
	const char *plural;	 /* "scheduledbackups" */
	const char *older;	 /* another version that we know, or NULL */
};

const struct kind_api *kind_api(enum kind k); /* of one of ours */

/* Kind by group and kind name: any version of ours. `known_version` says whether it is one that we
 * know (v1; external-secrets.io v1beta1 too). */
enum kind kind_of(struct str api_version, struct str kind_name, bool *known_version);
/* Which of the kinds of CloudNativePG and the plugin was meant by a name that no API server has:
 * one that is misspelt, in the group of the other, in a group that is nearly theirs, or of a
 * version that there is not. KIND_OTHER when it is right as it is, or nothing of theirs. */
enum kind kind_meant(struct str api_version, struct str kind_name);
const char *kind_name(enum kind k); /* "ScheduledBackup"; "other" for none of ours */

/* Where its objects are: "/apis/postgresql.cnpg.io/v1/namespaces/app/clusters", without a namespace
 * (empty) "/apis/postgresql.cnpg.io/v1/clusters". Appends. */
void kind_path(enum kind k, struct str namespace, struct buf *out);
void kind_api_path(const struct kind_api *api, struct str namespace, struct buf *out);
/* "/apis/.../clusters/NAME" */
void kind_object_path(enum kind k, struct str namespace, struct str name, struct buf *out);

#endif
