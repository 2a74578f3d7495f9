/*
 * The files that a running server reads again when they change: certificate, key and client CA, and
 * the policy. Each of the two is read by a thread of its own and checked completely before anybody
 * uses it.
 */
#ifndef WEBHOOK_FILES_H
#define WEBHOOK_FILES_H

#include "policy/source.h"
#include "rotation/self_manage.h"
#include "serve/server.h"
#include "webhook/file_watch.h"

enum webhook_file { FILE_TLS, FILE_POLICY, FILES };

struct webhook_files {
	struct str cert, key, client_ca; /* paths; client_ca may be empty */
	struct self_manage *managed;	 /* instead of cert and key; else NULL */
	struct policy_source policy;	 /* settled */
	int wake;			 /* readable when there may be news */
	struct file_watch *watches[FILES];
};

/* What stands above `wake` is set. */
void webhook_files_open(struct webhook_files *f);
void webhook_files_close(struct webhook_files *f); /* fine when it was not opened */

/* From the news of their watches. */
MUST_CHECK bool webhook_files_tls(const struct webhook_files *f, const struct file_watch_news *news,
				  struct arena *a, struct server_tls *out, struct err *err);

/* Also answers a review with it, as a proof that it works. The caller owns one count. */
MUST_CHECK bool webhook_files_policy(const struct webhook_files *f,
				     const struct file_watch_news *news, struct arena *a,
				     struct policy **out, struct err *err);

#endif
