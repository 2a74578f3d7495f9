/*
 * AdmissionReview in, AdmissionReview out (admission.k8s.io/v1; v1beta1 is answered in kind). What
 * kube-apiserver and kubectl do with each part of the answer: kubectl pkg/cmd/util/helpers.go,
 * apiserver pkg/admission/plugin/webhook.
 */
#ifndef REVIEW_REVIEW_H
#define REVIEW_REVIEW_H

#include "engine/engine.h"

/* What the caller may count and log; slices live in the arena. */
struct review_outcome {
	int http_status; /* 200, or 400 for a body that is no AdmissionReview */
	bool allowed;
	bool dry_run;
	struct str kind; /* "Cluster"; "other" for a kind that is not ours */
	struct str operation;
	struct str uid;
	const char *decision; /* "allow" "warn" "deny" "would-deny" "exempt" "skip" "error" */
	struct verdict verdict;
	struct object object; /* the one judged */
	struct str live_uid;  /* of the object as it is there; empty: it was to be created */
};

/* A write that was refused, for those who did not see the answer. Text is borrowed. */
struct review_denial {
	struct str api_version, kind, namespace, name, uid; /* uid: live_uid */
	struct str operation;
	struct str message;   /* at most LIMIT_EVENT_BYTES, without control characters */
	uint64_t fingerprint; /* of all of it but the message, and of the rules that deny */
};

struct review_input {
	struct str body;
	int64_t now;			   /* seconds, UTC */
	enum policy_mode softened;	   /* see struct judge_request */
	const struct inventory *inventory; /* what is live; NULL: not known */
};

/* Never fails: a bad body becomes a v1 Status with its reason, and http_status says so. */
void review_answer(const struct policy *policy, const struct review_input *input,
		   struct arena *arena, struct buf *answer, struct review_outcome *outcome);

/* Of an outcome that is not allowed. No user's name is in it. */
void review_denial(const struct review_outcome *outcome, struct arena *arena,
		   struct review_denial *out);

/* A v1 Status, the only body of an error of which the user sees anything. `code` is the HTTP
 * status. */
void review_status(int code, const char *reason, const char *message, struct buf *out);

#endif
