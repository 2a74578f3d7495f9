/*
 * The files that a running server reads again when they change: certificate, key, client CA,
 * policy. Each is read and checked completely before anybody uses it.
 */
#ifndef WEBHOOK_FILES_H
#define WEBHOOK_FILES_H

#include "policy/source.h"
#include "rotation/self_manage.h"
#include "serve/server.h"

#include <sys/stat.h>

struct serve_files {
	struct str cert, key, client_ca; /* paths; client_ca may be empty */
	struct self_manage *managed;	 /* instead of cert and key; else NULL */
	struct policy_source policy;	 /* settled */
	struct stat seen[4];		 /* as they were when last looked at */
};

enum serve_changed { CHANGED_TLS = 1, CHANGED_POLICY = 2 };

/* What has changed since the last call, as bits; at first everything. A ConfigMap or Secret mount
 * changes by a swap of symbolic links: the files behind the links are looked at. */
unsigned serve_files_changed(struct serve_files *f, struct arena *a);

MUST_CHECK bool serve_files_tls(const struct serve_files *f, struct arena *a,
				struct server_tls *out, struct err *err);

/* Also answers a review with it, as a proof that it works. The caller owns one count. */
MUST_CHECK bool serve_files_policy(const struct serve_files *f, struct arena *a,
				   struct policy **out, struct str *what, struct err *err);

#endif
