#include "cmd/output.h"

#include "base/file.h"
#include "cmd/cmd.h"
#include "report/ink.h"
#include "report/phrase.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_MIN 40 /* a phone held upright */
#define WIDTH_MAX                                                                                  \
	104 /* longer lines are hard to read, and logs have no width; holds three activations */

const char *const output_colors[] = {"auto", "always", "never", NULL};

const char *const output_shows[] = {"warn", "info", NULL};

const char *const output_groups[] = {"none", "rule", "namespace", "cluster", NULL};

/* Whether one of the formats `before` it has the same file. The first has none: it goes to stdout.
 */
static bool shares_a_file(struct str before, const struct report_format *f)
{
	struct str name;

	str_split(&before, ',', &name);
	while (str_split(&before, ',', &name)) {
		const struct report_format *other = report_format_find(name);

		if (other && strcmp(other->extension, f->extension) == 0)
			return true;
	}
	return false;
}

static bool shows_frameworks(const struct output *o)
{
	struct str rest = o->formats, name;
	bool shown = o->page.len;

	while (str_split(&rest, ',', &name))
		shown |= str_is(name, "text") || str_is(name, "html");
	return shown;
}

static struct str file_of(const struct output *o, struct arena *a, const struct report_format *f,
			  bool several)
{
	struct str extension = arena_fmt(a, ".%s", f->extension);

	if (!several || str_has_suffix(o->file, extension))
		return o->file;
	return arena_fmt(a, "%.*s%.*s", STR_ARG(o->file), STR_ARG(extension));
}

static bool is_output(const struct output *o, struct arena *a, struct str file)
{
	struct str rest = o->formats, name;
	bool several = str_find_byte(rest, ',') != STR_NONE, is = false;

	if (several)
		str_split(&rest, ',', &name);
	while (o->file.len && str_split(&rest, ',', &name))
		is |= file_is_same(a, file_of(o, a, report_format_find(name), several), file);
	return is;
}

/* `option` has `file`, which no report may replace. */
static bool is_spared(const struct output *o, struct arena *a, const char *option, struct str file,
		      struct err *err)
{
	bool page = o->page.len && !str_is(str_from(option), "report-page") &&
		    file_is_same(a, o->page, file);

	if (!file.len || !(page || is_output(o, a, file)))
		return true;
	return err_set(err, E_VALUE, "--%s and --%s name the same file, %.*s", option,
		       page ? "report-page" : "output", STR_ARG(file));
}

bool output_check(const struct output *o, struct arena *a, struct str baseline,
		  struct str write_baseline, struct err *err)
{
	struct str rest = o->formats, name;
	size_t count = 0;

	for (; str_split(&rest, ',', &name); count++) {
		const struct report_format *f = report_format_find(name);
		size_t before = (size_t)(name.ptr - o->formats.ptr);

		if (shares_a_file(str_slice(o->formats, 0, before), f))
			return err_set(
				err, E_VALUE,
				"--format: %s would overwrite another format in FILE.%s: put one of the two first, it goes to stdout",
				f->name, f->extension);
	}
	if (o->framework.len && !shows_frameworks(o))
		return err_set(err, E_VALUE, "--framework is shown by --format text and html");
	if (count > 1 && !o->file.len)
		return err_set(
			err, E_VALUE,
			"several formats need --output FILE: the first goes to stdout, the others to FILE.json and so on");
	return is_spared(o, a, "report-page", o->page, err) &&
	       is_spared(o, a, "baseline", baseline, err) &&
	       is_spared(o, a, "write-baseline", write_baseline, err);
}

bool output_lists_objects(const struct output *o)
{
	struct str rest = o->formats, name;
	bool wanted = false;

	while (str_split(&rest, ',', &name))
		wanted = wanted || report_format_find(name)->objects;
	return wanted;
}

bool output_is_state(const struct output *o)
{
	struct str rest = o->formats, first;

	str_split(&rest, ',', &first);
	return report_format_find(first)->state;
}

static struct report_style style_of(const struct output *o, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	static const enum severity least[] = {SEV_WARN, SEV_INFO};
	struct report_style style = {
		.layout = o->layout,
		.width = WIDTH_MAX,
		.program = cmd_program(),
		.least = least[o->show],
	};
	struct winsize size;
	bool terminal = fd >= 0 && isatty(fd);

	style.color = o->color == COLOR_ALWAYS ||
		      (o->color == COLOR_AUTO && terminal && !(no_color && *no_color) &&
		       !(term && strcmp(term, "dumb") == 0));
	style.terminal = terminal;
	if (!terminal || ioctl(fd, TIOCGWINSZ, &size) != 0 || !size.ws_col)
		return style;
	style.table = size.ws_col > WIDTH_MIN ? size.ws_col : WIDTH_MIN;
	if (style.table < WIDTH_MAX)
		style.width = style.table;
	return style;
}

struct report_style output_style(const struct output *o)
{
	return style_of(o, STDOUT_FILENO);
}

bool output_diff(const struct output *o, struct str diff)
{
	struct buf text CLEANUP(buf) = {0};

	if (!output_style(o).color)
		return cmd_print(diff);
	ink_diff(&text, diff);
	return cmd_print(buf_slice(&text));
}

bool output_inked(const struct output *o, struct str text, const struct ink_start *table)
{
	struct buf inked CLEANUP(buf) = {0};

	if (!output_style(o).color)
		return cmd_print(text);
	ink_lines(&inked, text, table);
	return cmd_print(buf_slice(&inked));
}

static void tell_errors(const struct output *o, const struct report *r, bool layout)
{
	struct buf text CLEANUP(buf) = {0};
	struct report_style style = style_of(o, STDERR_FILENO);

	report_errors(&text, r, &style, layout);
	if (text.len)
		fwrite(text.ptr, 1, text.len, stderr);
}

void output_tell(struct str lines)
{
	struct buf text CLEANUP(buf) = {0};
	struct report_style style = style_of(&(struct output){.color = COLOR_NEVER}, STDERR_FILENO);

	if (style.terminal)
		phrase_lines(&text, lines, style.width);
	else
		buf_str(&text, lines);
	if (text.len)
		fwrite(text.ptr, 1, text.len, stderr);
}

/* Above a report for people; above any other they would break it. */
static bool lines_go_above(const struct output *o)
{
	struct str rest = o->formats, first;

	str_split(&rest, ',', &first);
	return report_format_find(first)->layout && (rest.ptr || !o->file.len);
}

bool output_lines(const struct output *o, struct str lines)
{
	if (!lines.len)
		return true;
	if (lines_go_above(o))
		return cmd_print(lines);
	fwrite(lines.ptr, 1, lines.len, stderr);
	return true;
}

bool output_page(const struct output *o, const struct report *r, struct err *err)
{
	struct buf text CLEANUP(buf) = {0};
	struct report_style style = style_of(o, -1);

	if (!o->page.len)
		return true;
	if (r->errors.len && !r->count.objects)
		return err_set(err, E_IO, "--report-page: %.*s is left as it is: nothing was read",
			       STR_ARG(o->page));
	report_format_find(STR("html"))->write(&text, r, &style);
	return file_replace(r->arena, o->page, NULL, buf_slice(&text), err) ||
	       err_within(err, "--report-page: %.*s: ", STR_ARG(o->page));
}

enum exit_code output_write(const struct output *o, const struct report *r, struct err *err)
{
	struct str rest = o->formats, name;
	bool several = str_find_byte(o->formats, ',') != STR_NONE, first = true;

	for (; str_split(&rest, ',', &name); first = false) {
		struct buf text CLEANUP(buf) = {0};
		const struct report_format *f = report_format_find(name);
		bool to_file = o->file.len && !(several && first);
		struct report_style style = style_of(o, to_file ? -1 : STDOUT_FILENO);

		if (first)
			tell_errors(o, r, f->layout);
		f->write(&text, r, &style);
		if (!to_file) {
			if (!cmd_print(buf_slice(&text)))
				return EXIT_INTERNAL;
			continue;
		}
		struct str file = file_of(o, r->arena, f, several);
		if (!file_replace(r->arena, file, NULL, buf_slice(&text), err)) {
			err_within(err, "%.*s: ", STR_ARG(file));
			return EXIT_INPUT;
		}
	}
	return EXIT_CLEAN;
}
