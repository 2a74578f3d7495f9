/*
 * What a file cannot show about the rules of a Cluster: versions, the object in the cluster, and
 * shapes that no API server lets through.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "engine/engine.h"
#include "rules/rule.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

TestSuite(checks_cluster, .init = setup, .fini = teardown);

/* A Cluster "db" of this spec, with " for '. */
static struct object cluster(const char *spec)
{
	struct buf json = BUF_ARENA(arena);
	const struct doc *doc;
	struct object o;
	struct err err = {0};

	buf_fmt(&json,
		"{'apiVersion':'postgresql.cnpg.io/v1','kind':'Cluster','metadata':{'name':'db','namespace':'app'},'spec':%s}",
		spec);
	for (size_t i = 0; i < json.len; i++)
		if (json.ptr[i] == '\'')
			json.ptr[i] = '"';
	cr_assert(doc_read_json(arena, buf_slice(&json), &doc, &err), "%s: %s", err.msg, spec);
	cr_assert(object_read(doc_root(doc), &o));
	return o;
}

static struct verdict judge(const char *policy_text, const char *spec, const char *old_spec)
{
	struct object object = cluster(spec), old = {0};
	struct judge_request request = {.operation = old_spec ? OP_UPDATE : OP_CREATE,
					.object = &object,
					.user = STR_EMPTY};
	struct policy *policy;
	struct verdict v;
	struct err err = {0};

	if (old_spec) {
		old = cluster(old_spec);
		request.old = &old;
	}
	cr_assert(policy_from_yaml(str_from(policy_text), &policy, &err), "%s", err.msg);
	engine_judge(policy, &request, arena, &v);
	policy_drop(policy);
	return v;
}

#define POLICY(spec)                                                                               \
	"apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nmetadata: {name: t}\n"          \
	"spec: {profile: generic" spec "}\n"

static enum severity severity_of(const struct verdict *v, const char *id)
{
	for (size_t i = 0; i < v->findings.len; i++)
		if (strcmp(v->findings.items[i].rule->id, id) == 0)
			return v->findings.items[i].severity;
	return SEV_OFF;
}

#define IN_TREE                                                                                    \
	"{'instances':1,'backup':{'barmanObjectStore':{'destinationPath':'s3://b',"                \
	"'s3Credentials':{'inheritFromIAMRole':true}}}}"

Test(checks_cluster, no_number_of_a_release_says_that_in_tree_stores_are_gone)
{
	struct verdict v = judge(POLICY(", operatorVersion: '1.31'"), IN_TREE, NULL);

	cr_expect_eq(severity_of(&v, "in-tree-deprecated"), SEV_WARN);
	v = judge(POLICY(", operatorVersion: '1.30'"), IN_TREE, NULL);
	cr_expect_eq(severity_of(&v, "in-tree-deprecated"), SEV_WARN);
}

#define PLUGIN "'name':'" PLUGIN_NAME "'"
#define RECOVERY(server)                                                                           \
	"{'instances':1,'bootstrap':{'recovery':{'source':'old'}},'externalClusters':[{"           \
	"'name':'old','plugin':{" PLUGIN ",'parameters':{'barmanObjectName':'s'" server "}}}],"    \
	"'plugins':[{" PLUGIN ",'isWALArchiver':true,'parameters':{'barmanObjectName':'s'"         \
	",'serverName':'db'}}]}"

Test(checks_cluster, recovery_is_history_once_the_cluster_exists)
{
	struct verdict v = judge(POLICY(""), RECOVERY(",'serverName':'db'"), NULL);

	cr_expect_eq(severity_of(&v, "recovery-from-own-archive"), SEV_DENY);
	cr_expect_not(v.allowed);
	v = judge(POLICY(""), RECOVERY(",'serverName':'db'"), RECOVERY(",'serverName':'v1'"));
	cr_expect_eq(severity_of(&v, "recovery-from-own-archive"), SEV_INFO);
	v = judge(
		POLICY(""),
		"{'instances':1,'bootstrap':{'recovery':{'source':'old'}},'externalClusters':[{'name':'old','plugin':{" PLUGIN
		",'parameters':{'barmanObjectName':'s'}}}]}",
		RECOVERY(""));
	cr_expect_eq(severity_of(&v, "recovery-server-name-missing"), SEV_WARN);
}

Test(checks_cluster, archive_timeout_is_read_as_postgresql_reads_it)
{
	static const struct {
		const char *text;
		enum severity severity;
	} rows[] = {
		{"0", SEV_WARN},	 {"0s", SEV_WARN},	{" 0 min ", SEV_WARN},
		{"499ms", SEV_WARN},	 {"1", SEV_OFF},	{"3600", SEV_OFF},
		{"3601", SEV_WARN},	 {"60min", SEV_OFF},	{"61 min", SEV_WARN},
		{"0.5h", SEV_OFF},	 {"1.5h", SEV_WARN},	{"1d", SEV_WARN},
		{"3600000ms", SEV_OFF},	 {"5m", SEV_OFF},	{"", SEV_OFF},
		{"min", SEV_OFF},	 {"5minutes", SEV_OFF}, {"1e9", SEV_OFF},
		{"${TIMEOUT}", SEV_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str spec = arena_fmt(
			arena,
			"{'postgresql':{'parameters':{'archive_timeout':'%s'}},'plugins':[{" PLUGIN
			",'isWALArchiver':true,'parameters':{'barmanObjectName':'s'}}]}",
			rows[i].text);
		struct verdict v = judge(POLICY(""), spec.ptr, NULL);

		cr_expect_eq(severity_of(&v, "archive-timeout-disabled"), rows[i].severity, "'%s'",
			     rows[i].text);
	}
}

Test(checks_cluster, wrong_types_are_left_to_the_api_server)
{
	static const char *const specs[] = {
		"null",
		"7",
		"{'plugins':'x','externalClusters':7,'bootstrap':[],'replica':'x','backup':[]}",
		"{'plugins':[{" PLUGIN ",'isWALArchiver':'true','parameters':[]}]}",
		"{'plugins':[{" PLUGIN
		",'isWALArchiver':true,'parameters':{'barmanObjectName':7,'serverName':{}}},null,[],{'name':null},{'name':[]}],'backup':{'volumeSnapshot':{}}}",
		"{'backup':{'volumeSnapshot':{},'retentionPolicy':7,'target':[]},'bootstrap':{'recovery':{'source':{},'backup':{'name':7}}},'externalClusters':[7,{'name':7,'plugin':'x','barmanObjectStore':'y'}]}",
		"{'backup':{'volumeSnapshot':{}},'imageName':7,'instances':'three','replica':{'enabled':'yes','source':'x'},'externalClusters':[{'name':'x','plugin':[]}],'postgresql':{'parameters':{'archive_timeout':0}}}",
	};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct verdict v = judge(POLICY(""), specs[i], NULL);

		cr_expect(v.allowed, "%s: %s", specs[i],
			  v.findings.len ? v.findings.items[0].rule->id : "");
	}
}

Test(checks_cluster, one_external_cluster_gives_one_finding_for_both_its_uses)
{
	struct verdict v = judge(
		POLICY(""),
		"{'instances':1,'bootstrap':{'recovery':{'source':'old'}},'replica':{'enabled':true,'source':'old'},'externalClusters':[{'name':'old','plugin':{" PLUGIN
		",'enabled':false}}],'plugins':[{" PLUGIN
		",'isWALArchiver':true,'parameters':{'barmanObjectName':'s'}}]}",
		NULL);
	const char *const once[] = {"recovery-external-plugin-disabled",
				    "recovery-server-name-missing", "barman-object-name-missing"};

	cr_expect_eq(v.findings.len, ARRAY_LEN(once));
	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		cr_expect_eq(severity_of(&v, once[i]), SEV_DENY, "%s", once[i]);
}

Test(checks_cluster, many_findings_of_one_rule_do_not_silence_another)
{
	struct buf spec = BUF_ARENA(arena);
	size_t kept = 0;

	buf_text(&spec, "{'instances':1,'plugins':[");
	for (int i = 0; i < 100; i++)
		buf_fmt(&spec, "{'name':'plugin-%d.home.arpa'},", i);
	buf_text(&spec, "{" PLUGIN ",'parameters':{'barmanObjectName':'s'}}]}");
	buf_byte(&spec, '\0');
	struct verdict v = judge(POLICY(""), spec.ptr, NULL);

	for (size_t i = 0; i < v.findings.len; i++)
		kept += strcmp(v.findings.items[i].rule->id, "plugin-name-unknown") == 0;
	cr_expect_eq(kept, LIMIT_FINDINGS);
	cr_expect_eq(v.findings.dropped, 100 - LIMIT_FINDINGS);
	cr_expect_eq(severity_of(&v, "wal-archiver-off"), SEV_DENY);
}
