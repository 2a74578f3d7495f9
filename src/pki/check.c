/* Whether a certificate, its key and its CA belong together and are valid. */
#include "pki/pki.h"

#include "base/utc.h"
#include "internal.h"

#include <openssl/pem.h>

static bool check_time(const struct pki_cert *c, int64_t now, struct err *err)
{
	char text[UTC_TEXT];

	if (now < c->not_before)
		return err_set(err, E_CRYPTO, "the certificate is not valid before %s",
			       utc_format(c->not_before, text));
	if (now > c->not_after)
		return err_set(err, E_CRYPTO, "the certificate expired at %s",
			       utc_format(c->not_after, text));
	return true;
}

bool pki_check_key(struct str cert_pem, struct str key_pem, struct err *err)
{
	CLEANUP(pkey) EVP_PKEY *key = crypto_read_key(key_pem, err);
	CLEANUP(bio) BIO *bio = key ? crypto_reader(cert_pem, err) : NULL;
	bool broken;

	if (!bio)
		return false;
	CLEANUP(x509) X509 *cert = crypto_next_cert(bio, &broken);
	if (!cert)
		return crypto_fail(err, "no certificate in it");
	if (X509_check_private_key(cert, key) == 1)
		return true;
	crypto_fail(err, "");
	return err_set(err, E_CRYPTO, "the key does not belong to the certificate");
}

bool pki_check_pair(struct str cert_pem, struct str key_pem, int64_t now, struct arena *a,
		    struct pki_cert *leaf, struct err *err)
{
	struct pki_cert *all;
	size_t len;

	if (!pki_read(cert_pem, a, &all, &len, err))
		return false;
	*leaf = all[0];
	if (!pki_check_key(cert_pem, key_pem, err))
		return false;
	if (!check_time(leaf, now, err))
		return false;
	if (!leaf->names_len)
		return err_set(
			err, E_CRYPTO,
			"the certificate has no subject alternative name, and the API server does not read the common name");
	if (!leaf->server_auth)
		return err_set(err, E_CRYPTO,
			       "the extended key usage of the certificate lacks serverAuth");
	return true;
}

/* Every certificate of `pem` goes to one of the two, whichever is not NULL. */
static bool add_all(struct str pem, X509_STORE *store, STACK_OF(X509) * stack, struct err *err)
{
	CLEANUP(bio) BIO *bio = crypto_reader(pem, err);
	bool broken = false;
	int len = 0;

	if (!bio)
		return false;
	for (;; len++) {
		CLEANUP(x509) X509 *cert = crypto_next_cert(bio, &broken);

		if (!cert)
			break;
		if (store && X509_STORE_add_cert(store, cert) != 1)
			return crypto_fail(err, "certificate store");
		if (stack && !X509_add_cert(stack, cert, X509_ADD_FLAG_UP_REF))
			return crypto_fail(err, "certificate list");
	}
	if (broken)
		return crypto_fail(err, "not a certificate");
	if (!len)
		return err_set(err, E_CRYPTO, "no certificate in it (-----BEGIN CERTIFICATE-----)");
	return true;
}

static void free_stack(STACK_OF(X509) * stack)
{
	sk_X509_pop_free(stack, X509_free);
}

DEFINE_CLEANUP(STACK_OF(X509) *, stack, free_stack)

bool pki_check_chain(struct str cert_pem, struct str ca_pem, int64_t now, struct err *err)
{
	CLEANUP(store) X509_STORE *store = X509_STORE_new();
	CLEANUP(stack) STACK_OF(X509) *chain = sk_X509_new_null();
	CLEANUP(store_ctx) X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	if (!store || !chain || !ctx)
		return crypto_fail(err, "certificate store");
	if (!ca_pem.len && X509_STORE_set_default_paths(store) != 1)
		return crypto_fail(err, "the CAs of this system");
	if (ca_pem.len && !add_all(ca_pem, store, NULL, err))
		return err_within(err, "CA: ");
	if (!add_all(cert_pem, NULL, chain, err))
		return false;
	if (X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain) != 1)
		return crypto_fail(err, "certificate store");
	/* As Go does: whatever the bundle holds is an anchor, self-signed or not. */
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN);
	X509_STORE_CTX_set_time(ctx, 0, (time_t)now);
	if (X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER) != 1)
		return crypto_fail(err, "certificate store");
	if (X509_verify_cert(ctx) == 1)
		return true;
	const char *why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
	crypto_fail(err, "");
	return err_set(err, E_CRYPTO, "the certificate is not signed by this CA: %s", why);
}
