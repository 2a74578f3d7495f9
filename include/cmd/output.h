/*
 * How a report leaves the program: formats, files, colour. Shared by check and audit.
 *
 * One format goes to stdout, or to the file of --output and nowhere else. Of several, the first
 * goes to stdout and each other to FILE.EXTENSION (FILE itself when it ends so already). What could
 * not be read is told on stderr as well, whatever the format.
 */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include "report/report.h"

enum output_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
extern const char *const output_colors[]; /* words of --color, in the order of the enum */

struct output {
	struct str formats; /* "text,json" */
	struct str file;    /* --output; empty: none */
	int color;	    /* enum output_color */
};

/* Unknown formats, and several without a file. To be asked before the work. */
MUST_CHECK bool output_check(const struct output *o, struct err *err);
bool output_lists_objects(const struct output *o); /* some format wants report.objects */
MUST_CHECK bool output_write(const struct output *o, const struct report *r, struct err *err);

#endif
