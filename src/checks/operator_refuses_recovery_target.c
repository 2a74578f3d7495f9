/* Targets of a recovery that CloudNativePG does not take. */
#include "base/utc.h"
#include "facts/operator.h"

#include <inttypes.h>

#define MOST_XID 4294967295
#define MOST_NAME_BYTES 63

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads `form`, in which 0 is a digit, off the front of `s`. */
static bool take(struct str *s, const char *form)
{
	size_t len = 0;

	for (; form[len]; len++)
		if (len >= s->len ||
		    (form[len] == '0' ? !is_digit(s->ptr[len]) : s->ptr[len] != form[len]))
			return false;
	*s = str_slice(*s, len, s->len);
	return true;
}

static void take_fraction(struct str *s)
{
	if (s->len > 1 && s->ptr[0] == '.' && is_digit(s->ptr[1]))
		do {
			*s = str_slice(*s, 1, s->len);
		} while (s->len && is_digit(s->ptr[0]));
}

static int two(struct str s, size_t at)
{
	return (s.ptr[at] - '0') * 10 + s.ptr[at + 1] - '0';
}

/* RFC 3339, or the same without a zone: Go's parser holds the numbers to their ranges. */
static bool is_rfc3339(struct str text)
{
	struct str s = text;

	if (!take(&s, "0000-00-00T00:00:00"))
		return false;
	take_fraction(&s);
	if (s.len && !take(&s, "Z") && !take(&s, "+00:00") && !take(&s, "-00:00"))
		return false;
	int month = two(text, 5), day = two(text, 8);

	return !s.len && month >= 1 && month <= 12 && day >= 1 &&
	       day <= utc_month_days((two(text, 0) * 100) + two(text, 2), month) &&
	       two(text, 11) < 24 && two(text, 14) < 60 && two(text, 17) < 60;
}

/* As PostgreSQL prints it, 2026-08-26 10:20:30.5+02, or a day alone: numbers out of their range
 * roll over. */
static bool is_timestamp(struct str s)
{
	while (s.len > 4 && is_digit(s.ptr[4]))
		s = str_slice(s, 1, s.len);
	if (!take(&s, "0000-00-00"))
		return false;
	if (str_is(s, "") || str_is(s, " BC"))
		return true;
	if (!take(&s, " 00:00:00"))
		return false;
	take_fraction(&s);
	if (take(&s, "+00") || take(&s, "-00"))
		for (int i = 0; i < 2; i++)
			(void)take(&s, ":00");
	else
		(void)take(&s, "Z");
	return !s.len || str_is(s, " BC");
}

/* Two hexadecimal numbers and a slash between. */
static bool is_lsn(struct str s)
{
	size_t slashes = 0, digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		char at = s.ptr[i];

		if (at == '/') {
			if (!digits || digits > 16)
				return false;
			slashes++;
			digits = 0;
		} else if (is_digit(at) || ((at | 0x20) >= 'a' && (at | 0x20) <= 'f')) {
			digits++;
		} else {
			return false;
		}
	}
	return slashes == 1 && digits && digits <= 16;
}

/* What is set, not null, not empty and not filled in later. */
static struct str known(struct obj target, const char *key)
{
	struct str text = obj_text(target, key);

	return value_is_placeholder(text, NULL) ? STR_EMPTY : text;
}

static void only_one(const struct rule_ctx *c, struct obj target)
{
	static const char *const targets[] = {"targetLSN", "targetName", "targetXID", "targetTime"};
	bool immediate = operator_has(target, "targetImmediate");
	struct buf all = BUF_ARENA(c->arena);
	size_t found = immediate;

	buf_text(&all, immediate ? "targetImmediate" : "");
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		if (!obj_text(target, targets[i]).len)
			continue;
		buf_fmt(&all, "%s%s", found ? ", " : "", targets[i]);
		found++;
	}
	if (found < 2)
		return;
	struct finding *f = finding_add(c, target, "", "recoveryTarget has %zu targets: %.*s",
					found, STR_ARG(buf_slice(&all)));
	finding_because(c, f, target, "targetImmediate");
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		finding_because(c, f, target, targets[i]);
	operator_says(c, f, "Recovery target options are mutually exclusive");
	finding_fix(c, f, "keep one of %.*s", STR_ARG(buf_slice(&all)));
}

static void backup_id(const struct rule_ctx *c, struct obj target)
{
	static const char *const need[] = {"targetName", "targetXID", "targetImmediate"};
	const char *by = NULL;

	for (size_t i = 0; i < ARRAY_LEN(need) && !by; i++)
		if (operator_has(target, need[i]) &&
		    (obj_type(obj_at(target, need[i])) != OBJ_STRING ||
		     obj_text(target, need[i]).len))
			by = need[i];
	if (!by || obj_text(target, "backupID").len ||
	    operator_has(obj_at(c->root, "spec.bootstrap.recovery"), "volumeSnapshots"))
		return;
	struct finding *f =
		finding_add(c, target, "backupID", "recoveryTarget has %s and no backupID", by);
	finding_because(c, f, target, by);
	operator_says(c, f, "BackupID is missing");
	finding_fix(
		c, f,
		"backupID: <the id of a base backup> - the last one that was complete before that target");
}

static void target_time(const struct rule_ctx *c, struct obj target)
{
	struct str text = known(target, "targetTime");
	struct finding *f;

	if (!text.len || is_rfc3339(text) || is_timestamp(text))
		return;
	f = finding_add(c, target, "targetTime", "targetTime %.*s is no time of RFC 3339",
			STR_ARG(text));
	operator_says(c, f, "The format of TargetTime is invalid");
	finding_fix(c, f, "a targetTime such as \"2026-08-26T10:20:30Z\"");
}

static void target_lsn(const struct rule_ctx *c, struct obj target)
{
	struct str text = known(target, "targetLSN");
	struct finding *f;

	if (!text.len || is_lsn(text))
		return;
	f = finding_add(c, target, "targetLSN",
			"targetLSN %.*s is not two hexadecimal numbers with a slash between",
			STR_ARG(text));
	operator_says(c, f, "Invalid TargetLSN");
	finding_fix(c, f, "a targetLSN such as \"0/3000060\"");
}

static void target_xid(const struct rule_ctx *c, struct obj target)
{
	struct str text = known(target, "targetXID");
	struct finding *f;
	int64_t n;

	if (!text.len || (str_to_i64(text, &n) && n >= 0 && n <= MOST_XID && is_digit(text.ptr[0])))
		return;
	f = finding_add(c, target, "targetXID", "targetXID %.*s is no number of 32 bits",
			STR_ARG(text));
	operator_says(c, f, "recovery target xid must be a non-negative 32-bit integer");
	finding_fix(c, f, "a targetXID such as \"1234\"");
}

static void target_name(const struct rule_ctx *c, struct obj target)
{
	struct str text = known(target, "targetName");
	bool control = false;
	struct finding *f;

	for (size_t i = 0; i < text.len; i++)
		control = control || (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f;
	if (control) {
		f = finding_add(c, target, "targetName", "targetName has a control character");
		operator_says(c, f,
			      "recovery target name must not contain ASCII control characters");
	} else if (text.len > MOST_NAME_BYTES) {
		f = finding_add(c, target, "targetName", "targetName has %zu bytes; at most %d fit",
				text.len, MOST_NAME_BYTES);
		operator_says(c, f, "recovery target name must be shorter than 64 bytes");
	} else {
		return;
	}
	finding_fix(c, f, "the name that pg_create_restore_point was given");
}

static void target_timeline(const struct rule_ctx *c, struct obj target)
{
	struct str text = known(target, "targetTLI");
	struct finding *f;
	int64_t n;

	if (!text.len || str_is(text, "latest") || (str_to_i64(text, &n) && n > 0))
		return;
	f = finding_add(c, target, "targetTLI",
			"targetTLI %.*s is neither latest nor a number from 1", STR_ARG(text));
	operator_says(c, f,
		      "recovery target timeline can be set to 'latest' or a positive integer");
	finding_fix(c, f, "targetTLI: latest");
}

static void check_operator_refuses_recovery_target(const struct rule_ctx *c)
{
	struct obj target = obj_at(c->root, "spec.bootstrap.recovery.recoveryTarget");

	if (!operator_validates(c) || obj_type(target) != OBJ_MAP)
		return;
	only_one(c, target);
	backup_id(c, target);
	target_time(c, target);
	target_lsn(c, target);
	target_xid(c, target);
	target_name(c, target);
	target_timeline(c, target);
}

static const struct rule rows[] = {
	{
		.id = "operator-refuses-recovery-target",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.check = check_operator_refuses_recovery_target,
		.summary = "CloudNativePG refuses the recoveryTarget",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},
};

RULE_ROWS(operator_refuses_recovery_target);
