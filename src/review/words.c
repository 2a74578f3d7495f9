/* The sentences of an answer: causes, denials, Events, warnings. */
#include "internal.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "rules/rule.h"

#include <string.h>

void words_path(const struct finding *f, struct buf *out)
{
	buf_clean(out, utf8_cut(f->path, LIMIT_SENTENCE_BYTES));
}

static void add_path(const struct finding *f, struct buf *out)
{
	words_path(f, out);
	if (f->path.len)
		buf_text(out, ": ");
}

/* Whether `word` is the last name of the path: "schedule" of spec.schedule. */
static bool is_last_name(struct str path, struct str word)
{
	if (str_has_suffix(path, STR("]"))) {
		path.len--;
		return str_has_suffix(path, word) && path.len > word.len &&
		       path.ptr[path.len - word.len - 1] == '[';
	}
	return str_has_suffix(path, word) &&
	       (path.len == word.len || path.ptr[path.len - word.len - 1] == '.');
}

/* The path stands before it, so a message that begins with the field's name goes on after it:
 * "spec.schedule: has 5 fields", "spec.method: volumeSnapshot is not ...". */
static void add_sentence(const struct finding *f, struct buf *out)
{
	struct finding said = *f;
	size_t end = str_find_byte(f->message, ' ');
	struct str word = str_slice(f->message, 0, end == STR_NONE ? 0 : end);

	if (str_has_suffix(word, STR(":")))
		word.len--;
	if (word.len && is_last_name(f->path, word))
		said.message = str_slice(f->message, end + 1, f->message.len);
	finding_sentence(&said, out);
}

void words_cause(const struct finding *f, struct buf *out)
{
	add_sentence(f, out);
	buf_fmt(out, " [%s]", f->rule->id);
}

void words_notice(struct str notice, struct buf *out)
{
	struct buf text CLEANUP(buf) = {0};

	buf_clean(&text, utf8_cut_chars(notice, LIMIT_WARNING_CHARS));
	buf_str(out, utf8_cut_chars(buf_slice(&text), LIMIT_WARNING_CHARS));
}

#define ELLIPSIS "…"

/* What follows a message, when there is room for it. */
static bool add_after(struct str effect, struct str fix, size_t room, struct buf *out)
{
	size_t start = out->len;

	if (utf8_count(effect) + utf8_count(fix) > room)
		return false;
	finding_sentence(&(struct finding){.effect = effect, .fix = fix}, out);
	if (utf8_count(str_slice(buf_slice(out), start, out->len)) <= room)
		return true;
	out->len = start;
	return false;
}

/* The message always, and no part of it is cut unless it alone is too long. Of the rest as much as
 * fits: what to write counts more than what happens. */
void words_warning(const struct finding *f, struct buf *out)
{
	struct finding bare = *f;
	size_t start = out->len;
	struct str tail = str_from(f->rule->id);
	size_t room = LIMIT_WARNING_CHARS - tail.len - sizeof " []" + 1;
	const struct str none = STR_EMPTY, some = finding_bare_fix(f);
	const struct str tries[][2] = {{f->effect, f->fix},
				       {f->effect, some},
				       {none, f->fix},
				       {none, some},
				       {f->effect, none}};

	bare.effect = bare.fix = STR_EMPTY;
	add_path(&bare, out);
	add_sentence(&bare, out);
	struct str line = str_slice(buf_slice(out), start, out->len);
	size_t chars = utf8_count(line);
	if (chars > room) {
		out->len = start + utf8_cut_chars(line, room - 1).len;
		buf_text(out, ELLIPSIS);
	}
	for (size_t i = 0; chars <= room && i < ARRAY_LEN(tries); i++)
		if (add_after(tries[i][0], tries[i][1], room - chars, out))
			break;
	buf_fmt(out, " [%.*s]", STR_ARG(tail));
}

static void add_name(struct str name, const char *before, struct buf *out)
{
	struct buf text CLEANUP(buf) = {0};

	buf_clean(&text, utf8_cut(name, LIMIT_NAME_BYTES));
	if (text.len)
		buf_text(out, before);
	buf_str(out, utf8_cut(buf_slice(&text), LIMIT_NAME_BYTES));
}

/* What stands in `out` from `start` on counts, too. */
static void add_problems(const struct verdict *v, size_t start, size_t most, struct buf *out)
{
	size_t problems = verdict_count(v, SEV_DENY), said = 0;
	const size_t room = most - sizeof "; and 1234567890 more";

	buf_text(out, ": ");
	if (problems > 1)
		buf_fmt(out, "%zu problems: ", problems);
	for (size_t i = 0; i < v->findings.len; i++) {
		const struct finding *f = &v->findings.items[i];
		struct buf text CLEANUP(buf) = {0};

		if (f->severity != SEV_DENY)
			continue;
		if (problems > 1)
			buf_fmt(&text, "%s(%zu) ", said ? "; " : "", said + 1);
		add_path(f, &text);
		add_sentence(f, &text);
		size_t tail = strlen(f->rule->id) + sizeof " []" - 1;
		size_t left = room - (out->len - start);
		if (said && text.len + tail > left)
			break;
		buf_str(out, utf8_cut(buf_slice(&text), left - tail));
		buf_fmt(out, " [%s]", f->rule->id);
		said++;
	}
	if (said < problems)
		buf_fmt(out, "; and %zu more", problems - said);
}

void words_denial(const struct object *o, const struct verdict *v, struct buf *out)
{
	size_t start = out->len;

	add_name(o->kind_name, "", out);
	add_name(o->namespace, " ", out);
	add_name(o->name, o->namespace.len ? "/" : " ", out);
	add_problems(v, start, LIMIT_DENIAL_BYTES, out);
}

void words_event(struct str operation, const struct verdict *v, struct buf *out)
{
	size_t start = out->len;

	buf_fmt(out, "%.*s refused", STR_ARG(operation));
	add_problems(v, start, LIMIT_EVENT_BYTES, out);
}
