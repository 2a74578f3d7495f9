/*
 * What several rules ask of a ScheduledBackup or Backup: reading spec.schedule, which of several
 * rules that would say the same speaks, the words for what a schedule does and for a better one,
 * its method, and the Cluster that it names.
 */
#ifndef FACTS_SCHEDULE_H
#define FACTS_SCHEDULE_H

#include "cron/cron.h"
#include "rules/rule.h"

#define SCHEDULE_PATH "spec.schedule"

/* How far a schedule is looked at: one leap day at most times, every month twice. */
#define SCHEDULE_HORIZON_DAYS 731

/* Base backups closer than this are seldom meant, with WAL archived in between. */
#define SCHEDULE_FREQUENT_SECONDS (INT64_C(4) * 3600)

/* A schedule worth offering is one that a person can read. */
#define SCHEDULE_OFFER_BYTES 60

/*
 * A schedule that starts too many or too few backups has one cause, and one rule names it: the
 * first that applies. Before them all comes schedule-five-fields; it is not in this list because a
 * profile may lower it to a warning, which must not hide a denial: the table says superseded_by,
 * and the engine compares severities.
 */
enum schedule_rhythm {
	RHYTHM_FINE,
	RHYTHM_PADDED_HOURLY, /* "0 3 * * * *": hourly, and probably meant for 03:00 */
	RHYTHM_TOO_FREQUENT,  /* below the minimum of the policy */
	RHYTHM_GAP_TOO_LONG,  /* above the maximum of the policy */
	RHYTHM_FREQUENT,      /* allowed, but far more often than is usual */
};
struct schedule_pace {
	enum schedule_rhythm rhythm;
	int64_t activations;	   /* in the next two years */
	int64_t shortest, longest; /* seconds between two backups in them */
};

/* What spec.schedule of one object says, found out once for all rules (rule_ctx.schedule), when the
 * first of them reads it: but for `suspended`, only schedule_read gives it. */
struct schedule {
	bool suspended;
	/* what schedule_cluster found in this view */
	const struct view *view;
	const struct known *cluster;
	bool examined;
	bool judged; /* false: no text, a placeholder, or (another rule says so) a NUL */
	struct str spec;
	size_t fields; /* as CloudNativePG counts them; 0 for "@daily" and the like */
	struct str
		error; /* the parser's words when it refuses the spec; nothing below is set then */
	struct cron cron;
	int64_t next; /* first activation after now; 0: never */
	struct schedule_pace pace;
};

/* Before the first rule is asked. */
void schedule_begin(const struct rule_ctx *c, struct schedule *out);
/* There is a schedule, and it parses. `out` is a copy. */
bool schedule_read(const struct rule_ctx *c, struct schedule *out);

/* A finding at spec.schedule with `message`; of a suspended schedule a warning at most. */
struct finding *schedule_finding(const struct rule_ctx *c, const struct schedule *s,
				 const struct buf *message);
/* "runs 24 times a day: next 11:03:00, 12:03:00, 13:03:00 UTC" becomes the effect. */
void schedule_effect(const struct rule_ctx *c, struct finding *f, const struct schedule *s);

/* SPEC parses, fires and is not too frequent for the policy; `text` gets what it does ("once a day
 * at 03:00 UTC"). */
bool schedule_admits(const struct rule_ctx *c, struct str spec, struct buf *text);
/* The fix becomes "schedule: 'SPEC' - once a day at 03:00 UTC; WHY" when SPEC parses, fires and is
 * not too frequent for the policy; false without touching the finding when it is not. `why` may be
 * NULL. */
bool schedule_offer(const struct rule_ctx *c, struct finding *f, struct str spec, const char *why);
/* The fix: what was most likely meant, or schedule_offer_regular. Of five fields it is an edit,
 * too, where no other reading makes sense: every hour and more often is nobody's base backup, but
 * "0 0 3 * *" is daily at 03:00 already. */
void schedule_offer_meant(const struct rule_ctx *c, struct finding *f, const struct schedule *s);
/*
 * Five fields that run as seldom as a base backup does, and seldomer still as crontab reads them
 * ("0 0 3 * *": daily at 03:00, and the 3rd of each month): which was meant cannot be known. The
 * fix shows both, with a spec for each; where the first is worth having, the finding is a warning.
 * False without touching the finding when it is not so.
 */
bool schedule_offer_both(const struct rule_ctx *c, struct finding *f, const struct schedule *s);
/* The first word of five fields that crontab, too, could not read, and as what ("hour (0 to 23)");
 * false when there is none. */
bool schedule_odd_word(struct str spec, struct str *word, const char **as);
/* The fix: once a day, or once a week when the policy wants no more (`weekly`: or allows it), at
 * the time of day of the spec when it has one, else at 03:00. */
void schedule_offer_regular(const struct rule_ctx *c, struct finding *f, const struct schedule *s,
			    bool weekly, const char *why);

/* Words of the spec; those it does not have are "*". */
struct schedule_words {
	struct str word[CRON_FIELDS_LEN];
};
struct schedule_words schedule_split(struct str spec);
struct str schedule_join(struct arena *a, const struct schedule_words *w);

/* "24 times a day, only in January". */
void schedule_how_often(const struct cron *cron, struct buf *out);
void schedule_duration(int64_t seconds, struct buf *out); /* "1 hour 30 minutes", "31 days" */

/* The Cluster that a ScheduledBackup or Backup names; NULL when it, or what it holds, is not known.
 */
const struct known *schedule_cluster(const struct rule_ctx *c);
/* That Cluster, if it is not going itself; else NULL. */
const struct known *schedule_staying_cluster(const struct rule_ctx *c);
/* The finding is as sure as it is sure that this Cluster is the one that is meant. */
bool schedule_cluster_is_certain(const struct rule_ctx *c, const struct known *cluster);
/* The remedy of `f` is the plugin as the method, and its name; not where the Cluster is known to
 * have none, nor where another plugin is named. */
void schedule_name_plugin(const struct rule_ctx *c, struct finding *f);
/* The remedy of `f` is method: plugin. */
void schedule_set_method(const struct rule_ctx *c, struct finding *f);
/* The same where our plugin is named, or a near miss of it, which tells what is meant as well. */
void schedule_name_method(const struct rule_ctx *c, struct finding *f);
/* The object has nothing at `path`; false where a placeholder may become it. */
bool schedule_lacks(struct obj root, const char *path);
/* The finding is that the Cluster lacks something. It may still come, in the same apply, and then
 * all is well; but a Backup has failed for good by then. */
void schedule_lacking(const struct rule_ctx *c, struct finding *f, const struct known *cluster);
/* The effect: in CloudNativePG's words, that the Cluster lacks backup.`section`. */
void schedule_lack_effect(const struct rule_ctx *c, struct finding *f, const struct known *cluster,
			  const char *section);

/* What the Cluster says of a plugin by which it should be backed up. */
enum schedule_plugin {
	PLUGIN_NOT_KNOWN, /* the Cluster is not, or it has no plugins at all */
	PLUGIN_ENABLED,
	PLUGIN_DISABLED,
	PLUGIN_ABSENT, /* it has others */
};
enum schedule_plugin schedule_plugin(const struct rule_ctx *c, struct str name);

/* spec.method with its default; empty when it is a placeholder or of the wrong type. */
struct str schedule_method(const struct rule_ctx *c);

#endif
