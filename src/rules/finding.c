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

/* Values of users may hold anything; a sentence is one line. */
void finding_sentence(const struct finding *f, struct buf *out)
{
	buf_clean(out, f->message);
	if (f->effect.len) {
		buf_text(out, "; ");
		buf_clean(out, f->effect);
	}
	if (f->fix.len) {
		buf_text(out, ". Fix: ");
		buf_clean(out, f->fix);
	}
}
