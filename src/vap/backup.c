/* ScheduledBackups and Backups: `o` is an entry of variables.backups. */
#include "internal.h"

#include "cnpg/archive.h"
#include "facts/schedule.h"

#define SCHEDULED "request.kind.kind == 'ScheduledBackup' && "

#define PARSES                                                                                     \
	"o.words.size() in [5, 6] && o.fits.filter(f, f).size() == o.words.size() && o.ordered"
/* A day that none of its months has. */
#define NO_SUCH_DAY                                                                                \
	"(o.words[3].matches('^0*3[01]$') && o.words[4].matches('(?i)^(0*2|feb)$') ||\n"           \
	"  o.words[3].matches('^0*31$') && o.words[4].matches('(?i)^(0*([2469]|11)|feb|apr|jun|sep|nov)(,(0*([2469]|11)|feb|apr|jun|sep|nov))*$'))"

/* Refused: what runs more often than crontab would have it, or never. */
#define FIVE SCHEDULED "o.words.size() == 5 && " PARSES
#define FIVE_WRONG "(o.words[2] in ['*', '?'] || " NO_SUCH_DAY ")"
#define SAY_FIVE                                                                                   \
	"'spec.schedule: \\'' + o.schedule + '\\' has 5 fields; CloudNativePG reads the first as seconds"
/* As crontab reads it, with the zero in front that is missing: what runs in every hour was meant
 * so. */
#define MEANT                                                                                      \
	"' +\n  (o.meant ?\n"                                                                      \
	"    '. Fix: schedule: \\'0 ' + o.words.join(' ') + '\\'' : '')"

/* What is no number of the field, or no name. */
#define NOT_PARSED                                                                                                 \
	SCHEDULED                                                                                                  \
	"o.ascii && (o.schedule.startsWith('@') ?\n"                                                               \
	"  !o.schedule.startsWith('@every ') && !(o.schedule in ['@yearly', '@annually', '@monthly', '@weekly',\n" \
	"    '@daily', '@midnight', '@hourly']) :\n"                                                               \
	"  !(o.words.size() in [5, 6]) || [0, 1, 2, 3, 4, 5].exists(i, i < o.words.size() && !o.fits[i] &&\n"      \
	"    o.words[i].matches('^([0-9]+|[A-Za-z]+)$')))"

#define NEVER SCHEDULED PARSES " && o.words.size() == 6 && o.words[5] in ['*', '?'] && " NO_SUCH_DAY
#define SAY_NEVER                                                                                  \
	"'spec.schedule: \\'' + o.schedule + '\\' never fires: its months have no such day; no backup is taken, not even an immediate one'"

#define HOURLY                                                                                     \
	SCHEDULED                                                                                  \
	PARSES " && o.words.size() == 6 && o.words[0].matches('^[0-9]+$') &&\n"                    \
	       "  o.words[1].matches('^0*([1-9]|1[0-9]|2[0-3])$') && o.words[2] == '*' &&\n"       \
	       "  o.words[3] in ['*', '?'] && o.words[4] == '*' && o.method != 'volumeSnapshot'"

static bool hourly(const struct policy *p, struct buf *out, const char *condition)
{
	buf_fmt(out,
		"%s ?\n"
		"  ['spec.schedule: \\'' + o.schedule + '\\' has ' + o.words[1] + ' as its minute, not its hour; it runs hourly. Fix: schedule: \\'0 ' +\n"
		"    o.words[0] + ' ' + o.words[1] + ' ' + o.words[3] + ' * ' + o.words[5] + '\\''] : []",
		condition);
	return !policy_params(p)->min_interval_set; /* who has set it, has thought about it */
}

static bool running_hourly(const struct policy *p, struct buf *out)
{
	return hourly(p, out, HOURLY " && !o.suspended");
}

static bool suspended_hourly(const struct policy *p, struct buf *out)
{
	return hourly(p, out, HOURLY " && o.suspended");
}

/* A star, or one with a step, of seconds or minutes, in a schedule that runs in every month: two
 * activations are that close, whatever else it says. */
static bool frequent(const struct policy *p, struct buf *out, const char *condition)
{
	int64_t least = policy_params(p)->min_interval;
	struct buf minimum CLEANUP(buf) = {0};

	if (least <= 60)
		return false;
	schedule_duration(least, &minimum);
	buf_fmt(out,
		SCHEDULED
		"%s && o.method != 'volumeSnapshot' && " PARSES " && o.words[3] in ['*', '?'] &&\n"
		"  o.words[4] == '*' && (o.words[0].matches('^[*](/0*([1-9]|[1-5][0-9]))?$') ||\n"
		"  o.words[1].matches('^[*](/0*([1-9]|[1-5][0-9]))?$') &&\n"
		"    int('0' + o.words[1].replace('*/', '').replace('*', '1')) * 60 < %lld) ?\n"
		"  ['spec.schedule: base backups of \\'' + o.schedule + '\\' start too close to each other; the minimum is %.*s'] : []",
		condition, (long long)least, STR_ARG(buf_slice(&minimum)));
	return true;
}

static bool running_frequent(const struct policy *p, struct buf *out)
{
	return frequent(p, out, "!o.suspended");
}

static bool suspended_frequent(const struct policy *p, struct buf *out)
{
	return frequent(p, out, "o.suspended");
}

static bool owner_reference(const struct policy *p, struct buf *out)
{
	struct str wanted = policy_params(p)->owner_reference;

	buf_text(out,
		 "[o.spec.?backupOwnerReference.orValue('none')].filter(r, " SCHEDULED "r != ");
	cel_text(out, wanted);
	buf_fmt(out,
		").map(r,\n  'spec.backupOwnerReference: is not %.*s, as the policy says. Fix: backupOwnerReference: %.*s')",
		STR_ARG(wanted), STR_ARG(wanted));
	return wanted.len;
}

/* Up to 0.15; of a later one nothing is known. */
static bool parameters_ignored(const struct policy *p, struct buf *out)
{
	buf_text(
		out,
		"o.method == 'plugin' && o.plugin == '" PLUGIN_NAME
		"' && o.spec.pluginConfiguration.?parameters.orValue({}).size() > 0 ?\n"
		"  ['spec.pluginConfiguration.parameters: the plugin (up to 0.15) ignores them: the backup goes to the store of the Cluster. Fix: remove parameters'] : []");
	return version_before(policy_params(p)->plugin, 0, 16);
}

static const struct vap_row rows[] = {
	{
		.id = "method-default-in-tree",
		.of = "backups",
		.most = SEV_DENY,
		.when = "o.method == 'barmanObjectStore' && has(o.spec.pluginConfiguration)",
		.say = "'spec.method: is barmanObjectStore, but pluginConfiguration is there; the plugin is never asked. Fix: method: plugin'",
	},
	{
		.id = "owner-reference-none",
		.of = "backups",
		.most = SEV_DENY,
		.when = SCHEDULED "o.spec.?backupOwnerReference.orValue('none') == 'none'",
		.say = "'spec.backupOwnerReference: is none; Backup objects outlive schedule and cluster. Fix: backupOwnerReference: self'",
	},
	{
		.id = "plugin-parameters-ignored",
		.of = "backups",
		.most = SEV_DENY,
		.list = parameters_ignored,
	},
	{
		.id = "policy-method",
		.of = "backups",
		.most = SEV_DENY,
		.when = "o.method != 'plugin'",
		.say = "'spec.method: is ' + o.method + ', not plugin, which the policy requires. Fix: method: plugin - and pluginConfiguration: {name: " PLUGIN_NAME
		       "}'",
	},
	{
		.id = "policy-method",
		.of = "backups",
		.most = SEV_DENY,
		.when = "request.kind.kind == 'Backup' && o.method == 'plugin' && o.plugin == ''",
		.say = "'spec.pluginConfiguration.name: is missing, and method is plugin; CloudNativePG refuses it. Fix: pluginConfiguration: {name: " PLUGIN_NAME
		       "}'",
	},
	{
		.id = "policy-method",
		.of = "backups",
		.most = SEV_DENY,
		.part = true, /* a name that resembles ours is the business of plugin-name-unknown
			       */
		.when = "o.method == 'plugin' && o.plugin != '' && o.plugin != '" PLUGIN_NAME
			"' &&\n"
			"  " VAP_OTHER_PLUGIN("o.plugin"),
		.say = "'spec.pluginConfiguration.name: ' + o.plugin + ' is not " PLUGIN_NAME
		       ", which the policy requires. Fix: name: " PLUGIN_NAME "'",
	},
	{
		.id = "policy-owner-reference",
		.of = "backups",
		.most = SEV_DENY,
		.list = owner_reference,
	},
	{
		.id = "schedule-dom-dow-or",
		.of = "backups",
		.most = SEV_DENY,
		.part = true,
		.when = SCHEDULED PARSES
		" && o.words.size() == 6 && !o.suspended && !o.words[3].matches('[*?]') &&\n"
		"  !o.words[5].matches('[*?]') && o.words[4] == '*'",
		.say = "'spec.schedule: \\'' + o.schedule + '\\' runs on its days of the month OR on its weekdays, not only where both meet'",
	},
	{
		.id = "schedule-dom-dow-or",
		.of = "backups",
		.most = SEV_WARN,
		.part = true,
		.when = SCHEDULED PARSES
		" && o.words.size() == 6 && o.suspended && !o.words[3].matches('[*?]') &&\n"
		"  !o.words[5].matches('[*?]') && o.words[4] == '*'",
		.say = "'spec.schedule: \\'' + o.schedule + '\\' runs on its days of the month OR on its weekdays, not only where both meet'",
	},
	{
		.id = "schedule-five-fields",
		.of = "backups",
		.most = SEV_DENY,
		.part = true,
		.when = FIVE " && !o.suspended && " FIVE_WRONG,
		.say = SAY_FIVE MEANT,
	},
	{
		.id = "schedule-five-fields",
		.of = "backups",
		.most = SEV_WARN,
		.part = true, /* more of them are refused, when they run more often than they would
				 in crontab */
		.when = FIVE " && (o.suspended || !" FIVE_WRONG ")",
		.say = SAY_FIVE ". Fix: six fields, second first'",
	},
	{
		.id = "schedule-invalid",
		.of = "backups",
		.most = SEV_DENY,
		.part = true,
		.when = NOT_PARSED,
		.say = "'spec.schedule: \\'' + o.schedule + '\\' does not parse; it has six fields - second, minute, hour, day of month, month, weekday (0 to 6) - or is one of @daily, @weekly and the like. Fix: schedule: \\'0 0 3 * * *\\''",
	},
	{
		.id = "schedule-never-fires",
		.of = "backups",
		.most = SEV_DENY,
		.part = true,
		.when = NEVER " && !o.suspended",
		.say = SAY_NEVER,
	},
	{
		.id = "schedule-never-fires",
		.of = "backups",
		.most = SEV_WARN,
		.part = true,
		.when = NEVER " && o.suspended",
		.say = SAY_NEVER,
	},
	{
		.id = "schedule-padded-hourly",
		.of = "backups",
		.most = SEV_DENY,
		.part = true,
		.list = running_hourly,
	},
	{
		.id = "schedule-padded-hourly",
		.of = "backups",
		.most = SEV_WARN,
		.part = true,
		.list = suspended_hourly,
	},
	{
		.id = "schedule-suspended",
		.of = "backups",
		.most = SEV_DENY,
		.when = SCHEDULED "o.suspended",
		.say = "'spec.suspend: schedule is suspended; no base backup is taken, and WAL is kept since the last one. Fix: suspend: false'",
	},
	{
		.id = "schedule-too-frequent",
		.of = "backups",
		.most = SEV_DENY,
		.part = true,
		.list = running_frequent,
	},
	{
		.id = "schedule-too-frequent",
		.of = "backups",
		.most = SEV_WARN,
		.part = true,
		.list = suspended_frequent,
	},
	{
		.id = "scheduled-backup-name-too-long",
		.of = "backups",
		.most = SEV_DENY,
		.when = SCHEDULED
		"o.name.size() > (o.method == 'volumeSnapshot' ? 48 : 63) && !o.name.matches(" VAP_PLACEHOLDER
		")",
		.say = "'metadata.name: has ' + string(o.name.size()) + ' characters; at most ' +\n"
		       "  (o.method == 'volumeSnapshot' ? '48' : '63') + ' fit, each Backup has it in a label'",
	},
	{
		.id = "scheduled-backup-plugin-config-missing",
		.of = "backups",
		.most = SEV_DENY,
		.when = SCHEDULED "o.method == 'plugin' && o.plugin == ''",
		.say = "'spec.pluginConfiguration: method is plugin, but no plugin is named; CloudNativePG refuses every Backup of the schedule. Fix: pluginConfiguration: {name: " PLUGIN_NAME
		       "}'",
	},
};

const struct vap_rows vap_backup_rows = {rows, ARRAY_LEN(rows)};
