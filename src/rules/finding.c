#include "rules/finding.h"

static const char *const names[] = {"off", "info", "warn", "deny"};

const char *severity_name(enum severity s)
{
	return names[s];
}

bool severity_parse(struct str word, enum severity *out)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_is(word, names[i])) {
			*out = (enum severity)i;
			return true;
		}
	}
	return false;
}

/* Values of users may hold anything; a sentence is one line. C1 controls begin with 0xC2. */
static void add_clean(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < 0x20 || c == 0x7f)
			buf_fmt(out, "\\x%02x", c);
		else if (c == 0xc2 && i + 1 < s.len && (unsigned char)s.ptr[i + 1] < 0xa0)
			buf_fmt(out, "\\u%04x", (unsigned char)s.ptr[++i]);
		else
			buf_byte(out, s.ptr[i]);
	}
}

void finding_sentence(const struct finding *f, struct buf *out)
{
	add_clean(out, f->message);
	if (f->effect.len) {
		buf_text(out, "; ");
		add_clean(out, f->effect);
	}
	if (f->fix.len) {
		buf_text(out, ". Fix: ");
		add_clean(out, f->fix);
	}
}
