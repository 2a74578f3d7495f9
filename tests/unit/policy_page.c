/*
 * The page that the default profile is made of: its own objects pass, with one warning, about the
 * one trap in it. <app> is paperless, the Cluster paperless-db.
 */
#include "base/arena.h"
#include "engine/engine.h"
#include "rules/rule.h"

#include <criterion/criterion.h>

static const char page[] =
	"apiVersion: barmancloud.cnpg.io/v1\n"
	"kind: ObjectStore\n"
	"metadata:\n"
	"  name: paperless-minio-store\n"
	"  namespace: paperless\n"
	"spec:\n"
	"  configuration:\n"
	"    destinationPath: s3://homelab-postgres-backups/paperless/paperless-db\n"
	"    endpointURL: https://truenas.peekoff.com:9000\n"
	"    s3Credentials:\n"
	"      accessKeyId:\n"
	"        name: longhorn-minio-credentials\n"
	"        key: AWS_ACCESS_KEY_ID\n"
	"      secretAccessKey:\n"
	"        name: longhorn-minio-credentials\n"
	"        key: AWS_SECRET_ACCESS_KEY\n"
	"---\n"
	"apiVersion: postgresql.cnpg.io/v1\n"
	"kind: Cluster\n"
	"metadata: { name: paperless-db, namespace: paperless }\n"
	"spec:\n"
	"  instances: 1\n"
	"  storage: { size: 10Gi }\n"
	"  plugins:\n"
	"    - name: barman-cloud.cloudnative-pg.io\n"
	"      isWALArchiver: true\n"
	"      parameters:\n"
	"        barmanObjectName: paperless-minio-store\n"
	"---\n"
	"apiVersion: postgresql.cnpg.io/v1\n"
	"kind: ScheduledBackup\n"
	"metadata:\n"
	"  name: paperless-db-backup\n"
	"  namespace: paperless\n"
	"spec:\n"
	"  schedule: '0 3 * * *' # 03:00 UTC daily\n"
	"  backupOwnerReference: self\n"
	"  cluster:\n"
	"    name: paperless-db\n"
	"  method: plugin\n"
	"  pluginConfiguration:\n"
	"    name: barman-cloud.cloudnative-pg.io\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: Secret\n"
	"metadata: { name: longhorn-minio-credentials, namespace: paperless }\n"
	"stringData:\n"
	"  AWS_ACCESS_KEY_ID: example-id\n"
	"  AWS_SECRET_ACCESS_KEY: example-key\n"
	"  AWS_REGION: us-west-1\n"
	"  AWS_S3_FORCE_PATH_STYLE: 'true'\n"
	"---\n"
	"apiVersion: external-secrets.io/v1\n"
	"kind: ExternalSecret\n"
	"metadata: { name: longhorn-minio-credentials, namespace: paperless }\n"
	"spec:\n"
	"  data:\n"
	"    - { secretKey: AWS_ACCESS_KEY_ID, remoteRef: { key: minio-id } }\n"
	"    - { secretKey: AWS_SECRET_ACCESS_KEY, remoteRef: { key: minio-key } }\n"
	"    - { secretKey: AWS_REGION, remoteRef: { key: minio-region } }\n"
	"    - { secretKey: AWS_S3_FORCE_PATH_STYLE, remoteRef: { key: minio-style } }\n";

Test(policy_page, own_objects_pass_with_one_warning)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct buf warnings = BUF_ARENA(arena);
	struct policy *policy = NULL;
	struct doc_list docs;
	struct err err;

	cr_assert(policy_from_profile(STR("homelab"), &policy, &err));
	cr_assert(doc_read_yaml(arena, str_from(page), &docs, &err), "%s", err.msg);
	cr_assert_eq(docs.len, 5);
	for (size_t i = 0; i < docs.len; i++) {
		struct object object;
		struct judge_request request = {
			.operation = OP_CREATE, .object = &object, .now = 1787998830};
		struct verdict verdict;

		cr_assert(object_read(doc_root(docs.docs[i]), &object));
		engine_judge(policy, &request, arena, &verdict);
		cr_expect_eq(verdict.reason, VERDICT_JUDGED);
		for (size_t f = 0; f < verdict.findings.len; f++)
			if (verdict.findings.items[f].severity > SEV_INFO)
				buf_fmt(&warnings, "%s %s\n",
					severity_name(verdict.findings.items[f].severity),
					verdict.findings.items[f].rule->id);
	}
	cr_expect(str_is(buf_slice(&warnings), "warn schedule-five-fields\n"), "%.*s",
		  STR_ARG(buf_slice(&warnings)));
	policy_drop(policy);
}
