/*
 * What rules may read of the policy: plain data, filled by policy/, never changed afterwards.
 */
#ifndef RULES_PARAMS_H
#define RULES_PARAMS_H

#include "base/str.h"

#include <regex.h>

struct str_list {
	const struct str *items;
	size_t len;
};

bool str_list_has(struct str_list l, struct str s);
/* One of the items matches as a glob: '*' and '?' (fnmatch without flags). */
bool str_list_matches(struct str_list l, struct str s);

struct version {
	int major, minor, patch;
	bool patch_said; /* else any patch release of that minor may run, and `patch` is 0 */
};

/* a < b */
bool version_before(struct version a, int major, int minor);

struct str_pair {
	struct str key, value;
};

struct str_pairs {
	const struct str_pair *items;
	size_t len;
};

enum store_role { STORE_ARCHIVE, STORE_OFFSITE };

/* One store that the site knows. Templates hold {app} {namespace} {cluster}; see rules/template.h.
 */
struct store_params {
	struct str name;
	enum store_role role;
	struct str object_store_name;	  /* template */
	struct str_list destination_path; /* templates */
	struct str_list endpoint_url;
	struct str_list secret_name;
	struct str access_key_id, secret_access_key; /* keys in the Secret; empty: any */
	struct str_list required_keys;
	struct str_pairs required_values;
};

struct params {
	struct version plugin, operator_;
	const struct store_params *stores;
	size_t stores_len;
	struct str_list require_store_roles; /* "archive", "offsite": each Cluster needs one */
	int64_t min_interval, max_interval;  /* seconds; between activations of a schedule */
	bool min_interval_set;		     /* written by the user, not the default */
	int window_from, window_to;	     /* minutes of the day, UTC; equal: no window */
	struct str scheduled_backup_name;    /* template; empty: any */
	struct str owner_reference;	     /* none, self, cluster; empty: any */
	const regex_t *cluster_name_aliases; /* stripped before {cluster} is compared */
	size_t cluster_name_aliases_len;
	struct str_list known_plugins;	       /* beside PLUGIN_NAME */
	struct str_list allow_plaintext;       /* globs of hosts for which http:// is fine */
	struct str_list checksum_env_required; /* globs of hosts: checksum-env-missing is a deny */
	struct str_list checksum_env_ok;       /* globs of hosts: it is silent */
	struct str_list credential_secrets; /* Secrets known to be used, beside those of stores */
	bool annotations_forbidden;	    /* exemptions by annotation silence nothing */
	bool strict_references; /* a referent that is absent counts in full where writes are judged
				 */
	int64_t retention_min, retention_max; /* days; 0: no bound */
};

/* A retentionPolicy such as 30d, 4w or 3m in days, with Barman's month of 31; 0 when it is none. */
int64_t retention_days(struct str text);

#endif
