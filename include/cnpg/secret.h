/*
 * What a Secret holds once the API server has it. Values are read to be judged and never shown: not
 * the value, not its length, not a hash, not in a finding's subject either.
 */
#ifndef CNPG_SECRET_H
#define CNPG_SECRET_H

#include "cnpg/object.h"

enum secret_is {
	SECRET_ABSENT,
	SECRET_UNKNOWN,	   /* filled in or decrypted later (SOPS, ${VAR}), or no string */
	SECRET_NOT_BASE64, /* under data, and the API server would refuse it */
	SECRET_SET,
};

/* One member of data (`encoded`) or stringData of `secret`, by itself. */
enum secret_is secret_entry(struct obj secret, struct obj entry, bool encoded, struct arena *a,
			    struct str *value);

/* The value of `key`: stringData wins over data, which is base64. `value` is written on SECRET_SET
 * only, `at` always (where it stands; absent when it does not). */
enum secret_is secret_value(struct obj secret, struct str key, struct arena *a, struct str *value,
			    struct obj *at);

#endif
