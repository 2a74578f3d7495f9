#include "rules/rule.h"

#include "rules/checks.h"

const struct rule rules[] = {
	/* additional-args-malformed: OS, objectstore.c, SEV_DENY */

	/* additional-args-reserved: OS, objectstore.c, SEV_WARN */

	/* archive-timeout-disabled: C, cluster.c, SEV_WARN */

	/* backup-target-primary: C|SB, cluster.c, SEV_INFO */

	/* barman-object-name-missing: C, cluster.c, SEV_DENY */

	/* checksum-env-missing: OS, objectstore.c, SEV_WARN */

	/* cluster-without-backup: C, cluster.c, SEV_WARN */

	/* credentials-absent: OS, objectstore.c, SEV_DENY */

	/* credentials-incomplete: OS, objectstore.c, SEV_DENY */

	/* credentials-kinds-mixed: OS, objectstore.c, SEV_DENY */

	/* cross-namespace-store: C, cluster.c, SEV_DENY */

	/* data-compression-unsupported-by-version: OS, objectstore.c, SEV_WARN */

	/* destination-credentials-mismatch: OS, objectstore.c, SEV_DENY */

	/* destination-path-invalid: OS, objectstore.c, SEV_DENY */

	/* empty-archive-check-skipped: C, cluster.c, SEV_WARN */

	/* endpoint-aws-redundant-or-region: OS, objectstore.c, SEV_WARN */

	/* endpoint-ca-ignored: OS, objectstore.c, SEV_WARN */

	/* endpoint-malformed: OS, objectstore.c, SEV_DENY */

	/* endpoint-plaintext: OS|C, objectstore.c, SEV_WARN */

	/* external-in-tree-credentials: C, cluster.c, SEV_DENY */

	{
		.id = "exemption-not-honoured",
		.kinds = KIND_ALL,
		.severity = SEV_WARN,
		.check = check_exemption_not_honoured,
		.summary = "An exemption annotation is incomplete, expired or misspelt",
		.why = "backup-guard.io/allow silences the rules it names only together with a "
		       "backup-guard.io/reason, before backup-guard.io/expires, and where the "
		       "policy "
		       "allows annotations. Otherwise every finding stands.",
		.fix = "Add the reason, mend the date or the rule id, or remove the annotation.",
		.bad = "metadata:\n  annotations:\n    backup-guard.io/allow: schedule-suspended",
		.good = "metadata:\n  annotations:\n    backup-guard.io/allow: schedule-suspended\n"
			"    backup-guard.io/reason: restored by hand until March",
		.reference = "https://kubernetes.io/docs/concepts/overview/working-with-objects/"
			     "annotations/",
	},

	/* externalsecret-not-owner: ES, secret.c, SEV_WARN */

	/* gcs-credentials-empty: OS, objectstore.c, SEV_DENY */

	/* iam-on-custom-endpoint: OS, objectstore.c, SEV_WARN */

	/* in-tree-beside-plugin: C, cluster.c, SEV_WARN */

	/* in-tree-deprecated: C, cluster.c, SEV_WARN */

	/* in-tree-image-without-barman: C, cluster.c, SEV_WARN */

	/* kubectl-apply-annotation-secret: S, secret.c, SEV_INFO */

	/* method-default-in-tree: SB|B, schedule.c, SEV_DENY */

	/* no-compression: OS, objectstore.c, SEV_INFO */

	/* no-immediate-first-backup: SB, schedule.c, SEV_INFO */

	{
		.id = "nul-in-value",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_nul_in_value,
		.summary = "A value that backups depend on holds a NUL character",
		.why = "The API server stores \\u0000 in any string, but barman-cloud gets the "
		       "value as an "
		       "argument or an environment variable, where it ends at the NUL: another "
		       "path, "
		       "another name, or no start at all.",
		.fix = "Remove the \\u0000; it usually comes from a template or a binary Secret.",
		.bad = "spec:\n  configuration:\n    destinationPath: \"s3://backups/a\\0b\"",
		.good = "spec:\n  configuration:\n    destinationPath: s3://backups/ab",
		.reference = "plugin-barman-cloud#764",
	},

	/* owner-reference-none: SB, schedule.c, SEV_INFO */

	/* plaintext-credentials-in-env: OS|C, objectstore.c, SEV_DENY */

	/* plugin-disabled: C, cluster.c, SEV_DENY */

	/* plugin-entry-duplicate: C, cluster.c, SEV_DENY */

	/* plugin-name-unknown: C|SB|B, common.c, SEV_DENY */

	/* plugin-parameter-unknown: C, cluster.c, SEV_DENY */

	/* plugin-parameters-ignored: SB|B, schedule.c, SEV_WARN */

	/* policy-credentials-secret: OS, site.c, SEV_OFF */

	/* policy-destination: OS, site.c, SEV_OFF */

	/* policy-endpoint: OS, site.c, SEV_OFF */

	/* policy-method: SB|B, site.c, SEV_OFF */

	/* policy-owner-reference: SB, site.c, SEV_OFF */

	/* policy-require-compression: OS, site.c, SEV_OFF */

	/* policy-require-endpoint-ca: OS, site.c, SEV_OFF */

	/* policy-require-plugin: C, site.c, SEV_OFF */

	/* policy-retention: OS, site.c, SEV_OFF */

	/* policy-schedule-name: SB, site.c, SEV_OFF */

	/* policy-schedule-window: SB, site.c, SEV_OFF */

	/* policy-secret-keys: S|ES, site.c, SEV_OFF */

	/* policy-store-name: OS|C, site.c, SEV_OFF */

	/* recovery-external-plugin-disabled: C, cluster.c, SEV_DENY */

	/* recovery-from-own-archive: C, cluster.c, SEV_DENY */

	/* recovery-from-plugin-backup-object: C, cluster.c, SEV_WARN */

	/* recovery-server-name-missing: C, cluster.c, SEV_DENY */

	/* region-ignored-with-iam: OS, objectstore.c, SEV_WARN */

	/* replica-source-in-tree-with-plugin: C, cluster.c, SEV_DENY */

	/* retention-interval-nonpositive: OS, objectstore.c, SEV_DENY */

	/* retention-missing: OS, objectstore.c, SEV_WARN */

	/* retention-on-cluster-ignored: C, cluster.c, SEV_WARN */

	/* schedule-dom-dow-or: SB, schedule.c, SEV_WARN */

	/* schedule-five-fields: SB, schedule.c, SEV_DENY */

	/* schedule-gap-too-long: SB, schedule.c, SEV_WARN */

	/* schedule-invalid: SB, schedule.c, SEV_DENY */

	/* schedule-never-fires: SB, schedule.c, SEV_DENY */

	/* schedule-padded-hourly: SB, schedule.c, SEV_WARN */

	/* schedule-suspended: SB, schedule.c, SEV_WARN */

	/* schedule-timezone-assumption: SB, schedule.c, SEV_INFO */

	/* schedule-too-frequent: SB, schedule.c, SEV_DENY */

	/* scheduled-backup-name-too-long: SB, schedule.c, SEV_DENY */

	/* scheduled-backup-plugin-config-missing: SB, schedule.c, SEV_DENY */

	/* secret-value-dirty: S, secret.c, SEV_DENY */

	/* server-name-unsafe: C, cluster.c, SEV_DENY */

	/* sidecar-memory-low: OS, objectstore.c, SEV_WARN */

	/* sse-on-s3-compatible: OS, objectstore.c, SEV_WARN */

	{
		.id = "unresolved-placeholder",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_unresolved_placeholder,
		.summary = "A placeholder was never filled in",
		.why = "Nothing fills it in any more: the backup goes to a bucket, a server or a "
		       "store of "
		       "that very name, or nowhere. In files ${VAR}, $(VAR) and {{ }} are left "
		       "alone, "
		       "because Flux, Argo CD or Helm fill them in later; <app> and CHANGEME "
		       "nobody does.",
		.fix = "Write the real value; with Flux, check postBuild.substitute.",
		.bad = "spec:\n  configuration:\n    destinationPath: s3://backups/<app>",
		.good = "spec:\n  configuration:\n    destinationPath: s3://backups/paperless",
		.reference = "https://fluxcd.io/flux/components/kustomize/kustomizations/",
	},

	/* validation-disabled: C|B, cluster.c, SEV_WARN */

	/* wal-archiver-off: C, cluster.c, SEV_DENY */

	/* wal-archiving-skipped: C, cluster.c, SEV_DENY */
};

const size_t rules_len = ARRAY_LEN(rules);
