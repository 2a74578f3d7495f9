#include "pki/pki.h"

#include "base/utc.h"

#include <criterion/criterion.h>

#define NOW INT64_C(1800000000) /* 2027-01-15 */

/* For clients only: P-384, the names api.example, 2001:db8::1, spiffe://example/api. */
static const char client_pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIICPjCCAcWgAwIBAgIUdEpfSAHI0LOw6OPGm7UekU3O9j8wCgYIKoZIzj0EAwIw\n"
	"KzEQMA4GA1UECgwHRXhhbXBsZTEXMBUGA1UEAwwOa3ViZS1hcGlzZXJ2ZXIwHhcN\n"
	"MjYxMTIyMTYzMTQ0WhcNMzYxMTE5MTYzMTQ0WjArMRAwDgYDVQQKDAdFeGFtcGxl\n"
	"MRcwFQYDVQQDDA5rdWJlLWFwaXNlcnZlcjB2MBAGByqGSM49AgEGBSuBBAAiA2IA\n"
	"BI8DUTHNbuXLFkeoPfBiiQL3jJExWLmHtjGmvZ5yFKAnhj+pPOsSetmM7H82AvP/\n"
	"6B+CBZnUeBepcUHN3FU4TAO1vCnQv9xP/o8l7AKdGiNTdbox8Dit0G38eT+ttQws\n"
	"K6OBqTCBpjAdBgNVHQ4EFgQU+Fqc+NSpcMcmwGgRY+Xp6LlSWLswHwYDVR0jBBgw\n"
	"FoAU+Fqc+NSpcMcmwGgRY+Xp6LlSWLswDwYDVR0TAQH/BAUwAwEB/zATBgNVHSUE\n"
	"DDAKBggrBgEFBQcDAjA+BgNVHREENzA1ggthcGkuZXhhbXBsZYcQIAENuAAAAAAA\n"
	"AAAAAAAAAYYUc3BpZmZlOi8vZXhhbXBsZS9hcGkwCgYIKoZIzj0EAwIDZwAwZAIw\n"
	"TD6RxTA6d5PzKgqvGs6EGg05eAkssNj+WZcukvv9IqAnvbKxFcVMDAPp2bVionhy\n"
	"AjBDrTN4YCtElP9WQNrA6R+1DS7W75pIPIB9FDlR5w1+KDMABF+0au3G4a8aCkzW\n"
	"ru8=\n"
	"-----END CERTIFICATE-----\n";

struct made {
	struct arena *arena;
	struct pki_bundle pem;
	struct err err;
};

static struct made make(const char *name, int64_t now)
{
	struct made m = {.arena = arena_new()};
	struct str names[] = {str_from(name), STR("10.0.0.50"), STR("fd00::50")};

	m.pem = (struct pki_bundle){
		{.arena = m.arena}, {.arena = m.arena}, {.arena = m.arena}, {.arena = m.arena}};
	cr_assert(pki_make(names, ARRAY_LEN(names), now, 90 * UTC_DAY, &m.pem, &m.err), "%s",
		  m.err.msg);
	return m;
}

static bool pair_fits(struct made *m, struct str cert, struct str key, int64_t now)
{
	struct pki_cert leaf;

	return pki_check_pair(cert, key, now, m->arena, &leaf, &m->err);
}

#define CERT(m) buf_slice(&(m).pem.cert)
#define KEY(m) buf_slice(&(m).pem.key)
#define CA(m) buf_slice(&(m).pem.ca_cert)

Test(pki, made_pair_may_serve_under_its_ca)
{
	struct made m = make("guard.ns.svc", NOW);
	struct pki_cert leaf;

	cr_assert(pki_check_pair(CERT(m), KEY(m), NOW, m.arena, &leaf, &m.err), "%s", m.err.msg);
	cr_assert(pki_check_chain(CERT(m), CA(m), NOW, &m.err), "%s", m.err.msg);
	cr_assert_eq(leaf.names_len, 3);
	cr_assert(str_is(leaf.names[0], "guard.ns.svc"));
	cr_assert(str_is(leaf.names[1], "10.0.0.50"));
	cr_assert(str_is(leaf.names[2], "fd00::50"));
	cr_assert(str_is(leaf.key, "P-256"));
	cr_assert_eq(leaf.serial.len, 32);
	cr_assert_eq(leaf.not_after, NOW + 90 * UTC_DAY);
	cr_assert_lt(leaf.not_before, NOW);
	cr_assert(leaf.server_auth && !leaf.client_auth && !leaf.is_ca);
	arena_free(m.arena);
}

Test(pki, made_ca_is_a_ca_without_names)
{
	struct made m = make("guard.ns.svc", NOW);
	struct pki_cert *all;
	size_t len;

	cr_assert(pki_read(CA(m), m.arena, &all, &len, &m.err), "%s", m.err.msg);
	cr_assert_eq(len, 1);
	cr_assert(all[0].is_ca);
	cr_assert_eq(all[0].names_len, 0);
	cr_assert(str_is(all[0].common_name, "backup-guard CA"));
	cr_assert(str_eq(all[0].subject, all[0].issuer));
	cr_assert_not(pair_fits(&m, CA(m), buf_slice(&m.pem.ca_key), NOW));
	cr_assert(str_contains(str_from(m.err.msg), STR("subject alternative name")), "%s",
		  m.err.msg);
	arena_free(m.arena);
}

Test(pki, key_of_another_certificate_is_refused)
{
	struct made a = make("a", NOW), b = make("b", NOW);

	cr_assert_not(pair_fits(&a, CERT(a), KEY(b), NOW));
	cr_assert_str_eq(a.err.msg, "the key does not belong to the certificate");
	arena_free(a.arena);
	arena_free(b.arena);
}

Test(pki, validity_includes_both_ends)
{
	struct made m = make("guard", NOW);

	cr_assert(pair_fits(&m, CERT(m), KEY(m), NOW + 90 * UTC_DAY));
	cr_assert_not(pair_fits(&m, CERT(m), KEY(m), NOW + 90 * UTC_DAY + 1));
	cr_assert_str_eq(m.err.msg, "the certificate expired at 2027-04-15T08:00:00Z");
	cr_assert(pair_fits(&m, CERT(m), KEY(m), NOW - 300));
	cr_assert_not(pair_fits(&m, CERT(m), KEY(m), NOW - 301));
	arena_free(m.arena);
}

Test(pki, chain_of_another_ca_is_refused_and_two_cas_overlap)
{
	struct made a = make("a", NOW), b = make("b", NOW);
	struct buf both = BUF_ARENA(a.arena);

	cr_assert_not(pki_check_chain(CERT(a), CA(b), NOW, &a.err));
	buf_str(&both, CA(b));
	buf_str(&both, CA(a));
	cr_assert(pki_check_chain(CERT(a), buf_slice(&both), NOW, &a.err), "%s", a.err.msg);
	cr_assert(pki_check_chain(CERT(b), buf_slice(&both), NOW, &a.err), "%s", a.err.msg);
	arena_free(a.arena);
	arena_free(b.arena);
}

Test(pki, names_that_no_certificate_can_hold_are_refused)
{
	static const char *const bad[] = {
		"",
		".",
		"a..b",
		"-a",
		"a-",
		"a b",
		"a,DNS:evil.example",
		"a_b",
		"*",
		"a.*",
		"1.2.3.4/8",
		"10.0.0.300",
		"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop"};
	struct made m = make("*.guard.svc", NOW);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct str name = str_from(bad[i]);

		cr_assert_not(pki_make(&name, 1, NOW, UTC_DAY, &m.pem, &m.err), "%s", bad[i]);
		cr_assert_eq(m.err.code, E_VALUE);
	}
	arena_free(m.arena);
}

Test(pki, client_certificate_is_read_and_may_not_serve)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct pki_cert *all;
	struct err err;
	size_t len;

	cr_assert(pki_read(str_from(client_pem), a, &all, &len, &err), "%s", err.msg);
	cr_assert_eq(len, 1);
	cr_assert(str_is(all[0].subject, "O=Example, CN=kube-apiserver"));
	cr_assert(str_is(all[0].key, "P-384"));
	cr_assert_eq(all[0].names_len, 3);
	cr_assert(str_is(all[0].names[1], "2001:db8::1"));
	cr_assert(str_is(all[0].names[2], "spiffe://example/api"));
	cr_assert(all[0].client_auth && !all[0].server_auth);
}

Test(pki, broken_pem_is_an_error_and_says_which_certificate)
{
	struct made m = make("guard", NOW);
	struct buf two = BUF_ARENA(m.arena);
	struct pki_cert *all, der;
	size_t len;

	cr_assert_not(pki_read(STR("hello"), m.arena, &all, &len, &m.err));
	cr_assert_not(pki_read(STR(""), m.arena, &all, &len, &m.err));
	cr_assert_not(pki_read(KEY(m), m.arena, &all, &len, &m.err));
	buf_str(&two, CERT(m));
	buf_text(&two, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	cr_assert_not(pki_read(buf_slice(&two), m.arena, &all, &len, &m.err));
	cr_assert(str_has_prefix(str_from(m.err.msg), STR("certificate 2: ")), "%s", m.err.msg);
	cr_assert_not(pki_read_der(STR("\x30\x03\x02\x01"), m.arena, &der, &m.err));
	cr_assert_not(pair_fits(&m, CERT(m), CERT(m), NOW));
	arena_free(m.arena);
}

static bool issue(struct made *m, struct str ca, struct str ca_key, int64_t seconds)
{
	static const struct str names[] = {STR_INIT("guard.ns.svc"), STR_INIT("10.0.0.50")};
	struct pki_order order = {.ca_cert = ca,
				  .ca_key = ca_key,
				  .names = names,
				  .names_len = ARRAY_LEN(names),
				  .now = NOW,
				  .seconds = seconds};

	m->pem.cert.len = m->pem.key.len = 0;
	return pki_issue(&order, &m->pem.cert, &m->pem.key, &m->err);
}

Test(pki, certificate_of_a_ca_that_is_there_ends_with_it_at_the_latest)
{
	struct made m = make("guard", NOW);
	struct buf ca = BUF_ARENA(m.arena), ca_key = BUF_ARENA(m.arena);
	struct pki_cert leaf;

	cr_assert(pki_make_ca(NOW, 100 * UTC_DAY, &ca, &ca_key, &m.err), "%s", m.err.msg);
	buf_str(&ca, CA(m)); /* of a bundle the first signs */
	cr_assert(issue(&m, buf_slice(&ca), buf_slice(&ca_key), 90 * UTC_DAY), "%s", m.err.msg);
	cr_assert(pki_check_pair(CERT(m), KEY(m), NOW, m.arena, &leaf, &m.err), "%s", m.err.msg);
	cr_assert_eq(leaf.not_after, NOW + 90 * UTC_DAY);
	cr_assert_eq(leaf.not_before, NOW - PKI_BACKDATE);
	cr_assert_eq(leaf.names_len, 2);
	cr_assert(pki_check_chain(CERT(m), buf_slice(&ca), NOW, &m.err), "%s", m.err.msg);
	cr_assert_not(pki_check_chain(CERT(m), CA(m), NOW, &m.err));
	cr_assert(issue(&m, buf_slice(&ca), buf_slice(&ca_key), 101 * UTC_DAY));
	cr_assert(pki_check_pair(CERT(m), KEY(m), NOW, m.arena, &leaf, &m.err));
	cr_assert_eq(leaf.not_after, NOW + 100 * UTC_DAY);
	cr_assert_not(issue(&m, STR("no CA"), buf_slice(&ca_key), UTC_DAY));
	cr_assert_not(issue(&m, buf_slice(&ca), STR("no key"), UTC_DAY));
	arena_free(m.arena);
}

Test(pki, bundle_comes_apart_into_certificates_that_are_written_alike)
{
	struct made m = make("guard", NOW);
	struct buf text = BUF_ARENA(m.arena);
	struct str *parts;
	size_t len;

	buf_text(&text, "a comment\n");
	buf_str(&text, CA(m));
	buf_text(&text, "\n\nanother\n");
	buf_str(&text, CERT(m));
	cr_assert(pki_split(buf_slice(&text), m.arena, &parts, &len, &m.err), "%s", m.err.msg);
	cr_assert_eq(len, 2);
	cr_assert(str_eq(parts[0], CA(m)));
	cr_assert(str_eq(parts[1], CERT(m)));
	cr_assert(pki_split(STR("none"), m.arena, &parts, &len, &m.err));
	cr_assert_eq(len, 0);
	buf_text(&text, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	cr_assert_not(pki_split(buf_slice(&text), m.arena, &parts, &len, &m.err));
	arena_free(m.arena);
}

Test(pki, key_belongs_to_its_certificate_only)
{
	struct made m = make("guard", NOW);

	cr_assert(pki_check_key(CA(m), buf_slice(&m.pem.ca_key), &m.err), "%s", m.err.msg);
	cr_assert_not(pki_check_key(CA(m), KEY(m), &m.err));
	cr_assert_not(pki_check_key(KEY(m), KEY(m), &m.err));
	cr_assert_not(pki_check_key(CA(m), CA(m), &m.err));
	arena_free(m.arena);
}

/* With a passphrase, which nobody is asked for. */
Test(pki, key_that_is_encrypted_is_refused)
{
	static const char encrypted[] =
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
		"MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgbsmkBKuYJYgICCAAw\n"
		"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEPfsrYFUUhQh8SL2FKT2fc8EgZDg\n"
		"nMUgGy70Cq5jM1FBEOI7nmJaxpeucELl0jVy4bemV0/RLDckOEXN88e4pr1GL18U\n"
		"X8AcFozyjn9gI7EPGop4GZdo0U8Ywsl4VxoxroFCqrQZKLudsmLG/Wg+iqGnsafM\n"
		"QQarpoCWcfD9MivrYDuCV03/Txfc2tTjVMvPwdeG23a0j+Y+GPe2/fdxsBHHgWc=\n"
		"-----END ENCRYPTED PRIVATE KEY-----\n";
	struct made m = make("a.example", NOW);
	struct err err;

	cr_expect_not(pki_check_key(buf_slice(&m.pem.cert), str_from(encrypted), &err));
	cr_expect_str_eq(err.msg, "the key is encrypted; it must be stored without a passphrase");
	cr_expect_not(pki_check_key(buf_slice(&m.pem.cert), STR("no key"), &err));
	cr_expect(str_has_prefix(str_from(err.msg), STR("no private key in the key file")), "%s",
		  err.msg);
	arena_free(m.arena);
}

Test(pki, chain_that_is_no_certificate_says_of_which_side)
{
	struct made m = make("a.example", NOW);
	struct err err;
	static const char broken[] =
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

	cr_expect_not(pki_check_chain(buf_slice(&m.pem.cert), STR("no CA"), NOW, &err));
	cr_expect_str_eq(err.msg, "CA: no certificate in it (-----BEGIN CERTIFICATE-----)");
	cr_expect_not(pki_check_chain(STR("none"), buf_slice(&m.pem.ca_cert), NOW, &err));
	cr_expect_str_eq(err.msg, "no certificate in it (-----BEGIN CERTIFICATE-----)");
	cr_expect_not(pki_check_chain(buf_slice(&m.pem.cert), str_from(broken), NOW, &err));
	cr_expect(str_has_prefix(str_from(err.msg), STR("CA: not a certificate")), "%s", err.msg);
	arena_free(m.arena);
}
