/* The checks as rows, and the run through them. */
#include "internal.h"

/* The checks, in the order in which they are told. `fine` is said when nothing was found. */
static const struct row {
	const char *id;
	void (*run)(struct doctor *d);
	const char *fine;
} rows[] = {
	{"rules", doctor_rules, "every kind and operation is sent, and nothing else"},
	{"selectors", doctor_selectors,
	 "a namespace is left out by its label, Secrets are chosen by theirs"},
	{"conditions", doctor_conditions, "matchConditions are those shipped"},
	{"failure-policy", doctor_failure_policy,
	 "closed where only people write, open everywhere else"},
	{"timeout", doctor_timeout, "at most 5 seconds"},
	{"side-effects", doctor_side_effects, "dry runs are asked about as well"},
	{"match-policy", doctor_match_policy, "every version of a kind is sent"},
	{"review-versions", doctor_review_versions, "v1"},
	{"path", doctor_hook_path, "each mode has its path"},
	{"service", doctor_service, "it is there, with the port that is called"},
	{"endpoints", doctor_endpoints, "pods are ready"},
	{"ca-bundle", doctor_ca_bundle, "can be read, and lasts two weeks and more"},
	{"certificate", doctor_certificate,
	 "what is served is trusted by every caBundle, and lasts two weeks and more"},
	{"secret", doctor_secret, "key and certificate belong together and are what is served"},
	{"clients", doctor_clients, "not verified, and told of no other object"},
	{"drift", doctor_drift, "as it was applied, or else as it is shipped"},
	{"others", doctor_others, "nobody else is asked about these kinds"},
	{"namespaces", doctor_namespaces, "every namespace with Clusters is asked about"},
	{"policy", doctor_policy, "exempts nobody"},
	{"bypass", doctor_bypass, "every namespace is asked about, whoever writes"},
	{"access", doctor_access, "nobody but cluster-admin may change what is asked about"},
	{"refusal", doctor_refusal, ""},
};

static void run_rows(struct doctor *d)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct doctor_finding **before = d->report->last;

		d->row = rows[i].id;
		rows[i].run(d);
		if (before == d->report->last)
			doctor_add(d, DOCTOR_OK, NOWHERE, "%s", rows[i].fine);
	}
}

bool doctor_run(const struct doctor_input *in, struct doctor_report *out, struct err *err)
{
	struct doctor d = {.in = in, .report = out, .arena = in->arena};

	*out = (struct doctor_report){.arena = in->arena, .configuration = in->configuration};
	out->last = &out->first;
	if (!doctor_read_configuration(&d, err))
		return false;
	doctor_read_hooks(&d);
	if (!d.hooks_len)
		return true;
	doctor_read_places(&d);
	run_rows(&d);
	return true;
}
