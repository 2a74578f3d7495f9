/* Makes CAs, keys and certificates. */
#include "pki/pki.h"

#include "base/utc.h"
#include "internal.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <string.h>

#define CA_SECONDS (INT64_C(3652) * UTC_DAY) /* ten years */
#define SERIAL_BITS 128
#define DNS_NAME_MAX 253 /* RFC 1035, without the dots at both ends */
#define DNS_LABEL_MAX 63

struct issue {
	X509 *issuer; /* NULL: signs itself */
	EVP_PKEY *issuer_key;
	EVP_PKEY *key;
	const char *common_name;
	const struct str *names; /* of the subject alternative name */
	size_t names_len;
	int64_t from, until;
};

static bool is_label(struct str s)
{
	if (!s.len || s.len > DNS_LABEL_MAX || s.ptr[0] == '-' || s.ptr[s.len - 1] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-')
			return false;
	}
	return true;
}

/* The last label of an address; no name ends so, a mistyped address does (10.0.0.300). */
static bool is_number(struct str label)
{
	int64_t n;

	return str_to_i64(label, &n);
}

static bool is_dns_name(struct str name)
{
	struct str rest = name, label = STR_EMPTY;

	if (!name.len || name.len > DNS_NAME_MAX)
		return false;
	if (str_has_prefix(name, STR("*.")))
		rest = str_slice(name, 2, name.len);
	while (str_split(&rest, '.', &label))
		if (!is_label(label))
			return false;
	return !is_number(label);
}

/* 4 or 16 bytes of an address; 0 when the name is none. */
static size_t address_bytes(struct str name, unsigned char out[16])
{
	char text[INET6_ADDRSTRLEN];

	if (name.len >= sizeof text || memchr(name.ptr, '\0', name.len))
		return 0;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	if (inet_pton(AF_INET, text, out) == 1)
		return 4;
	return inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

static bool add_name(GENERAL_NAMES *all, struct str name, struct err *err)
{
	unsigned char address[16];
	size_t address_len = address_bytes(name, address);

	if (!address_len && !is_dns_name(name))
		return err_set(err, E_VALUE, "'%.*s' is neither a DNS name nor an IP address",
			       STR_ARG(name));
	GENERAL_NAME *entry = GENERAL_NAME_new();
	ASN1_STRING *value = address_len ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
	int set = address_len ? ASN1_STRING_set(value, address, (int)address_len)
			      : ASN1_STRING_set(value, name.ptr, (int)name.len);
	if (!entry || !value || set != 1)
		out_of_memory(name.len);
	GENERAL_NAME_set0_value(entry, address_len ? GEN_IPADD : GEN_DNS, value);
	if (!sk_GENERAL_NAME_push(all, entry))
		out_of_memory(name.len);
	return true;
}

static bool set_names(X509 *cert, const struct issue *in, struct err *err)
{
	CLEANUP(general_names) GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();

	if (!all)
		out_of_memory(in->names_len);
	for (size_t i = 0; i < in->names_len; i++)
		if (!add_name(all, in->names[i], err))
			return false;
	if (X509_add1_ext_i2d(cert, NID_subject_alt_name, all, 0, X509V3_ADD_DEFAULT) != 1)
		return crypto_fail(err, "subjectAltName");
	return true;
}

struct extension {
	int nid;
	const char *value;
};

static const struct extension ca_extensions[] = {
	{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
	{NID_key_usage, "critical,keyCertSign,cRLSign"},
	{NID_subject_key_identifier, "hash"},
};

static const struct extension leaf_extensions[] = {
	{NID_basic_constraints, "critical,CA:FALSE"},
	{NID_key_usage, "critical,digitalSignature"},
	{NID_ext_key_usage, "serverAuth"},
	{NID_subject_key_identifier, "hash"},
	{NID_authority_key_identifier, "keyid"},
};

static bool set_extensions(X509 *cert, const struct issue *in, struct err *err)
{
	const struct extension *rows = in->issuer ? leaf_extensions : ca_extensions;
	size_t len = in->issuer ? ARRAY_LEN(leaf_extensions) : ARRAY_LEN(ca_extensions);
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, in->issuer ? in->issuer : cert, cert, NULL, NULL, 0);
	for (size_t i = 0; i < len; i++) {
		CLEANUP(extension)
		X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, &ctx, rows[i].nid, rows[i].value);

		if (!e || X509_add_ext(cert, e, -1) != 1)
			return crypto_fail(err, OBJ_nid2sn(rows[i].nid));
	}
	return !in->names_len || set_names(cert, in, err);
}

static bool set_serial(X509 *cert, struct err *err)
{
	CLEANUP(bignum) BIGNUM *n = BN_new();

	if (!n || BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1 ||
	    !BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)))
		return crypto_fail(err, "serial number");
	return true;
}

static X509 *issue(const struct issue *in, struct err *err)
{
	CLEANUP(x509) X509 *cert = X509_new();
	X509_NAME *name = cert ? X509_get_subject_name(cert) : NULL;

	if (!cert || X509_set_version(cert, X509_VERSION_3) != 1 ||
	    !ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)in->from) ||
	    !ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)in->until) ||
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
				       (const unsigned char *)in->common_name, -1, -1, 0) != 1 ||
	    X509_set_issuer_name(cert, in->issuer ? X509_get_subject_name(in->issuer) : name) !=
		    1 ||
	    X509_set_pubkey(cert, in->key) != 1) {
		crypto_fail(err, "certificate");
		return NULL;
	}
	if (!set_serial(cert, err) || !set_extensions(cert, in, err))
		return NULL;
	if (!X509_sign(cert, in->issuer_key, EVP_sha256())) {
		crypto_fail(err, "signature");
		return NULL;
	}
	return STEAL(cert);
}

static bool to_pem(X509 *cert, EVP_PKEY *key, struct buf *out, struct err *err)
{
	CLEANUP(bio) BIO *bio = BIO_new(key ? BIO_s_secmem() : BIO_s_mem());
	char *bytes = NULL;

	if (!bio || (cert && PEM_write_bio_X509(bio, cert) != 1) ||
	    (key && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1))
		return crypto_fail(err, "PEM");
	long len = BIO_get_mem_data(bio, &bytes);
	buf_add(out, bytes, len > 0 ? (size_t)len : 0);
	return true;
}

bool pki_check_names(const struct str *names, size_t len, struct err *err)
{
	CLEANUP(general_names) GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();

	if (!all)
		out_of_memory(len);
	for (size_t i = 0; i < len; i++)
		if (!add_name(all, names[i], err))
			return false;
	return true;
}

bool pki_make_ca(int64_t now, int64_t seconds, struct buf *cert, struct buf *key, struct err *err)
{
	CLEANUP(pkey) EVP_PKEY *pair = EVP_EC_gen("P-256");

	if (!pair)
		return crypto_fail(err, "cannot make a key");
	struct issue root = {.issuer_key = pair,
			     .key = pair,
			     .common_name = "backup-guard CA",
			     .from = now - PKI_BACKDATE,
			     .until = now + seconds};
	CLEANUP(x509) X509 *ca = issue(&root, err);
	return ca && to_pem(ca, NULL, cert, err) && to_pem(NULL, pair, key, err);
}

static X509 *read_ca(struct str pem, struct err *err)
{
	CLEANUP(bio) BIO *bio = crypto_reader(pem, err);
	bool broken;
	X509 *ca = bio ? crypto_next_cert(bio, &broken) : NULL;

	if (bio && !ca)
		crypto_fail(err, "no certificate of a CA");
	return ca;
}

bool pki_issue(const struct pki_order *order, struct buf *cert, struct buf *key, struct err *err)
{
	CLEANUP(x509) X509 *ca = read_ca(order->ca_cert, err);
	CLEANUP(pkey) EVP_PKEY *ca_key = ca ? crypto_read_key(order->ca_key, err) : NULL;

	BUG_IF(!order->names_len);
	if (!ca_key)
		return false;
	CLEANUP(pkey) EVP_PKEY *pair = EVP_EC_gen("P-256");
	if (!pair)
		return crypto_fail(err, "cannot make a key");
	int64_t ca_until = crypto_time(X509_get0_notAfter(ca));
	int64_t until = order->now + order->seconds;
	struct issue serving = {.issuer = ca,
				.issuer_key = ca_key,
				.key = pair,
				.common_name = "backup-guard",
				.names = order->names,
				.names_len = order->names_len,
				.from = order->now - PKI_BACKDATE,
				.until = until < ca_until ? until : ca_until};
	CLEANUP(x509) X509 *made = issue(&serving, err);
	return made && to_pem(made, NULL, cert, err) && to_pem(NULL, pair, key, err);
}

bool pki_make(const struct str *names, size_t len, int64_t now, int64_t seconds,
	      struct pki_bundle *out, struct err *err)
{
	if (!pki_make_ca(now, CA_SECONDS, &out->ca_cert, &out->ca_key, err))
		return false;
	struct pki_order order = {.ca_cert = buf_slice(&out->ca_cert),
				  .ca_key = buf_slice(&out->ca_key),
				  .names = names,
				  .names_len = len,
				  .now = now,
				  .seconds = seconds};
	return pki_issue(&order, &out->cert, &out->key, err);
}

bool pki_split(struct str pem, struct arena *a, struct str **out, size_t *len, struct err *err)
{
	CLEANUP(bio) BIO *bio = crypto_reader(pem, err);
	struct buf list = BUF_ARENA(a);
	bool broken = false;

	if (!bio)
		return false;
	for (*len = 0;; ++*len) {
		CLEANUP(x509) X509 *cert = crypto_next_cert(bio, &broken);
		struct buf one = BUF_ARENA(a);

		if (!cert)
			break;
		if (!to_pem(cert, NULL, &one, err))
			return false;
		struct str text = buf_slice(&one);
		buf_add(&list, &text, sizeof text);
	}
	if (broken)
		return crypto_fail(err, "not a certificate");
	*out = (struct str *)(void *)list.ptr; /* the arena aligns for any type */
	return true;
}
