/*
 * Certificates and keys: making, reading and checking them. PEM in and out; the only home of
 * OpenSSL.
 */
#ifndef PKI_PKI_H
#define PKI_PKI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define PKI_SHA256 32 /* bytes */

/* What a certificate says. Slices live in the arena. */
struct pki_cert {
	struct str subject, issuer, serial; /* one-line names; hex */
	struct str key;			    /* "P-256", "RSA 2048" */
	struct str *names; /* subject alternative names as text: DNS, address, URI, e-mail */
	size_t names_len;
	struct str common_name;
	int64_t not_before, not_after; /* seconds, UTC */
	bool is_ca, server_auth, client_auth;
	uint8_t sha256[PKI_SHA256]; /* fingerprint: of the DER form */
};

/* A new P-256 CA (pathlen 0, 10 years) and a serving certificate for `names` (DNS names or IP
 * addresses; at least one), valid from five minutes before `now` for `seconds`. What Go's verifier
 * accepts: SAN, serverAuth, key identifiers, random serials. All PEM. */
struct pki_bundle {
	struct buf ca_cert, ca_key, cert, key;
};
MUST_CHECK bool pki_make(const struct str *names, size_t len, int64_t now, int64_t seconds,
			 struct pki_bundle *out, struct err *err);

/* What is made is valid from so many seconds before `now`: clocks of others may be behind. */
#define PKI_BACKDATE 300

/* A new P-256 CA alone (pathlen 0). */
MUST_CHECK bool pki_make_ca(int64_t now, int64_t seconds, struct buf *cert, struct buf *key,
			    struct err *err);

/* A serving certificate, as pki_make's, of a CA that is there; it ends with the CA at the latest.
 */
struct pki_order {
	struct str ca_cert, ca_key; /* PEM; of ca_cert the first certificate */
	const struct str *names;
	size_t names_len; /* at least 1 */
	int64_t now, seconds;
};
MUST_CHECK bool pki_issue(const struct pki_order *order, struct buf *cert, struct buf *key,
			  struct err *err);

/* Each is a DNS name or an IP address. */
MUST_CHECK bool pki_check_names(const struct str *names, size_t len, struct err *err);

/* Each certificate of a PEM text as a PEM text of its own, always written alike; there may be none.
 */
MUST_CHECK bool pki_split(struct str pem, struct arena *a, struct str **out, size_t *len,
			  struct err *err);

/* Every certificate of a PEM text, in order; an error when there is none. */
MUST_CHECK bool pki_read(struct str pem, struct arena *a, struct pki_cert **out, size_t *len,
			 struct err *err);
/* One DER certificate: a client's, from its handshake. */
MUST_CHECK bool pki_read_der(struct str der, struct arena *a, struct pki_cert *out,
			     struct err *err);

/* The key belongs to the first certificate. */
MUST_CHECK bool pki_check_key(struct str cert_pem, struct str key_pem, struct err *err);
/* The first certificate fits the key, is valid at `now`, has a name and may serve. */
MUST_CHECK bool pki_check_pair(struct str cert_pem, struct str key_pem, int64_t now,
			       struct arena *a, struct pki_cert *leaf, struct err *err);
/* `cert_pem`'s first certificate is signed by one of `ca_pem`, or, where that is empty, by one of
 * the system's CAs; through what else cert_pem holds. */
MUST_CHECK bool pki_check_chain(struct str cert_pem, struct str ca_pem, int64_t now,
				struct err *err);

void pki_sha256(struct str data, uint8_t out[PKI_SHA256]);
void pki_hmac_sha256(struct str key, struct str data, uint8_t out[PKI_SHA256]);

#endif
