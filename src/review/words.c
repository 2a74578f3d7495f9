#include "words.h"

#include "base/limits.h"
#include "rules/rule.h"

size_t words_chars(struct str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return count;
}

/* The longest beginning of s with at most `most` bytes that does not end inside a character. */
static struct str cut_bytes(struct str s, size_t most)
{
	if (s.len <= most)
		return s;
	while (most && ((unsigned char)s.ptr[most] & 0xc0) == 0x80)
		most--;
	return str_slice(s, 0, most);
}

static struct str cut_chars(struct str s, size_t most)
{
	size_t at = 0;

	while (at < s.len) {
		if (((unsigned char)s.ptr[at] & 0xc0) != 0x80 && !most--)
			break;
		at++;
	}
	return str_slice(s, 0, at);
}

static void add_path(const struct finding *f, struct buf *out)
{
	buf_clean(out, f->path);
	if (f->path.len)
		buf_text(out, ": ");
}

void words_cause(const struct finding *f, struct buf *out)
{
	finding_sentence(f, out);
	buf_fmt(out, " [%s]", f->rule->id);
}

void words_notice(struct str notice, struct buf *out)
{
	struct buf text CLEANUP(buf) = {0};

	buf_clean(&text, notice);
	buf_str(out, cut_chars(buf_slice(&text), LIMIT_WARNING_CHARS));
}

#define ELLIPSIS "…"

/* As much of it as fits: the message always, what happens and the fix when there is room. */
void words_warning(const struct finding *f, struct buf *out)
{
	struct finding part = *f;
	size_t start = out->len;
	struct str tail = str_from(f->rule->id);
	size_t room = LIMIT_WARNING_CHARS - tail.len - sizeof " []" + 1;

	for (int try = 0; try < 3; try++) {
		out->len = start;
		add_path(&part, out);
		finding_sentence(&part, out);
		if (words_chars(str_slice(buf_slice(out), start, out->len)) <= room)
			break;
		if (part.fix.len)
			part.fix = STR_EMPTY;
		else
			part.effect = STR_EMPTY;
	}
	struct str line = str_slice(buf_slice(out), start, out->len);
	if (words_chars(line) > room) {
		out->len = start + cut_chars(line, room - 1).len;
		buf_text(out, ELLIPSIS);
	}
	buf_fmt(out, " [%.*s]", STR_ARG(tail));
}

/* The API server has checked names, unless what asks is none. */
#define NAME_BYTES 253 /* RFC 1123 */

static void add_name(struct str name, const char *before, struct buf *out)
{
	struct buf text CLEANUP(buf) = {0};

	buf_clean(&text, name);
	if (text.len)
		buf_text(out, before);
	buf_str(out, cut_bytes(buf_slice(&text), NAME_BYTES));
}

/* What stands in `out` from `start` on counts, too. */
static void add_problems(const struct verdict *v, size_t start, size_t most, struct buf *out)
{
	size_t problems = verdict_count(v, SEV_DENY), said = 0;
	const size_t room = most - sizeof "; and 1234567890 more";

	buf_fmt(out, ": %zu problem%s would stop backups: ", problems, problems == 1 ? "" : "s");
	for (size_t i = 0; i < v->findings.len; i++) {
		const struct finding *f = &v->findings.items[i];
		struct buf text CLEANUP(buf) = {0};

		if (f->severity != SEV_DENY)
			continue;
		buf_fmt(&text, "%s[%s] ", said ? "; " : "", f->rule->id);
		add_path(f, &text);
		finding_sentence(f, &text);
		size_t left = room - (out->len - start);
		if (said && text.len > left)
			break;
		buf_str(out, cut_bytes(buf_slice(&text), left));
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
