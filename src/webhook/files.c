#include "webhook/files.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/file.h"
#include "pki/pki.h"
#include "review/review.h"

#include <inttypes.h>

static bool differs(const struct stat *a, const struct stat *b)
{
	return a->st_dev != b->st_dev || a->st_ino != b->st_ino || a->st_size != b->st_size ||
	       a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

unsigned serve_files_changed(struct serve_files *f, struct arena *a)
{
	const struct {
		struct str path;
		unsigned bit;
	} files[] = {{f->cert, CHANGED_TLS},
		     {f->key, CHANGED_TLS},
		     {f->client_ca, CHANGED_TLS},
		     {f->policy.file, CHANGED_POLICY}};
	unsigned changed = f->managed && self_manage_changed(f->managed) ? CHANGED_TLS : 0;

	_Static_assert(ARRAY_LEN(files) == ARRAY_LEN(f->seen), "one for each file");
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct stat now = {0}; /* of a file that is gone */

		if (!files[i].path.len)
			continue;
		if (stat(arena_cstr(a, files[i].path), &now) != 0)
			now = (struct stat){0};
		if (differs(&now, &f->seen[i]))
			changed |= files[i].bit;
		f->seen[i] = now;
	}
	return changed;
}

static bool read_pem(struct str path, struct arena *a, struct str *out, struct err *err)
{
	return file_read(a, path, LIMIT_PEM_BYTES, out, err) ||
	       err_within(err, "%.*s: ", STR_ARG(path));
}

static bool read_pair(const struct serve_files *f, struct arena *a, struct server_tls *out,
		      struct err *err)
{
	if (!f->managed)
		return read_pem(f->cert, a, &out->cert, err) && read_pem(f->key, a, &out->key, err);
	self_manage_get(f->managed, a, &out->cert, &out->key);
	return true;
}

bool serve_files_tls(const struct serve_files *f, struct arena *a, struct server_tls *out,
		     struct err *err)
{
	struct pki_cert leaf, *anchors;
	size_t len;

	*out = (struct server_tls){.client_ca = STR_EMPTY};
	if (!read_pair(f, a, out, err))
		return false;
	if (!pki_check_pair(out->cert, out->key, clock_utc(), a, &leaf, err))
		return err_within(err,
				  "%.*s: ", STR_ARG(f->managed ? STR("--self-manage") : f->cert));
	out->not_after = leaf.not_after;
	if (!f->client_ca.len)
		return true;
	if (!read_pem(f->client_ca, a, &out->client_ca, err))
		return false;
	return pki_read(out->client_ca, a, &anchors, &len, err) ||
	       err_within(err, "%.*s: ", STR_ARG(f->client_ca));
}

/* A Cluster as an API server sends it: every part of the way is gone once. */
static const char sample[] =
	"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"self-check\",\"kind\":{\"group\":\"postgresql.cnpg.io\",\"version\":\"v1\",\"kind\":\"Cluster\"},\"operation\":\"CREATE\",\"userInfo\":{\"username\":\"self-check\"},\"namespace\":\"app\",\"object\":{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Cluster\",\"metadata\":{\"name\":\"pg\",\"namespace\":\"app\"},\"spec\":{\"instances\":1,\"storage\":{\"size\":\"1Gi\"},\"plugins\":[{\"name\":\"barman-cloud.cloudnative-pg.io\",\"isWALArchiver\":true,\"parameters\":{\"barmanObjectName\":\"store\"}}]}},\"oldObject\":null,\"dryRun\":true,\"options\":null}}";

bool serve_files_policy(const struct serve_files *f, struct arena *a, struct policy **out,
			struct str *what, struct err *err)
{
	struct buf answer = BUF_ARENA(a);
	struct review_outcome outcome = {0};

	if (!policy_source_load(f->policy, a, out, what, err))
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
