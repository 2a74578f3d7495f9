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

/* More would not fit in a caBundle that is ours. */
#define TRUSTED_MOST 16

/* What one replica remembers between two looks. */
struct memory {
	struct trusted trusted[TRUSTED_MOST];
	size_t trusted_len;
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
	struct ca foreign[ROTATION_CAS];
	size_t foreign_len;
	struct str wanted; /* caBundle as it should be, PEM */
};

/* False when the Secret cannot be read. When the configuration cannot, `config_err` says
 * why. */
bool self_look(const struct self_target *target, struct memory *memory, struct look *look,
	       struct err *config_err, struct err *err);

enum written { WRITTEN, WRITTEN_BY_ANOTHER, WRITE_FAILED };

/* One step, given what was seen. */
enum written self_write(const struct self_target *target, const struct look *look,
			enum rotation_step step, struct err *err);

#endif
