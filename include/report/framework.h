/*
 * What a framework for audits asks of backups, and what is known of it for each Cluster: met where
 * all that it asks for was seen, not met where something else was seen or a rule has found what is
 * against it, and else not known. That nothing was found proves nothing.
 */
#ifndef REPORT_FRAMEWORK_H
#define REPORT_FRAMEWORK_H

#include "report/report.h"

struct view;

/* What is seen of a Cluster, or not. */
enum fact {
	FACT_SCHEDULED, /* a ScheduledBackup of it runs */
	FACT_DAILY,	/* and leaves no more than a day between two */
	FACT_WEEKLY,
	FACT_KEPT,	/* for 35 days at least, or for ever */
	FACT_ENCRYPTED, /* base backups and WAL, as the store is told */
	FACT_TODAY,	/* the last completed backup is no older than a day */
	FACT_THIS_WEEK,
	FACT_WAL,     /* is archived now */
	FACT_STORED,  /* its bucket was asked, and a base backup lies there */
	FACT_LOCKED,  /* the bucket locks each object for some days */
	FACT_OUTSIDE, /* nothing that backup-guard could see */
	FACTS,
};
#define SEEN(fact) (1U << FACT_##fact)

struct framework_control {
	const char *id, *title; /* `title` in our words */
	unsigned facts;		/* SEEN(...): all of them make it met */
	bool sound; /* any error about the Cluster, its schedules and its store is against it */
	const char *const rules[8]; /* so are these; ends with NULL */
	const char *outside;	    /* of FACT_OUTSIDE: what cannot be known */
};
struct framework {
	const char *name, *title;
	const struct framework_control *controls;
	size_t len;
};

#define FRAMEWORK_ABOUT                                                                            \
	"--framework says which controls of a framework for audits each Cluster meets. Only what was seen meets one, a rule that has found something is against it, and that nothing was found proves nothing; what is exempted is not known."

extern const char *const framework_names[]; /* sorted; ends with NULL */

/* NULL: there is none of this name. */
const struct framework *framework_find(struct str name);

/* A Cluster that is judged: keeps what is known of it, its schedules and its store. `row` has what
 * is live; NULL: these are files. Nothing where the report has no framework. */
void framework_look(struct report *r, const struct view *v, const struct object *cluster,
		    const struct report_cluster *row, int64_t now);
/* Once all is found, before any of it is lowered or left out. Again does nothing. */
void framework_judge(struct report *r);

#endif
