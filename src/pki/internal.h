/*
 * What the files of this layer share: OpenSSL's handles under CLEANUP, its errors as ours. For
 * src/pki only; everybody else includes pki/pki.h.
 */
#ifndef PKI_INTERNAL_H
#define PKI_INTERNAL_H

#include "base/err.h"
#include "base/str.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

DEFINE_CLEANUP(BIO *, bio, BIO_free_all)
DEFINE_CLEANUP(BIGNUM *, bignum, BN_free)
DEFINE_CLEANUP(EVP_PKEY *, pkey, EVP_PKEY_free)
DEFINE_CLEANUP(X509 *, x509, X509_free)
DEFINE_CLEANUP(X509_EXTENSION *, extension, X509_EXTENSION_free)
DEFINE_CLEANUP(X509_STORE *, store, X509_STORE_free)
DEFINE_CLEANUP(X509_STORE_CTX *, store_ctx, X509_STORE_CTX_free)
DEFINE_CLEANUP(GENERAL_NAMES *, general_names, GENERAL_NAMES_free)

/* E_CRYPTO: "what: OpenSSL's reason"; empties its queue. Returns false. */
bool crypto_fail(struct err *err, const char *what);

/* A memory BIO that reads `text`; NULL (and err) when it is too large for one. */
BIO *crypto_reader(struct str text, struct err *err);

/* The next certificate of a PEM text; NULL at its end, and NULL with *broken for one that cannot be
 * read. */
X509 *crypto_next_cert(BIO *pem, bool *broken);

/* The private key of a PEM text; NULL and err when there is none, or an encrypted one. */
EVP_PKEY *crypto_read_key(struct str pem, struct err *err);

/* Seconds since 1970; INT64_MIN for a time that is none. */
int64_t crypto_time(const ASN1_TIME *t);

#endif
