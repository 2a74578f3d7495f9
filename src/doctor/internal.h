/* What the files of doctor share; for this folder only. */
#ifndef DOCTOR_INTERNAL_H
#define DOCTOR_INTERNAL_H

#include "doctor/doctor.h"

#include "cnpg/kinds.h"
#include "pki/pki.h"

#define MODE_LABEL "backup-guard.io/mode"
#define ADMISSION "/apis/admissionregistration.k8s.io/v1/"

/* What a path of ours does with what is sent there; the label of a namespace has the same words. */
enum hook_mode { HOOK_ENFORCE, HOOK_WARN, HOOK_AUDIT, HOOK_NOT_SENT };
#define HOOK_MODES HOOK_NOT_SENT
extern const char *const hook_mode_words[];

/* One webhook of the configuration. */
struct hook {
	struct obj root;
	struct str name, path;
	enum hook_mode mode; /* by its path; HOOK_NOT_SENT: not one of ours */
	int64_t timeout;
	bool fails;	       /* failurePolicy: Fail */
	struct str bundle;     /* PEM of its caBundle; empty: none that can be read */
	bool bundle_told;      /* why it trusts nothing; what is served is not held against it */
	bool ca_told;	       /* that what it trusts ends soon */
	struct target *target; /* NULL: neither a Service nor a URL that can be read */
};

/* A Service that webhooks name, or a URL. */
struct target {
	struct str namespace, name; /* empty: it is a URL */
	struct str url;		    /* of the first webhook that has it; empty: it is a Service */
	int64_t port;
	struct hook *hook;  /* the first that names it; one that fails closed before others */
	struct obj service; /* absent: not there, or not to be read */
	struct str host;    /* NAME.NAMESPACE.svc, or that of the URL */
	struct str port_name;
	size_t ready; /* addresses */
	bool is_asked, is_there, serves_port, has_endpoints;
	struct str chain; /* PEM that it serves; empty: not known */
	struct target *next;
};

/* A namespace, and what becomes of writes in it. */
struct place {
	struct str name, label; /* of backup-guard.io/mode */
	struct obj labels;
	enum hook_mode mode; /* of a new ScheduledBackup */
	size_t clusters;
	struct place *next;
};

/* Beside the Service. */
struct doctor_names {
	struct str secret;	 /* of the serving certificate */
	struct str policy, file; /* ConfigMap of the policy, and its key */
	bool managed;		 /* the pods make the certificate */
	bool serves;		 /* a Deployment was found that runs `serve`, with these words: */
	bool verifies, trusts;	 /* --client-ca, --trust-network */
	bool tells;		 /* --cache or --events */
	struct str clients;	 /* --client-name; empty: any */
};

struct doctor {
	const struct doctor_input *in;
	struct doctor_report *report;
	struct arena *arena;
	const char *row; /* id of the check that runs */
	struct obj configuration;
	struct hook *hooks;
	size_t hooks_len;
	struct target *targets;
	struct doctor_names names;
	struct str version; /* of the API server; may be empty */
	int64_t minor;	    /* of it; 0: not known */
	/* What may let a wrong write by, or leave a namespace out: known only when it has; or NULL.
	 */
	struct doctor_finding *suspect, *left_out;
	struct str cnpg;      /* namespace of CloudNativePG, by its own webhook; empty: not known */
	struct place *places; /* in the order of the API server: by name */
	bool knows_places;
};

/* findings.c: of the row that runs. A second one with the same message is the same finding: only
 * its `where` grows. */
struct doctor_finding *doctor_add(struct doctor *d, enum doctor_level level, struct str where,
				  const char *fmt, ...) PRINTF(4, 5);
struct doctor_finding *doctor_add_fix(struct doctor_finding *f, struct doctor *d, const char *fmt,
				      ...) PRINTF(3, 4);
#define NOWHERE STR_EMPTY

/* Of the findings of a row so far; DOCTOR_OK when there are none. */
enum doctor_level doctor_worst(const struct doctor *d, const char *row);

/* A warning that turned out to be the error. */
void doctor_raise(struct doctor *d, struct doctor_finding *f);

/* deployment.c: as --secret and --policy-map say, else as the Deployment behind the Service has
 * them, else as they are shipped. */
void doctor_find_names(struct doctor *d);

/* hooks.c: the webhooks of the configuration. */
void doctor_read_hooks(struct doctor *d);

/* "Internal error occurred: failed calling webhook ...": what a user reads whose write is refused
 * because of `why`; where the webhook fails open, what the API server logs. */
struct str doctor_sentence(struct doctor *d, const struct hook *h, const char *fmt, ...)
	PRINTF(3, 4);

/* configuration.c: false when the API server does not say whether there is one. Without any, or
 * without webhooks in it, that is a finding. */
MUST_CHECK bool doctor_read_configuration(struct doctor *d, struct err *err);

/* GET of one object; `what` is "Service a/b". False: not there (HTTP status in *status), or not
 * told: then a finding of level `untold` says so. */
bool doctor_get(struct doctor *d, struct str path, const char *what, enum doctor_level untold,
		struct obj *out, long *status);
/* "PREFIX/namespaces/NS/RESOURCE/NAME"; NAME may be empty. */
struct str doctor_path(struct doctor *d, const char *prefix, struct str namespace,
		       const char *resource, struct str name);

/* namespaces.c: all of them; a finding when they cannot be listed. */
void doctor_read_places(struct doctor *d);

/* match.c: how an API server chooses */
struct need {
	enum kind kind;
	const char *operation;
	const char *outage; /* what failing closed would stop while we are away; NULL: wanted so */
	bool may_close;	    /* it may fail closed all the same */
	bool by_label;	    /* sent only when the object has the label */
};
extern const struct need needs[];
extern const size_t needs_len;
enum {
	NEED_SCHEDULE = 2
}; /* its row: a new ScheduledBackup, which decides the mode of a namespace */
bool match_labels(struct obj selector, struct obj labels); /* an absent selector takes all */
bool match_rule(struct obj rule, const struct need *n);
bool match_rules(const struct hook *h, const struct need *n);
bool match_names(const struct hook *h, const struct need *n); /* in so many words, not by "*" */
bool match_namespace(const struct hook *h, struct obj labels);
bool match_all_objects(const struct hook *h); /* no objectSelector, or an empty one */
/* Labels of a namespace called `name`; `mode` NULL: no such label. */
struct obj match_synthetic(struct doctor *d, struct str name, const char *mode);
/* The strictest mode in which `n` is sent from a namespace with these labels. */
enum hook_mode match_mode(const struct doctor *d, const struct need *n, struct obj labels);

/* The strictest of the webhooks that select such a namespace; one whose path nobody knows counts as
 * enforcing: its calls fail. */
enum hook_mode match_place(const struct doctor *d, struct obj labels);

/* Every webhook has the path of mode audit, as the overlay audit-only has it. */
bool doctor_audit_only(const struct doctor *d);

/* fields.c: the configuration that this program was shipped with */
struct obj doctor_shipped(struct doctor *d);

/* tls.c: what Go's verifier says of `chain`, in its own words; empty: it is content */
struct str doctor_x509(struct arena *a, struct str chain, struct str host, struct str bundle,
		       int64_t now);
/* That `c` is not valid at `now`. */
struct str doctor_x509_time(struct arena *a, const struct pki_cert *c, int64_t now);

/* One row each. */
void doctor_rules(struct doctor *d);
void doctor_selectors(struct doctor *d);
void doctor_conditions(struct doctor *d);
void doctor_failure_policy(struct doctor *d);
void doctor_timeout(struct doctor *d);
void doctor_side_effects(struct doctor *d);
void doctor_match_policy(struct doctor *d);
void doctor_review_versions(struct doctor *d);
void doctor_hook_path(struct doctor *d);
void doctor_drift(struct doctor *d);
void doctor_others(struct doctor *d);
void doctor_service(struct doctor *d);
void doctor_endpoints(struct doctor *d);
void doctor_ca_bundle(struct doctor *d);
void doctor_certificate(struct doctor *d);
void doctor_secret(struct doctor *d);
void doctor_clients(struct doctor *d);
void doctor_policy(struct doctor *d);
void doctor_namespaces(struct doctor *d);
void doctor_bypass(struct doctor *d);
void doctor_access(struct doctor *d);
void doctor_refusal(struct doctor *d);

#endif
