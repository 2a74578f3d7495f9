/* Where a finding about what is missing, or about two values that do not go together, stands when a
 * patch is the reason. */
#include "base/limits.h"
#include "engine/engine.h"
#include "doc/render.h"
#include "policy/policy.h"
#include "rules/rule.h"

#include <criterion/criterion.h>

struct blame_example {
	const char *rule, *base, *patch; /* flow maps: of spec */
	const char *there; /* what begins at the place, in the patch; NULL: it stands in the base */
	const char *fix;   /* how it begins; NULL: whatever */
};

static struct obj read_as(struct arena *a, const char *kind, const char *spec, const char *name)
{
	bool store = strcmp(kind, "ObjectStore") == 0;
	struct str text = arena_fmt(
		a, "apiVersion: %s/v1\nkind: %s\nmetadata: {name: pg, namespace: db}\nspec: %s\n",
		store ? "barmancloud.cnpg.io" : "postgresql.cnpg.io", kind, spec);
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(a, text, &docs, &err), "%s: %s", spec, err.msg);
	doc_set_name(&docs, str_from(name));
	return doc_root(docs.docs[0]);
}

static void judge(const char *kind, const struct blame_example *e)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_budget budget = DOC_BUDGET;
	struct render r = {.arena = a, .budget = &budget};
	struct obj patch = read_as(a, kind, e->patch, "patch.yaml");
	struct policy *policy = NULL;
	struct object object;
	struct judge_request request = {.operation = OP_CREATE, .object = &object};
	const struct finding *found = NULL;
	struct verdict verdict;
	struct err err;

	cr_assert(policy_from_profile(STR("generic"), &policy, &err), "%s", err.msg);
	cr_assert(render_copy(&r, read_as(a, kind, e->base, "base.yaml"), &err));
	cr_assert(render_merge(&r, patch, 0, &err), "%s: %s", e->patch, err.msg);
	cr_assert(object_read(render_root(&r), &object));
	object.manifest = true;
	engine_judge(policy, &request, a, &verdict);
	for (size_t i = 0; i < verdict.findings.len && !found; i++)
		if (str_is(str_from(verdict.findings.items[i].rule->id), e->rule))
			found = &verdict.findings.items[i];
	policy_drop(policy);
	cr_assert(found, "%s over %s: no %s", e->patch, e->base, e->rule);
	cr_expect_eq(found->source == patch.doc, e->there != NULL, "%s over %s: %s stands in %.*s",
		     e->patch, e->base, e->rule, STR_ARG(doc_name(found->source)));
	struct str line = doc_line(found->source, found->pos.line);
	line = str_slice(line, found->pos.column - 1, line.len);
	if (e->there)
		cr_expect(str_has_prefix(line, str_from(e->there)), "%s: %s at %.*s", e->patch,
			  e->rule, STR_ARG(line));
	if (e->fix)
		cr_expect(str_has_prefix(found->fix, str_from(e->fix)), "%s: %.*s", e->rule,
			  STR_ARG(found->fix));
}

#define DISK "storage: {size: 1Gi}"
#define PLUGIN "name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: s}"
#define REFUSED "operator-refuses"
#define CREDENTIALS REFUSED "-credentials"
#define IN_TREE(rest) "{backup: {barmanObjectStore: {destinationPath: s3://b/p, " rest "}}}"
#define ID "accessKeyId: {name: n, key: k}"
#define SECRET "secretAccessKey: {name: n, key: k}"

Test(blame, a_cluster)
{
	static const struct blame_example examples[] = {
		{REFUSED, "{" DISK ", bootstrap: {initdb: {}}}", "{bootstrap: {recovery: {}}}",
		 "{}}}", NULL},
		{REFUSED, "{" DISK ", bootstrap: {initdb: {}, recovery: {}}}", "{instances: 1}",
		 NULL, NULL},
		{REFUSED,
		 "{" DISK
		 ", externalClusters: [{name: a, connectionParameters: {}}], replica: {enabled: true, source: a}, bootstrap: {recovery: {source: a}}}",
		 "{externalClusters: [{name: b, connectionParameters: {}}]}", "[{name: b",
		 "an entry"},
		{REFUSED, "{" DISK ", replica: {enabled: true}}", "{replica: {primary: x}}", "x}",
		 NULL},
		{REFUSED, "{" DISK ", externalClusters: [{name: a, connectionParameters: {}}]}",
		 "{replica: {enabled: true, source: a}}", "a}", NULL},
		{REFUSED, "{" DISK ", bootstrap: {recovery: {backup: {name: b}}}}",
		 "{bootstrap: {recovery: {volumeSnapshots: {storage: {}}}}}", "{storage", NULL},
		{REFUSED, "{" DISK ", bootstrap: {recovery: {recoveryTarget: {backupID: b}}}}",
		 "{bootstrap: {recovery: {volumeSnapshots: {storage: {}}}}}", "{storage", NULL},
		{REFUSED, "{" DISK ", primaryUpdateStrategy: supervised, instances: 3}",
		 "{instances: 1}", "1}", "primaryUpdateStrategy: unsupervised"},
		{REFUSED, "{" DISK ", maxSyncReplicas: 2, instances: 3}", "{instances: 2}", "2}",
		 NULL},
		{REFUSED, "{" DISK ", minSyncReplicas: 2, maxSyncReplicas: 2, instances: 3}",
		 "{maxSyncReplicas: 1}", "1}", NULL},
		{REFUSED, "{" DISK ", instances: 3, postgresql: {synchronous: {number: 1}}}",
		 "{maxSyncReplicas: 1}", "1}", NULL},
		{REFUSED, "{" DISK ", plugins: [{isWALArchiver: true, " PLUGIN "}]}",
		 IN_TREE("s3Credentials: {inheritFromIAMRole: true}"), "{destinationPath", NULL},
		{REFUSED, "{" DISK "}", "{storage: null}", "null}",
		 "do not remove storage here - or storage: {size: 10Gi}"},
		{REFUSED "-parameter",
		 "{" DISK ", postgresql: {parameters: {wal_log_hints: 'off'}}}", "{instances: 2}",
		 "2}", NULL},
		{REFUSED "-recovery-target",
		 "{" DISK ", bootstrap: {recovery: {recoveryTarget: {targetLSN: 0/1}}}}",
		 "{bootstrap: {recovery: {recoveryTarget: {targetXID: '1'}}}}", "'1'", NULL},
		{REFUSED "-recovery-target",
		 "{" DISK ", bootstrap: {recovery: {recoveryTarget: {targetLSN: 0/1}}}}",
		 "{bootstrap: {recovery: {recoveryTarget: {targetImmediate: true}}}}", "true",
		 NULL},
		{REFUSED "-recovery-target",
		 "{" DISK ", bootstrap: {recovery: {recoveryTarget: {backupTimeline: x}}}}",
		 "{bootstrap: {recovery: {recoveryTarget: {targetImmediate: true}}}}", "true",
		 NULL},
		{CREDENTIALS, IN_TREE("s3Credentials: {" ID ", " SECRET "}"),
		 IN_TREE("s3Credentials: null"), "null", "do not remove s3Credentials here - or"},
		{CREDENTIALS, IN_TREE("s3Credentials: {" ID ", " SECRET "}"),
		 IN_TREE("azureCredentials: {inheritFromAzureAD: true}"), "{inherit", NULL},
		{CREDENTIALS, IN_TREE("s3Credentials: {inheritFromIAMRole: true}"),
		 IN_TREE("s3Credentials: {" ID ", " SECRET "}"), "{name: n", NULL},
		{CREDENTIALS, IN_TREE("s3Credentials: {}"), IN_TREE("s3Credentials: {" ID "}"),
		 "{name: n", NULL},
		{CREDENTIALS, IN_TREE("googleCredentials: {gkeEnvironment: true}"),
		 IN_TREE("googleCredentials: {applicationCredentials: {name: n, key: k}}"),
		 "{name: n", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++)
		judge("Cluster", &examples[i]);
}

#define AT(rest) "{configuration: {destinationPath: s3://b/p, " rest "}}"

Test(blame, a_store)
{
	static const struct blame_example examples[] = {
		{"endpoint-ca-needed", AT("s3Credentials: {" ID ", " SECRET "}"),
		 "{configuration: {endpointURL: https://minio.minio.svc:9000}}", "https",
		 "endpointCA: {name: <secret>"},
		{"endpoint-ca-ignored",
		 AT("endpointURL: https://minio.minio.svc, endpointCA: {name: n, key: k}, s3Credentials: {" ID
		    ", " SECRET "}"),
		 "{configuration: {endpointURL: http://minio.minio.svc:9000}}", "http:", NULL},
		{"credentials-absent", AT("s3Credentials: {" ID ", " SECRET "}"),
		 "{configuration: {s3Credentials: null}}", "null",
		 "do not remove s3Credentials here - or s3Credentials: {"},
		{"credentials-incomplete", AT("s3Credentials: {inheritFromIAMRole: true}"),
		 "{configuration: {s3Credentials: {inheritFromIAMRole: false, " ID "}}}",
		 "{name: n", "secretAccessKey: "},
		{"credentials-incomplete", AT("s3Credentials: {" ID ", " SECRET "}"),
		 "{configuration: {s3Credentials: {accessKeyId: null, secretAccessKey: null}}}",
		 "null", "do not remove accessKeyId here"},
		{"credentials-kinds-mixed", AT("s3Credentials: {inheritFromIAMRole: true}"),
		 "{configuration: {s3Credentials: {" ID "}}}", "{name: n", NULL},
		{"credentials-kinds-mixed",
		 AT("googleCredentials: {applicationCredentials: {name: n, key: k}}"),
		 "{configuration: {s3Credentials: {" ID "}}}", "{accessKeyId", NULL},
		{"credentials-kinds-mixed", AT("googleCredentials: {gkeEnvironment: true}"),
		 "{configuration: {googleCredentials: {applicationCredentials: {name: n, key: k}}}}",
		 "{name: n", NULL},
		{"credentials-kinds-mixed",
		 AT("azureCredentials: {storageKey: {name: n, key: k}, storageAccount: {name: n, key: k}}"),
		 "{configuration: {azureCredentials: {inheritFromAzureAD: true}}}", "true", NULL},
		{"retention-missing",
		 "{retentionPolicy: 30d, configuration: {destinationPath: s3://b/p, s3Credentials: {inheritFromIAMRole: true}}}",
		 "{retentionPolicy: null}", "null",
		 "do not remove retentionPolicy here - or retentionPolicy: 30d"},
		{"retention-missing", AT("s3Credentials: {inheritFromIAMRole: true}"),
		 "{retentionPolicy: null}", NULL, "retentionPolicy: 30d"},
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++)
		judge("ObjectStore", &examples[i]);
}

Test(blame, a_backup)
{
	static const struct blame_example online = {
		REFUSED,
		"{cluster: {name: pg}, online: true, method: volumeSnapshot, pluginConfiguration: {name: x}}",
		"{method: barmanObjectStore}", "barmanObjectStore}", NULL};

	judge("Backup", &online);
}
