/*
 * How a report leaves the program: formats, files, colour. Shared by check and audit.
 *
 * One format goes to stdout, or to the file of --output and nowhere else. Of several, the first
 * goes to stdout and each other to FILE.EXTENSION (FILE itself when it ends so already). What could
 * not be read is told on stderr as well, whatever the format.
 */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include "cmd/cmd.h"
#include "report/report.h"

enum output_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
extern const char *const output_colors[]; /* words of --color, in the order of the enum */

/* The row of --color in a command's options; `at` is the offset of its target. */
#define OUTPUT_COLOR(at)                                                                           \
	{                                                                                          \
		.name = "color", .arg = "WHEN", .type = OPT_CHOICE, at, .choices = output_colors,  \
		.help = "{} (default: auto)"                                                       \
	}

/* Words of --show: from which severity on text shows findings. */
enum output_show { SHOW_WARN, SHOW_INFO };
extern const char *const output_shows[];

/* Words of --group-by, in the order of enum report_group. */
extern const char *const output_groups[];

struct output {
	struct str formats;   /* "text,json", each of report_format_names */
	struct str file;      /* --output; empty: none */
	struct str page;      /* --report-page; empty: none */
	struct str framework; /* of framework_names; empty: none */
	int color;	      /* enum output_color */
	int show;	      /* enum output_show */
	struct report_layout layout;
};

/* Formats of which one would overwrite another or a baseline, several without a file, a framework
 * that none of them shows. To be asked before the work; either baseline may be empty. */
MUST_CHECK bool output_check(const struct output *o, struct arena *a, struct str baseline,
			     struct str write_baseline, struct err *err);
/* The first format is for monitoring, which expects exit codes of its own. */
bool output_is_state(const struct output *o);
bool output_lists_objects(const struct output *o); /* some format wants report.objects */
/* How stdout shows text. */
struct report_style output_style(const struct output *o);
/* Lines for people that come before the report: on stdout where they do not break it. */
MUST_CHECK bool output_lines(const struct output *o, struct str lines);
/* On stdout, in colours where style has them: a diff, and text by a table of report/ink.h. */
MUST_CHECK bool output_diff(const struct output *o, struct str diff);
struct ink_start;
MUST_CHECK bool output_inked(const struct output *o, struct str text,
			     const struct ink_start *table);
/* On stderr; a terminal gets lines as wide as it is. */
void output_tell(struct str lines);
/* The page for a browser, if it is wanted: in place of the file, or new, whole. An error, and the
 * file is left, where nothing could be read. */
MUST_CHECK bool output_page(const struct output *o, const struct report *r, struct err *err);
/* EXIT_INPUT: a file cannot be written, and `err` says which and why; EXIT_INTERNAL: stdout cannot,
 * which is told. */
MUST_CHECK enum exit_code output_write(const struct output *o, const struct report *r,
				       struct err *err);

#endif
