/*
 * What provides a Secret, as key names: Secret (data, stringData; encrypted by SOPS too),
 * ExternalSecret, SealedSecret, VaultStaticSecret and others that fetch one, and the
 * secretGenerator of a kustomization.
 */
#ifndef CNPG_PROVIDER_H
#define CNPG_PROVIDER_H

#include "cnpg/object.h"

/* What is wrong with the value of a key; nothing else of a value is ever kept. */
enum secret_flag {
	SECRET_FLAG_KNOWN = 1 << 0, /* the value was there to be looked at */
	SECRET_FLAG_EMPTY = 1 << 1,
	SECRET_FLAG_NUL = 1 << 2,
	SECRET_FLAG_LINE_BREAK = 1 << 3,
	SECRET_FLAG_BLANK = 1 << 4,   /* white space at an end */
	SECRET_FLAG_PEM = 1 << 5,     /* it holds a "-----BEGIN CERTIFICATE-----" */
	SECRET_FLAG_NO_ROOT = 1 << 6, /* certificates that could be read, none of which is
					 self-signed */
};

struct provider_key {
	struct str name;
	unsigned flags; /* enum secret_flag */
	int64_t ends;	/* of SAS tokens, of the certificate that lasts longest: when its validity
			   does, in seconds, UTC; 0: never, or it is not known */
};

struct provider {
	bool provides;	   /* it provides a Secret at all */
	struct str name;   /* of the Secret */
	struct str former; /* as struct object, former; of a generated one */
	struct provider_key *keys;
	size_t keys_len;
	bool open;     /* it may have keys beside these (dataFrom, creationPolicy Merge, ...) */
	bool anywhere; /* something copies it to other namespaces, or makes it there */
	struct provider *next; /* of another Secret that the same object makes; or NULL */
};

/* False when `o` provides no Secret. All text is copied into the arena. */
bool provider_read(const struct object *o, struct arena *a, struct provider *out);

enum provider_has { PROVIDER_LACKS, PROVIDER_HAS, PROVIDER_MAY_HAVE };
/* `out` (may be NULL): the key with what is known of its value, on PROVIDER_HAS. */
enum provider_has provider_has(const struct provider *p, struct str key, struct provider_key *out);

/* One entry of a kustomization's secretGenerator, under the name that it has there. */
bool provider_read_generator(struct obj entry, struct arena *a, struct provider *out);

#endif
