/* What the sidecar of the plugin needs to run: memory. */
#include "base/arena.h"
#include "rules/rule.h"

#include <inttypes.h>

#define MI (INT64_C(1) << 20)

/* Power of two or ten of a Kubernetes quantity's suffix; 0 when unknown. */
static double unit(struct str suffix)
{
	static const struct {
		const char *suffix;
		double value;
	} units[] = {{"", 1},
		     {"n", 1e-9},
		     {"u", 1e-6},
		     {"m", 1e-3},
		     {"k", 1e3},
		     {"M", 1e6},
		     {"G", 1e9},
		     {"T", 1e12},
		     {"P", 1e15},
		     {"E", 1e18},
		     {"Ki", 1024.0},
		     {"Mi", 1048576.0},
		     {"Gi", 1073741824.0},
		     {"Ti", 1099511627776.0},
		     {"Pi", 1125899906842624.0},
		     {"Ei", 1152921504606846976.0}};
	int64_t exponent;

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_is(suffix, units[i].suffix))
			return units[i].value;
	if (suffix.len < 2 || (suffix.ptr[0] != 'e' && suffix.ptr[0] != 'E') ||
	    !str_to_i64(str_slice(suffix, suffix.ptr[1] == '+' ? 2 : 1, suffix.len), &exponent) ||
	    exponent < -18 || exponent > 18)
		return 0;
	double value = 1;

	for (int64_t i = 0; i < exponent; i++)
		value *= 10;
	for (int64_t i = 0; i > exponent; i--)
		value /= 10;
	return value;
}

/* k8s.io/apimachinery quantity: 512Mi, 0.5Gi, 268435456, 500M, 1e9. Exact up to 2^53. */
static bool quantity(struct str text, double *out)
{
	double number = 0, scale = 1;
	size_t at = 0, digits = 0;
	bool point = false;

	if (text.len && text.ptr[0] == '+')
		at++;
	for (; at < text.len; at++) {
		char c = text.ptr[at];

		if (c == '.' && !point) {
			point = true;
		} else if (c >= '0' && c <= '9') {
			number = number * 10 + (c - '0');
			scale *= point ? 10 : 1;
			digits++;
		} else {
			break;
		}
	}
	double factor = unit(str_slice(text, at, text.len));

	*out = number * factor / scale;
	return digits && digits <= 15 && factor > 0;
}

static bool memory_limit(const struct rule_ctx *c, const char *path, double *out, struct str *text)
{
	int64_t n;

	if (obj_int(c->root, path, &n) == OBJ_SET)
		*text = arena_fmt(c->arena, "%" PRId64, n);
	else if (obj_str(c->root, path, text) != OBJ_SET)
		return false;
	return quantity(*text, out);
}

/* The larger of data.jobs and wal.maxParallel. */
static int64_t parallel(const struct rule_ctx *c)
{
	int64_t jobs = 0, files = 0;

	if (obj_int(c->root, "spec.configuration.data.jobs", &jobs) != OBJ_SET)
		jobs = 0;
	if (obj_int(c->root, "spec.configuration.wal.maxParallel", &files) != OBJ_SET)
		files = 0;
	return jobs > files ? jobs : files;
}

static void check_sidecar_memory_low(const struct rule_ctx *c)
{
	const char *path = "spec.instanceSidecarConfiguration.resources.limits.memory";
	struct finding *f;
	struct str text;
	double bytes;
	int64_t n;

	if (!memory_limit(c, path, &bytes, &text))
		return;
	n = parallel(c);
	if (bytes < (double)(256 * MI)) {
		f = finding_add(c, c->root, path, "the sidecar's memory limit %.*s is below 256Mi",
				STR_ARG(text));
		finding_effect(c, f,
			       "base backups needed 254 MiB at their peak: it ends OOMKilled");
	} else if (n >= 8 && bytes < (double)(512 * MI)) {
		f = finding_add(c, c->root, path,
				"the sidecar's memory limit %.*s is below 512Mi with %" PRId64
				" parallel uploads",
				STR_ARG(text), n);
		finding_effect(c, f, "memory grows with every upload: it ends OOMKilled");
	} else {
		return;
	}
	finding_fix(c, f, "memory: 512Mi");
}

static const struct rule rows[] = {
	{
		.id = "sidecar-memory-low",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_sidecar_memory_low,
		.summary = "The sidecar has too little memory for a base backup",
		.reference = "cloudnative-pg/plugin-barman-cloud#765",
	},
};

RULE_ROWS(sidecar);
