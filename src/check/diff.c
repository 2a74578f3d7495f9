#include "check/diff.h"

#include <string.h>

#define CONTEXT 3
#define ADDED_MAX 16 /* new lines of one change, beyond those that replace old ones */

struct lines {
	struct str *items; /* with their ends */
	size_t len;
};

/* Old lines from..to became new ones. */
struct change {
	size_t from, to, new_from, new_to;
};

struct diff {
	const struct diff_texts *texts;
	struct lines old, new;
	struct buf changes; /* of struct change */
	struct buf *out;
};

static struct lines split(struct arena *a, struct str text)
{
	struct buf items = BUF_ARENA(a);
	size_t at = 0;

	while (at < text.len) {
		size_t end = str_find_byte(str_slice(text, at, text.len), '\n');
		size_t to = end == STR_NONE ? text.len : at + end + 1;
		struct str line = str_slice(text, at, to);

		buf_add(&items, &line, sizeof line);
		at = to;
	}
	return (struct lines){(struct str *)(void *)items.ptr, items.len / sizeof(struct str)};
}

static bool same_line(const struct diff *d, size_t i, size_t j)
{
	return str_eq(d->old.items[i], d->new.items[j]);
}

/* Both go on alike from here, or both end. */
static bool are_alike(const struct diff *d, size_t i, size_t j)
{
	if (i == d->old.len || j == d->new.len)
		return i == d->old.len && j == d->new.len;
	return same_line(d, i, j);
}

/* Where both go on alike; as much as possible of the old text counts as removed before more than a
 * few lines count as new, so that the search is linear. */
static void find_end(const struct diff *d, size_t *i, size_t *j)
{
	size_t from = *i, new_from = *j;

	for (size_t sum = 1; sum <= d->old.len - from + ADDED_MAX; sum++) {
		for (size_t added = 0; added <= ADDED_MAX && added <= sum; added++) {
			size_t k = from + sum - added, l = new_from + added;

			if (k > d->old.len || l > d->new.len || !are_alike(d, k, l))
				continue;
			*i = k;
			*j = l;
			return;
		}
	}
	*i = d->old.len;
	*j = d->new.len;
}

static void find_changes(struct diff *d)
{
	size_t i = 0, j = 0;

	while (i < d->old.len || j < d->new.len) {
		if (i < d->old.len && j < d->new.len &&same_line(d, i, j)) {
			i++;
			j++;
			continue;
		}
		struct change c = {.from = i, .new_from = j};
		find_end(d, &i, &j);
		c.to = i;
		c.new_to = j;
		buf_add(&d->changes, &c, sizeof c);
	}
}

/* Old line `i`, from 0. */
static bool is_hidden(const struct diff *d, size_t i)
{
	size_t low = 0, high = d->texts->hidden_len; /* the first that ends behind it */

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->texts->hidden[middle].to < i + 1)
			low = middle + 1;
		else
			high = middle;
	}
	return low < d->texts->hidden_len && d->texts->hidden[low].from <= i + 1;
}

static bool any_hidden(const struct diff *d, size_t from, size_t to)
{
	for (; from < to; from++)
		if (is_hidden(d, from))
			return true;
	return false;
}

/* A hunk with less in front than behind belongs at the start of the file, says patch; so where
 * something is hidden both sides get the same. What comes behind the last line has a place without
 * any. */
static bool context_of(const struct diff *d, const struct change *first, const struct change *last,
		       size_t *before, size_t *after)
{
	bool cut = false;
	size_t b = first->from < CONTEXT ? first->from : CONTEXT;
	size_t a = d->old.len - last->to < CONTEXT ? d->old.len - last->to : CONTEXT;

	for (; b && any_hidden(d, first->from - b, first->from); b--)
		cut = true;
	for (; a && any_hidden(d, last->to, last->to + a); a--)
		cut = true;
	*before = cut && a < b ? a : b;
	*after = cut && b < a ? b : a;
	bool appends = first->from == d->old.len;
	return !any_hidden(d, first->from, last->to) && (!cut || (*before && *after) || appends);
}

static void write_lines(struct diff *d, char sign, const struct str *lines, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		buf_byte(d->out, sign);
		buf_str(d->out, lines[i]);
		if (!str_has_suffix(lines[i], STR("\n")))
			buf_text(d->out, "\n\\ No newline at end of file\n");
	}
}

static void write_range(struct diff *d, size_t from, size_t len)
{
	buf_fmt(d->out, "%zu", len ? from + 1 : from);
	if (len != 1)
		buf_fmt(d->out, ",%zu", len);
}

static bool write_hunk(struct diff *d, const struct change *c, size_t len)
{
	const struct change *last = &c[len - 1];
	size_t before, after;

	if (!context_of(d, c, last, &before, &after))
		return false;
	buf_text(d->out, "@@ -");
	write_range(d, c->from - before, last->to - c->from + before + after);
	buf_text(d->out, " +");
	write_range(d, c->new_from - before, last->new_to - c->new_from + before + after);
	buf_text(d->out, " @@\n");
	write_lines(d, ' ', d->old.items + c->from - before, before);
	for (size_t i = 0; i < len; i++) {
		write_lines(d, '-', d->old.items + c[i].from, c[i].to - c[i].from);
		write_lines(d, '+', d->new.items + c[i].new_from, c[i].new_to - c[i].new_from);
		if (i + 1 < len)
			write_lines(d, ' ', d->old.items + c[i].to, c[i + 1].from - c[i].to);
	}
	write_lines(d, ' ', d->old.items + last->to, after);
	return true;
}

/* How many changes one hunk holds: those whose contexts would touch. */
static size_t hunk_len(const struct diff *d, const struct change *c, size_t rest)
{
	size_t len = 1;

	while (len < rest && c[len].from - c[len - 1].to <= 2 * CONTEXT &&
	       !any_hidden(d, c[len - 1].to, c[len].from))
		len++;
	return len;
}

/* In quotes as git and patch read them where it has bytes that would end the name. */
static void write_name(struct diff *d, const char *prefix)
{
	struct str path = d->texts->path;
	bool quoted = false, blank = false;

	while (str_has_prefix(path, STR("/")))
		path = str_slice(path, 1, path.len);
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];

		quoted |= c < ' ' || c == '"' || c == '\\' || c == 0x7f;
		blank |= c == ' ';
	}
	buf_fmt(d->out, "%s %s%c/", *prefix == 'a' ? "---" : "+++", quoted ? "\"" : "", *prefix);
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];

		if (quoted && (c == '"' || c == '\\'))
			buf_fmt(d->out, "\\%c", c);
		else if (quoted && (c < ' ' || c == 0x7f))
			buf_fmt(d->out, "\\%03o", c);
		else
			buf_byte(d->out, (char)c);
	}
	buf_text(d->out, quoted ? "\"\n" : blank ? "\t\n" : "\n");
}

bool diff_write(struct arena *a, const struct diff_texts *t, struct buf *out)
{
	struct diff d = {
		.texts = t,
		.old = split(a, t->old),
		.new = split(a, t->new),
		.changes = BUF_ARENA(a),
		.out = out,
	};
	size_t before = out->len;

	find_changes(&d);
	const struct change *c = (const struct change *)(void *)d.changes.ptr;
	size_t len = d.changes.len / sizeof *c;
	if (!len)
		return true;
	if (t->created)
		buf_text(out, "--- /dev/null\n");
	else
		write_name(&d, "a");
	write_name(&d, "b");
	while (len) {
		size_t n = hunk_len(&d, c, len);

		if (!write_hunk(&d, c, n)) {
			out->len = before;
			return false;
		}
		c += n;
		len -= n;
	}
	return true;
}
