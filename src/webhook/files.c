#include "webhook/files.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "pki/pki.h"
#include "review/review.h"

#include <sys/eventfd.h>
#include <unistd.h>

_Static_assert(LIMIT_POLICY_BYTES == LIMIT_PEM_BYTES, "one limit for every file that is watched");

void webhook_files_open(struct webhook_files *f)
{
	struct file_watch_options o = {
		.limit = LIMIT_PEM_BYTES,
		.read = file_read_regular,
		.wake = f->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.paths = {f->cert, f->key, f->client_ca},
	};

	f->watches[FILE_TLS] = file_watch_start(&o);
	o.paths[0] = f->policy.file;
	o.paths[1] = o.paths[2] = STR_EMPTY;
	f->watches[FILE_POLICY] = file_watch_start(&o);
}

void webhook_files_close(struct webhook_files *f)
{
	bool opened = f->watches[0] != NULL;

	for (size_t i = 0; i < FILES; i++)
		file_watch_stop(f->watches[i]);
	if (opened)
		close(f->wake);
}

bool webhook_files_tls(const struct webhook_files *f, const struct file_watch_news *news,
		       struct arena *a, struct server_tls *out, struct err *err)
{
	struct pki_cert leaf, *anchors;
	size_t len;

	*err = news->err;
	if (!news->ok)
		return false;
	*out = (struct server_tls){
		.cert = news->texts[0], .key = news->texts[1], .client_ca = news->texts[2]};
	if (f->managed)
		self_manage_get(f->managed, a, &out->cert, &out->key);
	if (!pki_check_pair(out->cert, out->key, clock_utc(), a, &leaf, err))
		return err_within(err,
				  "%.*s: ", STR_ARG(f->managed ? STR("--self-manage") : f->cert));
	out->not_after = leaf.not_after;
	return !f->client_ca.len || pki_read(out->client_ca, a, &anchors, &len, err) ||
	       err_within(err, "%.*s: ", STR_ARG(f->client_ca));
}

/* A Cluster as an API server sends it: every part of the way is gone once. */
static const char sample[] =
	"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"self-check\",\"kind\":{\"group\":\"postgresql.cnpg.io\",\"version\":\"v1\",\"kind\":\"Cluster\"},\"operation\":\"CREATE\",\"userInfo\":{\"username\":\"self-check\"},\"namespace\":\"app\",\"object\":{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Cluster\",\"metadata\":{\"name\":\"pg\",\"namespace\":\"app\"},\"spec\":{\"instances\":1,\"storage\":{\"size\":\"1Gi\"},\"plugins\":[{\"name\":\"barman-cloud.cloudnative-pg.io\",\"isWALArchiver\":true,\"parameters\":{\"barmanObjectName\":\"store\"}}]}},\"oldObject\":null,\"dryRun\":true,\"options\":null}}";

bool webhook_files_policy(const struct webhook_files *f, const struct file_watch_news *news,
			  struct arena *a, struct policy **out, struct err *err)
{
	struct buf answer = BUF_ARENA(a);
	struct review_outcome outcome = {0};

	*err = news->err;
	if (!news->ok || !policy_source_parse(&f->policy, news->texts[0], out, err))
		return false;
	struct review_input input = {.body = str_from(sample), .now = clock_utc()};
	review_answer(*out, &input, a, &answer, &outcome);
	if (outcome.http_status == 200)
		return true;
	policy_drop(*out);
	*out = NULL;
	return err_set(err, E_VALUE, "the self-check got no answer: %.*s",
		       STR_ARG(buf_slice(&answer)));
}
