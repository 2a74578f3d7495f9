#include "rules/finding.h"

const char *const severity_names[] = {
	[SEV_OFF] = "off", [SEV_INFO] = "info", [SEV_WARN] = "warn", [SEV_DENY] = "deny", NULL};

const char *severity_name(enum severity s)
{
	return severity_names[s];
}

const char *scope_name(enum scope s)
{
	static const char *const scopes[] = {"object", "reference", "bundle", "users",	 "change",
					     "delete", "live",	    "bucket", "manifest"};

	return scopes[s];
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

struct str finding_bare_fix(const struct finding *f)
{
	size_t dash = str_find(f->fix, STR(" - "));

	return dash == STR_NONE ? f->fix : str_slice(f->fix, 0, dash);
}
