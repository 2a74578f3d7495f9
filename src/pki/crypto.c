/* What the files of pki need of OpenSSL: its errors, its times, PEM in memory. */
#include "internal.h"

#include "base/utc.h"
#include "pki/pki.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

bool crypto_fail(struct err *err, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return err_set(err, E_CRYPTO, "%s%s%s", what, reason ? ": " : "", reason ? reason : "");
}

BIO *crypto_reader(struct str text, struct err *err)
{
	BIO *bio = text.len <= INT_MAX ? BIO_new_mem_buf(text.ptr, (int)text.len) : NULL;

	if (!bio)
		crypto_fail(err, "cannot read PEM");
	return bio;
}

/* Certificates are never encrypted, and nobody is there to be asked for a passphrase. */
static int no_passphrase(char *out, int size, int writing, void *ctx)
{
	(void)out, (void)size, (void)writing, (void)ctx;
	return -1;
}

X509 *crypto_next_cert(BIO *pem, bool *broken)
{
	X509 *cert = PEM_read_bio_X509(pem, NULL, no_passphrase, NULL);

	*broken = false;
	if (!cert) {
		unsigned long code = ERR_peek_last_error();

		*broken = ERR_GET_LIB(code) != ERR_LIB_PEM ||
			  ERR_GET_REASON(code) != PEM_R_NO_START_LINE;
		if (!*broken)
			ERR_clear_error();
	}
	return cert;
}

/* An encrypted key would make OpenSSL ask on the terminal. */
static int refuse_passphrase(char *out, int size, int writing, void *ctx)
{
	(void)out, (void)size, (void)writing;
	*(bool *)ctx = true;
	return -1;
}

EVP_PKEY *crypto_read_key(struct str pem, struct err *err)
{
	CLEANUP(bio) BIO *bio = crypto_reader(pem, err);
	bool encrypted = false;

	if (!bio)
		return NULL;
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, &encrypted);
	if (!key && encrypted) {
		crypto_fail(err, "");
		err_set(err, E_CRYPTO,
			"the key is encrypted; it must be stored without a passphrase");
	} else if (!key) {
		crypto_fail(err, "no private key in the key file");
	}
	return key;
}

int64_t crypto_time(const ASN1_TIME *t)
{
	struct tm tm;

	if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
		return INT64_MIN;
	return utc_days(tm.tm_year + (int64_t)1900, tm.tm_mon + 1, tm.tm_mday) * UTC_DAY +
	       (int64_t)tm.tm_hour * 3600 + (int64_t)tm.tm_min * 60 + tm.tm_sec;
}

/* These fail for want of memory alone. */
void pki_sha256(struct str data, uint8_t out[PKI_SHA256])
{
	if (EVP_Digest(data.ptr, data.len, out, NULL, EVP_sha256(), NULL) != 1)
		out_of_memory(0);
}

void pki_hmac_sha256(struct str key, struct str data, uint8_t out[PKI_SHA256])
{
	BUG_IF(key.len > INT_MAX);
	if (!HMAC(EVP_sha256(), key.ptr, (int)key.len, (const unsigned char *)data.ptr, data.len,
		  out, NULL))
		out_of_memory(0);
}
