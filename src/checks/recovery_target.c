/* The moment to which a Cluster is to be recovered: whether it can be reached, and is what was
 * meant. */
#include "base/arena.h"
#include "base/utc.h"
#include "facts/cluster.h"

/* Behind the seconds and their fraction, which may be none: 2026-08-26 10:20:30.25. */
static size_t end_of_clock(struct str text)
{
	size_t end = 19;

	while (end < text.len &&
	       (text.ptr[end] == '.' || (text.ptr[end] >= '0' && text.ptr[end] <= '9')))
		end++;
	return end;
}

/* As CloudNativePG and PostgreSQL take it: RFC 3339, or with a blank in the middle, a zone of hours
 * only, or none, which is UTC. */
static bool read_time(const struct rule_ctx *c, struct str text, int64_t *out)
{
	struct buf rfc = BUF_ARENA(c->arena);
	size_t zone = end_of_clock(text);

	if (text.len < zone || text.len > 40)
		return false;
	buf_str(&rfc, text);
	if (rfc.ptr[10] == ' ')
		rfc.ptr[10] = 'T';
	if (zone == text.len)
		buf_byte(&rfc, 'Z');
	else if (text.len == zone + 3)
		buf_text(&rfc, ":00");
	return utc_parse(buf_slice(&rfc), out);
}

/* When the first of its base backups was complete, as the status of its ObjectStore says. */
static bool first_recoverable(const struct rule_ctx *c, const struct archive_source *source,
			      int64_t *out)
{
	const struct archive_place *place = &source->place;
	const struct known *store = NULL;
	struct obj window;

	if (c->view && source->plugin)
		store = view_store(c->view, c->object, place);
	if (!store)
		return false;
	window = obj_member(obj_at(store->object.root, "status.serverRecoveryWindow"),
			    place->server);
	return utc_parse(obj_text(window, "firstRecoverabilityPoint"), out);
}

static void check_recovery_target_before_window(const struct rule_ctx *c)
{
	const char *path = "spec.bootstrap.recovery.recoveryTarget.targetTime";
	const struct archive_source *source = &c->archive->recovery;
	struct str text = obj_text(c->root, path);
	char shown[UTC_TEXT];
	struct finding *f;
	int64_t target, first;

	if (cluster_is_bootstrapped(c) || !read_time(c, text, &target))
		return;
	if (target > c->now) {
		f = finding_add(c, c->root, path, "targetTime %.*s is in the future",
				STR_ARG(text));
		finding_effect(
			c, f,
			"PostgreSQL stops with \"recovery ended before configured recovery target was reached\", and the restore is retried for ever");
		finding_fix(c, f, "remove recoveryTarget - to recover to the end of the WAL");
	} else if (first_recoverable(c, source, &first) && target < first) {
		f = finding_add(
			c, c->root, path,
			"targetTime %.*s is before the first backup of server %.*s in ObjectStore %.*s",
			STR_ARG(text), STR_ARG(source->place.server), STR_ARG(source->place.store));
		finding_scope(f, SCOPE_BUNDLE);
		finding_effect(
			c, f,
			"no base backup reaches back to it, and the restore is retried for ever");
		finding_fix(c, f, "targetTime: \"%s\" - or later", utc_format(first, shown));
	}
}

static bool is_utc(struct str zone)
{
	static const char *const names[] = {"", "UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_nocase(zone, str_from(names[i])))
			return true;
	return false;
}

static void check_recovery_target_without_zone(const struct rule_ctx *c)
{
	const char *path = "spec.bootstrap.recovery.recoveryTarget.targetTime";
	struct str text = obj_text(c->root, path);
	struct str zone = obj_text(c->root, "spec.postgresql.parameters.timezone");
	int64_t target;

	if (cluster_is_bootstrapped(c) || value_is_placeholder(text, NULL) ||
	    !read_time(c, text, &target) || end_of_clock(text) != text.len)
		return;
	struct finding *f =
		finding_add(c, c->root, path, "targetTime %.*s has no time zone", STR_ARG(text));
	bool known = !is_utc(zone) && !value_is_placeholder(zone, NULL);
	if (known)
		finding_effect(
			c, f,
			"the base backup is chosen as if it were UTC, and recovery stops by it in %.*s, the server's timezone",
			STR_ARG(zone));
	else
		finding_effect(
			c, f,
			"it is taken for UTC, whatever the clock of the person who wrote it showed");
	finding_fix(c, f, "targetTime: \"%.*sT%.*sZ\" - in UTC, or with the offset that is meant",
		    STR_ARG(str_slice(text, 0, 10)), STR_ARG(str_slice(text, 11, text.len)));
	if (!known)
		finding_at_most(f, SEV_INFO);
}

static const struct rule rows[] = {
	{
		.id = "recovery-target-before-window",
		.kinds = KIND_CLUSTER,
		.helped = true,
		.severity = SEV_WARN,
		.check = check_recovery_target_before_window,
		.summary = "The time to recover to is before the first backup, or in the future",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},
	{
		.id = "recovery-target-without-zone",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_recovery_target_without_zone,
		.summary = "The time to recover to names no time zone",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},
};

RULE_ROWS(recovery_target);
