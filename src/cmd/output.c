#include "cmd/output.h"

#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define WIDTH_MIN 40 /* a phone held upright */
#define WIDTH_MAX                                                                                  \
	104 /* longer lines are hard to read, and logs have no width; holds three activations */

const char *const output_colors[] = {"auto", "always", "never", NULL};

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

bool output_check(const struct output *o, struct err *err)
{
	struct str rest = o->formats, name;
	size_t count = 0;

	for (; str_split(&rest, ',', &name); count++) {
		struct buf known CLEANUP(buf) = {0};
		const struct report_format *f = report_format_find(name);
		size_t before = (size_t)(name.ptr - o->formats.ptr);

		if (f && shares_a_file(str_slice(o->formats, 0, before), f))
			return err_set(
				err, E_VALUE,
				"--format: %s would overwrite another format in FILE.%s: put one of the two first, it goes to stdout",
				f->name, f->extension);
		if (f)
			continue;
		for (size_t i = 0; i < report_formats_len; i++)
			buf_fmt(&known, "%s %s", i ? "," : "", report_formats[i].name);
		return err_set(err, E_VALUE, "--format: '%.*s' is none of%.*s", STR_ARG(name),
			       STR_ARG(buf_slice(&known)));
	}
	if (count > 1 && !o->file.len)
		return err_set(
			err, E_VALUE,
			"several formats need --output FILE: the first goes to stdout, the others to FILE.json and so on");
	return true;
}

bool output_lists_objects(const struct output *o)
{
	struct str rest = o->formats, name;
	bool wanted = false;

	while (str_split(&rest, ',', &name))
		wanted = wanted || report_format_find(name)->objects;
	return wanted;
}

static bool io_error(struct err *err, struct str path)
{
	const char *why = strerrordesc_np(errno);

	return err_set(err, E_IO, "%.*s: %s", STR_ARG(path), why ? why : "cannot be written");
}

static bool write_there(struct str path, struct str text, struct err *err)
{
	int fd = open(path.ptr, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return io_error(err, path);
	bool ok = file_write(fd, text) || io_error(err, path);
	close(fd);
	return ok;
}

bool output_file(struct arena *a, struct str path, struct str text, struct err *err)
{
	struct stat s;

	path = arena_str(a, path);
	if (stat(path.ptr, &s) == 0 && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode))
		return write_there(path, text, err);
	char *temporary = arena_alloc(a, path.len + sizeof ".XXXXXX");
	memcpy(temporary, path.ptr, path.len);
	memcpy(temporary + path.len, ".XXXXXX", sizeof ".XXXXXX");
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return io_error(err, path);
	mode_t mask = umask(0);
	umask(mask);
	bool ok = fchmod(fd, 0666 & ~mask) == 0 && file_write(fd, text) && fsync(fd) == 0;
	ok = close(fd) == 0 && ok && rename(temporary, path.ptr) == 0;
	if (ok)
		return true;
	io_error(err, path);
	unlink(temporary);
	return false;
}

static struct report_style style_of(const struct output *o, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct report_style style = {.width = WIDTH_MAX, .program = cmd_program()};
	struct winsize size;
	bool terminal = fd >= 0 && isatty(fd);

	style.color = o->color == COLOR_ALWAYS ||
		      (o->color == COLOR_AUTO && terminal && !(no_color && *no_color) &&
		       !(term && strcmp(term, "dumb") == 0));
	if (terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_col < WIDTH_MAX)
		style.width = size.ws_col > WIDTH_MIN ? size.ws_col : WIDTH_MIN;
	return style;
}

static void tell_errors(const struct output *o, const struct report *r, bool layout)
{
	struct buf text CLEANUP(buf) = {0};
	struct report_style style = style_of(o, STDERR_FILENO);

	report_errors(&text, r, &style, layout);
	if (text.len)
		fwrite(text.ptr, 1, text.len, stderr);
}

static struct str file_of(const struct output *o, struct arena *a, const struct report_format *f,
			  bool several)
{
	struct str extension = arena_fmt(a, ".%s", f->extension);

	if (!several || str_has_suffix(o->file, extension))
		return o->file;
	return arena_fmt(a, "%.*s%.*s", STR_ARG(o->file), STR_ARG(extension));
}

bool output_write(const struct output *o, const struct report *r, struct err *err)
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
				return err_set(err, E_IO, "stdout cannot be written");
		} else if (!output_file(r->arena, file_of(o, r->arena, f, several),
					buf_slice(&text), err)) {
			return false;
		}
	}
	return true;
}
