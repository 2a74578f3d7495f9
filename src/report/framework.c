#include "report/framework.h"

#include "framework_internal.h"

/*
 * AWS Backup Audit Manager, docs.aws.amazon.com/aws-backup/latest/devguide/choosing-controls.html:
 * the names of its controls, the values in brackets that it has by default (1 day, 35 days). That
 * of the age of a recovery point is in docs.aws.amazon.com/config/latest/developerguide/
 * s3-last-backup-recovery-point-created.html (1 day).
 */
static const struct framework_control aws[] = {
	{.id = "plan",
	 .title = "Backup resources are included in at least one backup plan",
	 .facts = SEEN(SCHEDULED),
	 .rules = {"cluster-without-backup", "cluster-without-schedule", "schedule-suspended",
		   "schedule-never-fires", "schedule-invalid", "wal-archiver-off"},
	 .sound = true},
	{.id = "frequency",
	 .title = "Backup plan has minimum frequency and minimum retention [1 day, 35 days]",
	 .facts = SEEN(SCHEDULED) | SEEN(DAILY) | SEEN(KEPT),
	 .rules = {"schedule-gap-too-long", "schedule-never-fires", "schedule-invalid",
		   "retention-misplaced", "retention-on-cluster-ignored"},
	 .sound = true},
	{.id = "deletion",
	 .title = "Vaults prevent manual deletion of recovery points",
	 .facts = SEEN(LOCKED)},
	{.id = "encrypted", .title = "Recovery points are encrypted", .facts = SEEN(ENCRYPTED)},
	{.id = "retention",
	 .title = "Minimum retention established for recovery point [35 days]",
	 .facts = SEEN(KEPT),
	 .rules = {"retention-misplaced", "retention-on-cluster-ignored"}},
	{.id = "cross-region",
	 .title = "Cross-Region backup copy is scheduled",
	 .facts = SEEN(OUTSIDE),
	 .outside = "copies that a store makes of itself are not known to backup-guard"},
	{.id = "cross-account",
	 .title = "Cross-account backup copy is scheduled",
	 .facts = SEEN(OUTSIDE),
	 .outside = "copies that a store makes of itself are not known to backup-guard"},
	{.id = "vault-lock",
	 .title = "Backups are protected by AWS Backup Vault Lock",
	 .facts = SEEN(LOCKED)},
	{.id = "last",
	 .title = "Last recovery point was created [1 day]",
	 .facts = SEEN(TODAY),
	 .rules = {"live-no-recent-backup", "live-last-backup-failed", "nothing-to-restore",
		   "backup-not-restorable"}},
	{.id = "restore-time",
	 .title = "Restore time for resources meet target",
	 .facts = SEEN(OUTSIDE),
	 .outside = "how long a restore took is not known to backup-guard"},
	{.id = "air-gapped",
	 .title = "Resources are inside a logically air-gapped vault",
	 .facts = SEEN(OUTSIDE),
	 .outside = "vaults of AWS Backup are not known to backup-guard"},
};

/*
 * CIS Critical Security Controls, version 8, Control 11, as csf.tools/reference/
 * critical-security-controls/version-8/csc-11/ has them: a process that is documented and reviewed
 * each year; automated backups, weekly or more often; protected as the original is, with encryption
 * or separation; an isolated instance, such as offline, cloud or off-site; recovery tested
 * quarterly.
 */
static const struct framework_control cis[] = {
	{.id = "11.1",
	 .title = "Establish and maintain a data recovery process",
	 .facts = SEEN(OUTSIDE),
	 .outside = "what is documented, and when it was reviewed, is not known to backup-guard"},
	{.id = "11.2",
	 .title = "Perform automated backups, weekly or more often",
	 .facts = SEEN(SCHEDULED) | SEEN(WEEKLY) | SEEN(THIS_WEEK),
	 .rules = {"cluster-without-backup", "cluster-without-schedule", "schedule-suspended",
		   "live-no-recent-backup", "live-last-backup-failed", "nothing-to-restore",
		   "wal-archiver-off"},
	 .sound = true},
	{.id = "11.3",
	 .title = "Protect recovery data as the original is protected",
	 .facts = SEEN(ENCRYPTED) | SEEN(OUTSIDE),
	 .rules = {"endpoint-plaintext", "plaintext-credentials-in-env"},
	 .outside = "who may read and delete in the bucket is not known to backup-guard"},
	{.id = "11.4",
	 .title = "Establish and maintain an isolated instance of recovery data",
	 .facts = SEEN(OUTSIDE),
	 .rules = {"store-in-same-cluster"},
	 .outside = "that a copy is offline or off-site is not known to backup-guard"},
	{.id = "11.5",
	 .title = "Test data recovery, quarterly or more often",
	 .facts = SEEN(OUTSIDE),
	 .rules = {"backup-not-restorable", "nothing-to-restore", "wal-gap"},
	 .outside = "that a restore was tried is not known to backup-guard"},
};

/*
 * ISO/IEC 27001:2022, Annex A 8.13, as controlstack.au/controls/
 * iso27001-annex-a-8-13-backup-and-recovery-procedures-for-data/ has it: backup copies are
 * maintained, and regularly tested, in accordance with the agreed policy on backup.
 */
static const struct framework_control iso[] = {
	{.id = "maintained",
	 .title = "Backup copies are maintained",
	 .facts = SEEN(SCHEDULED) | SEEN(THIS_WEEK) | SEEN(WAL),
	 .rules = {"cluster-without-backup", "cluster-without-schedule", "schedule-suspended",
		   "live-no-recent-backup", "live-last-backup-failed", "nothing-to-restore",
		   "wal-gap"},
	 .sound = true},
	{.id = "policy",
	 .title = "In accordance with the agreed policy on backup",
	 .facts = SEEN(OUTSIDE),
	 .rules = {"policy-retention", "policy-method", "policy-schedule-window",
		   "policy-destination", "policy-store-name", "policy-require-plugin",
		   "schedule-gap-too-long"},
	 .outside = "what was agreed is not known to backup-guard beyond its own policy"},
	{.id = "tested",
	 .title = "Backup copies are regularly tested",
	 .facts = SEEN(OUTSIDE),
	 .rules = {"backup-not-restorable", "nothing-to-restore", "wal-gap"},
	 .outside = "that a restore was tried is not known to backup-guard"},
};

/* Three copies, one of them the original, on two kinds of media, one of them off-site:
 * quantum.com/resources/glossary/3-2-1_data_protection. */
static const struct framework_control rule321[] = {
	{.id = "3",
	 .title = "Three copies: the original and two backups",
	 .facts = SEEN(STORED) | SEEN(OUTSIDE),
	 .rules = {"cluster-without-backup", "cluster-without-schedule", "nothing-to-restore"},
	 .outside = "a second backup beside that in the archive is not known to backup-guard"},
	{.id = "2",
	 .title = "On two kinds of media: volumes and an object store",
	 .facts = SEEN(STORED),
	 .rules = {"cluster-without-backup", "nothing-to-restore", "backup-not-restorable",
		   "store-in-same-cluster"}},
	{.id = "1",
	 .title = "One of them off-site",
	 .facts = SEEN(OUTSIDE),
	 .rules = {"store-in-same-cluster", "cluster-without-backup"},
	 .outside = "where the store stands is not known to backup-guard"},
};

const struct framework_fact framework_facts[FACTS] = {
	[FACT_SCHEDULED] = {"a schedule runs", "no schedule", "which schedule runs"},
	[FACT_DAILY] = {"a day between two backups at most", "more than a day between two backups",
			"how often it is backed up"},
	[FACT_WEEKLY] = {"a week between two backups at most",
			 "more than a week between two backups", "how often it is backed up"},
	[FACT_KEPT] = {"kept for 35 days at least", "kept for less than 35 days",
		       "how long backups are kept"},
	[FACT_ENCRYPTED] = {"AWS is told to encrypt base backups and WAL", NULL,
			    "whether the store encrypts"},
	[FACT_TODAY] = {"a backup completed within a day", "no backup completed within a day",
			"when the last backup was completed"},
	[FACT_THIS_WEEK] = {"a backup completed within a week", "no backup completed within a week",
			    "when the last backup was completed"},
	[FACT_WAL] = {"WAL is archived", "WAL is not archived", "whether WAL is archived"},
	[FACT_STORED] = {"something to restore in the bucket", "nothing to restore in the bucket",
			 "what lies in the bucket"},
	[FACT_LOCKED] = {"the bucket locks each object for days", NULL, "who may delete"},
};

#define FRAMEWORK(name, title, controls)                                                           \
	{                                                                                          \
		name, title, controls, ARRAY_LEN(controls)                                         \
	}
static const struct framework all[] = {
	FRAMEWORK("3-2-1", "the 3-2-1 rule", rule321),
	FRAMEWORK("aws-backup-audit", "AWS Backup Audit Manager", aws),
	FRAMEWORK("cis-11", "CIS Controls v8, 11 Data Recovery", cis),
	FRAMEWORK("iso-27001-a8.13", "ISO/IEC 27001:2022, A.8.13 Information backup", iso),
};

const char *const framework_names[] = {"3-2-1", "aws-backup-audit", "cis-11", "iso-27001-a8.13",
				       NULL};

const struct framework *framework_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (str_is(name, all[i].name))
			return &all[i];
	return NULL;
}
