/* Reads what a certificate says. */
#include "pki/pki.h"

#include "internal.h"

#include <arpa/inet.h>
#include <limits.h>
#include <string.h>

static struct str one_line(const X509_NAME *name, struct arena *a)
{
	CLEANUP(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *bytes = NULL;

	if (!bio)
		out_of_memory(0);
	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~XN_FLAG_SPC_EQ) < 0)
		return STR_EMPTY;
	long len = BIO_get_mem_data(bio, &bytes);
	return arena_str(a, (struct str){bytes, len > 0 ? (size_t)len : 0});
}

static struct str asn1_text(const ASN1_STRING *s, struct arena *a)
{
	unsigned char *text = NULL;
	int len = s ? ASN1_STRING_to_UTF8(&text, s) : -1;

	if (len < 0)
		return STR_EMPTY;
	struct str copy = arena_str(a, (struct str){(const char *)text, (size_t)len});
	OPENSSL_free(text);
	return copy;
}

static struct str common_name(const X509 *cert, struct arena *a)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	if (at < 0)
		return STR_EMPTY;
	return asn1_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), a);
}

static struct str serial_hex(const X509 *cert, struct arena *a)
{
	CLEANUP(bignum) BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
	char *hex = n ? BN_bn2hex(n) : NULL;
	struct str copy = arena_str(a, str_from(hex));

	OPENSSL_free(hex);
	return copy;
}

static struct str key_name(X509 *cert, struct arena *a)
{
	static const char *const groups[][2] = {
		{"prime256v1", "P-256"}, {"secp384r1", "P-384"}, {"secp521r1", "P-521"}};
	const EVP_PKEY *key = X509_get0_pubkey(cert);
	char group[32];
	size_t len;

	if (!key)
		return STR("unknown");
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
	    EVP_PKEY_get_group_name(key, group, sizeof group, &len) == 1) {
		for (size_t i = 0; i < ARRAY_LEN(groups); i++)
			if (str_is((struct str){group, len}, groups[i][0]))
				return str_from(groups[i][1]);
		return arena_str(a, (struct str){group, len});
	}
	const char *type = EVP_PKEY_get0_type_name(key);
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return arena_fmt(a, "RSA %d", EVP_PKEY_get_bits(key));
	return arena_str(a, str_from(type ? type : "unknown"));
}

static struct str address_text(const ASN1_OCTET_STRING *s, struct arena *a)
{
	char text[INET6_ADDRSTRLEN];
	int len = ASN1_STRING_length(s);
	int family = len == 4 ? AF_INET : AF_INET6;

	if ((len != 4 && len != 16) ||
	    !inet_ntop(family, ASN1_STRING_get0_data(s), text, sizeof text))
		return STR("unreadable address");
	return arena_str(a, str_from(text));
}

static void read_names(X509 *cert, struct arena *a, struct pki_cert *out)
{
	CLEANUP(general_names)
	GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	int len = all ? sk_GENERAL_NAME_num(all) : 0;

	out->names = ARENA_ARRAY(a, struct str, (size_t)(len > 0 ? len : 0));
	for (int i = 0; i < len; i++) {
		int type;
		const ASN1_STRING *value =
			GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all, i), &type);

		if (type == GEN_IPADD)
			out->names[out->names_len++] = address_text(value, a);
		else if (type == GEN_DNS || type == GEN_URI || type == GEN_EMAIL)
			out->names[out->names_len++] = asn1_text(value, a);
	}
}

static bool usable_for(X509 *cert, uint32_t usage)
{
	uint32_t allowed = X509_get_extended_key_usage(cert); /* all ones when it says nothing */

	return allowed & (usage | XKU_ANYEKU);
}

static bool describe(X509 *cert, struct arena *a, struct pki_cert *out, struct err *err)
{
	*out = (struct pki_cert){
		.subject = one_line(X509_get_subject_name(cert), a),
		.issuer = one_line(X509_get_issuer_name(cert), a),
		.serial = serial_hex(cert, a),
		.key = key_name(cert, a),
		.common_name = common_name(cert, a),
		.not_before = crypto_time(X509_get0_notBefore(cert)),
		.not_after = crypto_time(X509_get0_notAfter(cert)),
		.is_ca = (X509_get_extension_flags(cert) & EXFLAG_CA) != 0,
		.server_auth = usable_for(cert, XKU_SSL_SERVER),
		.client_auth = usable_for(cert, XKU_SSL_CLIENT),
	};
	unsigned int len = 0;
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (X509_digest(cert, EVP_sha256(), digest, &len) != 1 || len != sizeof out->sha256)
		return crypto_fail(err, "fingerprint");
	memcpy(out->sha256, digest, sizeof out->sha256);
	if (out->not_before == INT64_MIN || out->not_after == INT64_MIN)
		return err_set(err, E_CRYPTO, "the certificate has no readable validity");
	read_names(cert, a, out);
	return true;
}

bool pki_read(struct str pem, struct arena *a, struct pki_cert **out, size_t *len, struct err *err)
{
	CLEANUP(bio) BIO *bio = crypto_reader(pem, err);
	struct buf list = BUF_ARENA(a);
	bool broken = false;

	if (!bio)
		return false;
	for (*len = 0;; ++*len) {
		CLEANUP(x509) X509 *cert = crypto_next_cert(bio, &broken);
		struct pki_cert read;

		if (!cert)
			break;
		if (!describe(cert, a, &read, err))
			return false;
		buf_add(&list, &read, sizeof read);
	}
	if (broken) {
		crypto_fail(err, "not a certificate");
		return err_within(err, "certificate %zu: ", *len + 1);
	}
	if (!*len)
		return err_set(err, E_CRYPTO, "no certificate in it (-----BEGIN CERTIFICATE-----)");
	*out = (struct pki_cert *)(void *)list.ptr; /* the arena aligns for any type */
	return true;
}

bool pki_read_der(struct str der, struct arena *a, struct pki_cert *out, struct err *err)
{
	const unsigned char *at = (const unsigned char *)der.ptr;
	CLEANUP(x509) X509 *cert = der.len <= LONG_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;

	if (!cert)
		return crypto_fail(err, "not a certificate");
	return describe(cert, a, out, err);
}
