/* ObjectStores: `o` is an entry of variables.stores. */
#include "internal.h"

#include <inttypes.h>

#define SIDECAR "o.spec.?instanceSidecarConfiguration.?retentionPolicyIntervalSeconds.orValue(60)"
#define SAY_NEGATIVE                                                                               \
	"'spec.instanceSidecarConfiguration.retentionPolicyIntervalSeconds: is negative"
#define SAY_SIDECAR                                                                                 \
	"'spec.instanceSidecarConfiguration.retentionPolicyIntervalSeconds: is ' + string(" SIDECAR \
	")"

static bool retention(const struct policy *p, struct buf *out)
{
	int64_t min = policy_params(p)->retention_min, max = policy_params(p)->retention_max;

	buf_text(
		out,
		"[o.spec.?retentionPolicy.orValue('')].map(t, [t.matches('^[1-9][0-9]{0,4}[dwm]$') ?\n"
		"  int(t.substring(0, t.size() - 1)) * {'d': 1, 'w': 7, 'm': 31}[t.substring(t.size() - 1)] : 0].map(days,\n");
	if (max)
		buf_fmt(out,
			"  t == '' ? 'spec.retentionPolicy: is missing, which the policy requires. Fix: retentionPolicy: %" PRId64
			"d' :\n"
			"  days > %" PRId64
			" ? 'spec.retentionPolicy: ' + t + ' is longer than %" PRId64
			"d, the maximum of the policy' :\n",
			max, max, max);
	buf_fmt(out,
		"  days > 0 && days < %" PRId64
		" ? 'spec.retentionPolicy: ' + t + ' is shorter than %" PRId64
		"d, the minimum of the policy' : '')[0]).filter(m, m != '')",
		min, min);
	return min || max;
}

static bool compression(const struct policy *p, struct buf *out)
{
	(void)p;
	buf_text(
		out,
		"['wal', 'data'].filter(f, o.configuration.size() > 0 && o.configuration[?f].?compression.orValue('') == '')\n"
		"  .map(f, 'spec.configuration.' + f + '.compression: is not set; the policy requires it. Fix: ' + f + ': {compression: gzip}')");
	return true;
}

static bool mixed(const struct policy *p, struct buf *out)
{
	(void)p;
	buf_text(
		out,
		"[['s3Credentials', 'googleCredentials', 'azureCredentials'].filter(k, k in o.configuration)].map(kinds,\n"
		"  kinds.filter(k, k != kinds[0]).map(k,\n"
		"    'spec.configuration.' + k + ': stands beside ' + kinds[0] + '; only ' + kinds[0] + ' is used. Fix: remove one of them'))[0] +\n"
		"  (o.configuration.?s3Credentials.?inheritFromIAMRole.orValue(false) &&\n"
		"    (has(o.configuration.s3Credentials.accessKeyId) || has(o.configuration.s3Credentials.secretAccessKey)) ?\n"
		"    ['spec.configuration.s3Credentials.inheritFromIAMRole: true stands beside access keys, which are then never read. Fix: remove one of them'] : [])");
	return true;
}

#define S3 "o.configuration.s3Credentials"
#define KEYS "has(o.configuration.s3Credentials) && !" S3 ".?inheritFromIAMRole.orValue(false)"
#define GOOGLE "o.configuration.googleCredentials"

static const struct vap_row rows[] = {
	{
		.id = "credentials-absent",
		.of = "stores",
		.most = SEV_DENY,
		.when = "o.configuration.size() > 0 && !has(o.configuration.s3Credentials) &&\n"
			"  !has(o.configuration.azureCredentials) && !has(o.configuration.googleCredentials)",
		.say = "'spec.configuration: none of s3Credentials, azureCredentials and googleCredentials is set; WAL archiving and backups fail with \"no credentials defined\"'",
	},
	{
		.id = "credentials-incomplete",
		.of = "stores",
		.most = SEV_DENY,
		.part = true, /* Azure */
		.when = KEYS " && !(has(" S3 ".accessKeyId) && has(" S3 ".secretAccessKey))",
		.say = "'spec.configuration.s3Credentials: has no ' + (has(" S3
		       ".accessKeyId) ? 'secretAccessKey' :\n"
		       "  has(" S3
		       ".secretAccessKey) ? 'accessKeyId' : 'accessKeyId and secretAccessKey') + '; WAL archiving and backups fail'",
	},
	{
		.id = "credentials-kinds-mixed",
		.of = "stores",
		.most = SEV_DENY,
		.part = true, /* within Azure and Google */
		.list = mixed,
	},
	{
		.id = "gcs-credentials-empty",
		.of = "stores",
		.most = SEV_DENY,
		.when = "has(o.configuration.googleCredentials) && !has(o.configuration.s3Credentials) &&\n"
			"  !" GOOGLE ".?gkeEnvironment.orValue(false) && !has(" GOOGLE
			".applicationCredentials)",
		.say = "'spec.configuration.googleCredentials: has neither applicationCredentials nor gkeEnvironment: true; the sidecar panics at the first WAL file or backup. Fix: gkeEnvironment: true - with Workload Identity'",
	},
	{
		.id = "policy-require-compression",
		.of = "stores",
		.most = SEV_DENY,
		.list = compression,
	},
	{
		.id = "policy-require-endpoint-ca",
		.of = "stores",
		.most = SEV_DENY,
		.when = "(has(o.configuration.s3Credentials) || !has(o.configuration.googleCredentials) && !has(o.configuration.azureCredentials)) &&\n"
			"  o.configuration.?endpointURL.orValue('').matches('(?i)^https://') && !has(o.configuration.endpointCA) &&\n"
			"  !o.configuration.endpointURL.matches(" VAP_PLACEHOLDER ")",
		.say = "'spec.configuration.endpointCA: is missing, which the policy requires. Fix: endpointCA: {name: <secret>, key: ca.crt}'",
	},
	{
		.id = "policy-retention",
		.of = "stores",
		.most = SEV_DENY,
		.list = retention,
	},
	{
		.id = "retention-interval-nonpositive",
		.of = "stores",
		.most = SEV_DENY,
		.when = SIDECAR " < 0",
		.say = SAY_NEGATIVE
		"; the sidecar prunes the archive without a pause. Fix: retentionPolicyIntervalSeconds: 1800'",
	},
	{
		.id = "retention-interval-nonpositive",
		.of = "stores",
		.most = SEV_WARN,
		.when = SIDECAR " > 0 && " SIDECAR " < 60",
		.say = SAY_SIDECAR
		" + '; the sidecar lists the whole archive so often. Fix: retentionPolicyIntervalSeconds: 1800'",
	},
	{
		.id = "retention-interval-nonpositive",
		.of = "stores",
		.most = SEV_INFO,
		.when = SIDECAR " == 0",
		.say = SAY_SIDECAR
		" + '; 0 counts as 5 minutes. Fix: retentionPolicyIntervalSeconds: 1800'",
	},
	{
		.id = "retention-missing",
		.of = "stores",
		.most = SEV_DENY,
		.when = "!has(o.spec.retentionPolicy)",
		.say = "'spec.retentionPolicy: is not set; base backups and WAL are kept for ever, unless the bucket expires them. Fix: retentionPolicy: 30d'",
	},
};

const struct vap_rows vap_store_rows = {rows, ARRAY_LEN(rows)};
