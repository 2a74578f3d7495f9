/* What the files of `serve --self-manage` share: what one look at the API server shows. */
#ifndef ROTATION_INTERNAL_H
#define ROTATION_INTERNAL_H

#include "rotation/rotation.h"
#include "rotation/self_manage.h"

#include "kube/kube.h"
#include "pki/pki.h"

/* The same CA however it is written. */
struct ca_id {
	uint8_t sha256[32];
};

struct trusted {
	struct ca_id id;
	int64_t since;
};

/* A CA that this replica has seen in the Secret: ours, and no stranger's. */
struct own {
	struct ca_id id;
	int64_t until;
	struct str pem;
	bool latest; /* it was there when there was a Secret last */
};

/* More would not fit in a caBundle that is ours. */
#define TRUSTED_MOST 16

/* What one replica remembers between two looks. */
struct memory {
	struct trusted trusted[TRUSTED_MOST];
	size_t trusted_len;
	/* The latest last; in an arena of their own. */
	struct arena *arena;
	struct own own[TRUSTED_MOST];
	size_t own_len;
	/* Strangers that a caBundle held when this replica saw one first: before its time they may
	 * have been in the Secret, and another replica may serve a certificate of theirs. */
	struct ca_id found[TRUSTED_MOST];
	size_t found_len;
	int64_t began; /* when that was */
	bool looked;
	bool serves;
	struct ca_id ca; /* of what it serves */
	struct rotation_life life;
	struct str cert; /* tls.crt */
};

struct self_target {
	struct kube *kube;
	struct str namespace, secret, configuration;
	struct str secrets_path, secret_path, configuration_path;
	const struct str *names;
	size_t names_len;
	struct rotation_terms terms;
};

struct ca {
	struct str pem;
	struct pki_cert cert;
};

/* One look. Everything lives in its arena. */
struct look {
	struct arena *arena;
	struct rotation_view view;
	/* The Secret. */
	struct obj secret; /* absent: there is none */
	struct ca cas[ROTATION_CAS];
	struct rotation_ca view_cas[ROTATION_CAS];
	size_t cas_len; /* what could be read; also when it is not usable */
	struct str ca_key, cert, key;
	struct pki_cert leaf;
	/* The configuration. */
	bool absent; /* known not to be there, or to have no webhook */
	struct obj configuration;
	struct str *wanted; /* the caBundle of each webhook as it should be, PEM */
	bool stranger;	    /* one is to be put out of a caBundle */
	bool stale;	    /* see self_look */
	/* CAs of ours that the Secret lacks, PEM. */
	struct str lost[ROTATION_CAS];
	size_t lost_len;
};

/* memory.c */

/* What the Secret holds is ours. */
void memory_learn(struct memory *m, const struct look *l);
/* Index of the CA in m->own, or ROTATION_NONE. */
size_t memory_find_own(const struct memory *m, const struct pki_cert *c);
/* A stranger that is left alone for now. */
bool memory_spares(const struct memory *m, const struct pki_cert *c, int64_t now,
		   const struct rotation_terms *t);
void memory_free(struct memory *m);

/* watch.c: calls `changed` at each change of the configuration, and when one may have been missed,
 * until the client is stopped: the life of a thread. */
struct self_watch {
	struct kube *kube; /* its own */
	struct str path;
	void (*changed)(void *ctx);
	void *ctx;
	bool told; /* that it does not work */
};
void self_watch_run(struct self_watch *w);

/* False when the Secret cannot be read. When the configuration cannot, `config_err` says
 * why. With `stale` the Secret was changed meanwhile: nothing may rest on this look. */
MUST_CHECK bool self_look(const struct self_target *target, struct memory *memory,
			  struct look *look, struct err *config_err, struct err *err);

enum written { WRITTEN, WRITTEN_BY_ANOTHER, WRITE_FAILED };

/* One step, given what was seen. */
enum written self_write(const struct self_target *target, const struct look *look,
			enum rotation_step step, struct err *err);

#endif
