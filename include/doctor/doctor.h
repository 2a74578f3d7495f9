/*
 * Is the webhook in force? What the API server was told, what the Service serves, who is left out,
 * and a write that has to be refused. Each check is one row of a table (src/doctor/run.c).
 */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include "base/buf.h"
#include "base/err.h"
#include "kube/kube.h"
#include "report/ink.h"

/* How bad it is, milder first. */
enum doctor_level {
	DOCTOR_OK,
	DOCTOR_INFO,	/* worth knowing */
	DOCTOR_WARN,	/* will have to be done, or may be meant */
	DOCTOR_UNKNOWN, /* could not be asked */
	DOCTOR_ERROR,	/* something does not work */
};

struct doctor_finding {
	const char *check; /* id of the row */
	enum doctor_level level;
	struct str message;
	struct buf where; /* names of webhooks or namespaces; may be empty */
	struct str last;  /* of these names */
	struct str says;  /* the API server's own sentence; may be empty */
	struct str fix;	  /* may be empty */
	struct doctor_finding *next;
};

/* What becomes of a wrong write. */
enum doctor_force {
	FORCE_UNKNOWN,
	FORCE_NO,    /* it is accepted, or every write fails */
	FORCE_WARNS, /* it is accepted with our warning, and nothing more is meant */
	FORCE_AUDIT, /* it is accepted, as it is meant */
	FORCE_YES,   /* it is refused */
};

struct doctor_report {
	struct arena *arena;
	struct str configuration; /* its name */
	struct doctor_finding *first, **last;
	size_t counts[DOCTOR_ERROR + 1]; /* by level */
	enum doctor_force force;
};

struct doctor_input {
	struct kube *kube;
	struct arena *arena;
	struct str configuration; /* ValidatingWebhookConfiguration */
	struct str namespace; /* of the write that has to be refused; empty: one that is enforced */
	struct str secret;    /* of the serving certificate, beside the Service; empty: find it */
	struct str policy;    /* ConfigMap of the policy, beside the Service; empty: find it */
	int64_t now;
};

/* False when the API server does not say whether there is such a configuration. */
MUST_CHECK bool doctor_run(const struct doctor_input *in, struct doctor_report *out,
			   struct err *err);

extern const char *const doctor_formats[]; /* text, json; ends with NULL */
enum doctor_format { DOCTOR_TEXT, DOCTOR_JSON };
extern const struct ink_start doctor_ink[]; /* of its text */
void doctor_print(const struct doctor_report *r, int format, struct buf *out);

#endif
