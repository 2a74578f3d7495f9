#include "rotation/rotation.h"
#include "rotation/self_manage.h"

#include "base/macros.h"

#include <criterion/criterion.h>
#include <sys/prctl.h>

#define NOW 10000
static const struct rotation_terms terms = {.ca = 3000, .cert = 900}; /* settles in 150, held 300 */

#define NEVER INT64_MAX /* not trusted */
#define LONG_AGO (NOW - 5000)

/* Lives of a CA and of a certificate at NOW. */
/* clang-format off */
#define CA_YOUNG {9000, 12000}
#define CA_DUE {7500, 10500}
#define CA_URGENT {7200, 10200}
#define CA_ENDED {6990, 9990}
#define CERT_NEW {9900, 10800}
#define CERT_HELD {9600, 10500}	 /* not due */
#define CERT_OLDER {9590, 10490} /* so old that all have taken it */
#define CERT_DUE {9300, 10200}
#define CERT_URGENT {9150, 10050}
/* clang-format on */

struct seen_ca {
	struct rotation_life life;
	int64_t since;
};

struct row {
	const char *what;
	struct seen_ca cas[3];
	size_t len, current, issuer;
	struct rotation_life cert;
	bool unseen, lost, unpublished, unnamed, unusable;
	enum rotation_step step;
};

static struct rotation_view view_of(const struct row *r, struct rotation_ca cas[3])
{
	for (size_t i = 0; i < r->len; i++)
		cas[i] = (struct rotation_ca){.life = r->cas[i].life,
					      .trusted = r->cas[i].since != NEVER,
					      .since = r->cas[i].since};
	return (struct rotation_view){.now = NOW,
				      .usable = !r->unusable,
				      .cas = cas,
				      .len = r->len,
				      .current = r->current,
				      .issuer = r->issuer,
				      .cert = r->cert,
				      .named = !r->unnamed,
				      .seen = !r->unseen,
				      .lost = r->lost,
				      .published = !r->unpublished};
}

/* 1: the older CA, at index len - 1; the newest is always the first. */
static const struct row rows[] = {
	{.what = "nothing is there", .unusable = true, .unpublished = true, .step = ROTATION_MAKE},
	{.what = "nothing is there, not even to look at",
	 .unusable = true,
	 .unseen = true,
	 .step = ROTATION_MAKE},
	{.what = "all is well",
	 .cas = {{CA_YOUNG, LONG_AGO}},
	 .len = 1,
	 .cert = CERT_NEW,
	 .step = ROTATION_WAIT},
	{.what = "just made, and nobody trusts it",
	 .cas = {{CA_YOUNG, NEVER}},
	 .len = 1,
	 .cert = CERT_NEW,
	 .unpublished = true,
	 .step = ROTATION_PUBLISH},
	{.what = "just made, and nobody to trust it",
	 .cas = {{CA_YOUNG, NEVER}},
	 .len = 1,
	 .cert = CERT_NEW,
	 .unseen = true,
	 .step = ROTATION_WAIT},
	{.what = "one of ours is trusted that the Secret lacks",
	 .cas = {{CA_YOUNG, NEVER}},
	 .len = 1,
	 .cert = CERT_NEW,
	 .lost = true,
	 .unpublished = true,
	 .step = ROTATION_ADOPT},
	{.what = "the certificate is in its last third",
	 .cas = {{CA_YOUNG, LONG_AGO}},
	 .len = 1,
	 .cert = CERT_DUE,
	 .step = ROTATION_RENEW},
	{.what = "the certificate is in its last third, and the configuration cannot be seen",
	 .cas = {{CA_YOUNG, LONG_AGO}},
	 .len = 1,
	 .cert = CERT_DUE,
	 .unseen = true,
	 .step = ROTATION_RENEW},
	{.what = "the certificate cannot serve",
	 .cas = {{CA_YOUNG, LONG_AGO}},
	 .len = 1,
	 .issuer = ROTATION_NONE,
	 .step = ROTATION_SWITCH},
	{.what = "the certificate lacks a name",
	 .cas = {{CA_YOUNG, LONG_AGO}},
	 .len = 1,
	 .cert = CERT_NEW,
	 .unnamed = true,
	 .step = ROTATION_RENEW},
	{.what = "the CA is in its last third",
	 .cas = {{CA_DUE, LONG_AGO}},
	 .len = 1,
	 .cert = CERT_NEW,
	 .step = ROTATION_BEGIN},
	{.what = "CA and certificate are in their last thirds",
	 .cas = {{CA_DUE, LONG_AGO}},
	 .len = 1,
	 .cert = CERT_DUE,
	 .step = ROTATION_BEGIN},
	{.what = "the CA is in its last third, but who trusts the next one cannot be seen",
	 .cas = {{CA_DUE, LONG_AGO}},
	 .len = 1,
	 .cert = CERT_NEW,
	 .unseen = true,
	 .step = ROTATION_WAIT},
	{.what = "the same, and the certificate is due: it ends with the CA",
	 .cas = {{CA_DUE, LONG_AGO}},
	 .len = 1,
	 .cert = CERT_DUE,
	 .unseen = true,
	 .step = ROTATION_RENEW},
	{.what = "a certificate that ends with the CA is not made again and again",
	 .cas = {{CA_URGENT, LONG_AGO}},
	 .len = 1,
	 .cert = {9300, 10200},
	 .unseen = true,
	 .step = ROTATION_BEGIN},
	{.what = "the CA ends soon, whatever can be seen",
	 .cas = {{CA_URGENT, LONG_AGO}},
	 .len = 1,
	 .cert = CERT_NEW,
	 .unseen = true,
	 .step = ROTATION_BEGIN},
	{.what = "the next CA is made and not published",
	 .cas = {{CA_YOUNG, NEVER}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .issuer = 1,
	 .cert = CERT_NEW,
	 .unpublished = true,
	 .step = ROTATION_PUBLISH},
	{.what = "the next CA is in some caBundles only",
	 .cas = {{CA_YOUNG, NEVER}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .issuer = 1,
	 .cert = CERT_OLDER,
	 .unpublished = true,
	 .step = ROTATION_PUBLISH},
	{.what = "the next CA is published, API servers may not have heard of it",
	 .cas = {{CA_YOUNG, NOW - 150}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .issuer = 1,
	 .cert = CERT_NEW,
	 .step = ROTATION_WAIT},
	{.what = "the next CA is published, every API server has heard of it",
	 .cas = {{CA_YOUNG, NOW - 151}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .issuer = 1,
	 .cert = CERT_NEW,
	 .step = ROTATION_SWITCH},
	{.what = "the same, and the Secret lacks one that is served",
	 .cas = {{CA_YOUNG, NOW - 151}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .issuer = 1,
	 .cert = CERT_NEW,
	 .lost = true,
	 .unpublished = true,
	 .step = ROTATION_ADOPT},
	{.what = "the next CA cannot be published, and there is time",
	 .cas = {{CA_YOUNG, NEVER}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .issuer = 1,
	 .cert = CERT_DUE,
	 .unseen = true,
	 .step = ROTATION_WAIT},
	{.what = "the next CA cannot be published, and the certificate ends",
	 .cas = {{CA_YOUNG, NEVER}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .issuer = 1,
	 .cert = CERT_URGENT,
	 .unseen = true,
	 .step = ROTATION_SWITCH},
	{.what = "the next CA is not published, and the certificate ends: it would not help",
	 .cas = {{CA_YOUNG, NEVER}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .issuer = 1,
	 .cert = CERT_URGENT,
	 .unpublished = true,
	 .step = ROTATION_PUBLISH},
	{.what = "a new name has to wait for the next CA",
	 .cas = {{CA_YOUNG, NOW - 1}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .issuer = 1,
	 .cert = CERT_NEW,
	 .unnamed = true,
	 .step = ROTATION_WAIT},
	{.what = "the certificate is of the next CA, some replicas may not have it",
	 .cas = {{CA_YOUNG, NOW - 500}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .cert = CERT_NEW,
	 .step = ROTATION_WAIT},
	{.what = "at the end of the time that they have",
	 .cas = {{CA_YOUNG, NOW - 500}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .cert = {9700, 10600},
	 .step = ROTATION_WAIT},
	{.what = "they all have it: the old CA leaves the caBundle",
	 .cas = {{CA_YOUNG, NOW - 500}, {CA_DUE, LONG_AGO}},
	 .len = 2,
	 .cert = CERT_OLDER,
	 .unpublished = true,
	 .step = ROTATION_PUBLISH},
	{.what = "and then the Secret",
	 .cas = {{CA_YOUNG, NOW - 500}, {CA_DUE, NEVER}},
	 .len = 2,
	 .cert = CERT_OLDER,
	 .step = ROTATION_DROP},
	{.what = "but not while the caBundle cannot be seen",
	 .cas = {{CA_YOUNG, NOW - 500}, {CA_DUE, NEVER}},
	 .len = 2,
	 .cert = CERT_OLDER,
	 .unseen = true,
	 .step = ROTATION_WAIT},
	{.what = "a CA that has ended is not kept for anybody",
	 .cas = {{CA_YOUNG, NOW - 500}, {CA_ENDED, NEVER}},
	 .len = 2,
	 .cert = CERT_NEW,
	 .step = ROTATION_DROP},
	{.what = "of three CAs one is needed no more",
	 .cas = {{CA_YOUNG, NOW - 10}, {CA_DUE, LONG_AGO}, {CA_ENDED, NEVER}},
	 .len = 3,
	 .issuer = 1,
	 .cert = CERT_NEW,
	 .step = ROTATION_DROP},
};

Test(rotation, who_holds_the_key_of_a_CA_leaves_no_core)
{
	const struct self_manage_options options = {.kubeconfig = STR_INIT("/nowhere")};
	struct self_manage *m = NULL;
	struct err err;

	cr_assert_eq(prctl(PR_GET_DUMPABLE), 1);
	cr_assert_not(self_manage_open(&options, &m, &err));
	cr_assert_eq(prctl(PR_GET_DUMPABLE), 0);
	self_manage_close(m);
}

Test(rotation, next_step_of_each_state)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rotation_ca cas[3];
		struct rotation_view v = view_of(&rows[i], cas);
		enum rotation_step step = rotation_next(&v, &terms);

		cr_expect(step == rows[i].step, "%s: %s, not %s", rows[i].what, rotation_name(step),
			  rotation_name(rows[i].step));
	}
}

Test(rotation, a_certificate_that_could_not_live_longer_is_not_renewed)
{
	struct row r = {.cas = {{CA_DUE, LONG_AGO}},
			.len = 1,
			.cert = {NOW - 1200, NOW + 500}, /* as long as the CA, and due */
			.unseen = true};
	struct rotation_ca cas[3];
	struct rotation_view v = view_of(&r, cas);

	cr_expect_eq(rotation_next(&v, &terms), ROTATION_WAIT);
	v.cert.until--;
	cr_expect_eq(rotation_next(&v, &terms), ROTATION_RENEW);
}

Test(rotation, settles_no_later_than_five_minutes_however_long_a_CA_lives)
{
	const struct rotation_terms years = {.ca = 365 * 86400, .cert = 90 * 86400};
	struct row r = {.cas = {{{NOW, NOW + 365 * 86400}, NOW - 300},
				{{NOW - 300 * 86400, NOW + 65 * 86400}, LONG_AGO}},
			.len = 2,
			.issuer = 1,
			.cert = {NOW - 300, NOW + 90 * 86400}};
	struct rotation_ca cas[3];
	struct rotation_view v = view_of(&r, cas);

	cr_expect_eq(rotation_next(&v, &years), ROTATION_WAIT);
	v.now++;
	cr_expect_eq(rotation_next(&v, &years), ROTATION_SWITCH);
}

Test(rotation, five_changes_in_a_row_are_looked_at_at_once_then_one_a_second)
{
	const int64_t now = 3600000;
	int64_t paid = 0;

	for (int i = 0; i < 5; i++) {
		cr_expect_leq(rotation_nudge_from(paid), now);
		paid = rotation_nudge_pay(paid, now);
	}
	cr_expect_eq(rotation_nudge_from(paid), now + 1000);
	paid = rotation_nudge_pay(paid, now + 1000);
	cr_expect_eq(rotation_nudge_from(paid), now + 2000);
	cr_expect_leq(rotation_nudge_from(paid), now + 10000, "after a rest five again");
	cr_expect_eq(rotation_nudge_pay(paid, now + 10000), now + 11000);
}

struct serving_row {
	const char *what;
	struct row secret;
	struct rotation_served served;
	bool may;
};

static const struct serving_row serving[] = {
	{"a replica that begins takes what there is",
	 {.cas = {{CA_YOUNG, NEVER}}, .len = 1, .cert = CERT_NEW},
	 {.any = false, .issuer = ROTATION_NONE},
	 true},
	{"but nothing from an unusable Secret",
	 {.unusable = true},
	 {.any = false, .issuer = ROTATION_NONE},
	 false},
	{"nor a certificate that cannot serve",
	 {.cas = {{CA_YOUNG, NEVER}}, .len = 1, .issuer = ROTATION_NONE},
	 {.any = false, .issuer = ROTATION_NONE},
	 false},
	{"a renewed one of the same CA is taken at once, whatever can be seen",
	 {.cas = {{CA_YOUNG, NEVER}}, .len = 1, .cert = CERT_NEW, .unseen = true},
	 {.any = true, .issuer = 0, .life = CERT_DUE},
	 true},
	{"but not one that was made before",
	 {.cas = {{CA_YOUNG, LONG_AGO}}, .len = 1, .cert = CERT_HELD},
	 {.any = true, .issuer = 0, .trusted = true, .life = CERT_NEW},
	 false},
	{"one of a CA that API servers may not have heard of is not",
	 {.cas = {{CA_YOUNG, NOW - 150}, {CA_DUE, LONG_AGO}}, .len = 2, .cert = CERT_NEW},
	 {.any = true, .issuer = 1, .trusted = true, .life = CERT_HELD},
	 false},
	{"until they have",
	 {.cas = {{CA_YOUNG, NOW - 151}, {CA_DUE, LONG_AGO}}, .len = 2, .cert = CERT_NEW},
	 {.any = true, .issuer = 1, .trusted = true, .life = CERT_HELD},
	 true},
	{"or the CA of what is served is trusted no more",
	 {.cas = {{CA_YOUNG, NOW}}, .len = 1, .cert = CERT_NEW},
	 {.any = true, .issuer = ROTATION_NONE, .trusted = false, .life = CERT_HELD},
	 true},
	{"neither is trusted: what is served stays",
	 {.cas = {{CA_YOUNG, NEVER}}, .len = 1, .cert = CERT_NEW},
	 {.any = true, .issuer = ROTATION_NONE, .trusted = false, .life = CERT_HELD},
	 false},
	{"who trusts what cannot be seen: what is served stays",
	 {.cas = {{CA_YOUNG, NEVER}}, .len = 1, .cert = CERT_NEW, .unseen = true},
	 {.any = true, .issuer = ROTATION_NONE, .trusted = false, .life = CERT_DUE},
	 false},
	{"where it can be seen that neither is, it stays to its end",
	 {.cas = {{CA_YOUNG, NEVER}}, .len = 1, .cert = CERT_NEW},
	 {.any = true, .issuer = ROTATION_NONE, .trusted = false, .life = CERT_URGENT},
	 false},
	{"and no longer",
	 {.cas = {{CA_YOUNG, NEVER}}, .len = 1, .cert = CERT_NEW},
	 {.any = true, .issuer = ROTATION_NONE, .trusted = false, .life = {9000, 9999}},
	 true},
	{"where nothing can be seen, it stays until its end is near",
	 {.cas = {{CA_YOUNG, NEVER}}, .len = 1, .cert = CERT_NEW, .unseen = true},
	 {.any = true, .issuer = ROTATION_NONE, .trusted = false, .life = CERT_URGENT},
	 true},
};

Test(rotation, what_a_replica_may_serve)
{
	for (size_t i = 0; i < ARRAY_LEN(serving); i++) {
		struct rotation_ca cas[3];
		struct rotation_view v = view_of(&serving[i].secret, cas);

		cr_expect_eq(rotation_may_serve(&v, &terms, &serving[i].served), serving[i].may,
			     "%s", serving[i].what);
	}
}
