/* Whether what was planned is what came about: all lies where it lay, and nothing new is found. */
#include "internal.h"

#include "rules/rule.h"

static bool shares(const struct migration *of, const struct migration *left)
{
	return !of->refused.len && of->patched && str_eq(of->writer, left->writer);
}

/* What is left alone stays where it is, whatever patch it shares with others. */
static void refuse_movers(struct migrate *m, const struct migration *left)
{
	bool known = false;

	for (const struct migration *of = m->first; of; of = of->next)
		known |= shares(of, left);
	for (struct migration *of = m->first; of; of = of->next)
		if (!known || shares(of, left))
			migration_refuse(
				m, of,
				"with it the archive of Cluster %.*s (%.*s:%u), which is left alone, would not be where it is",
				STR_ARG(left->called), STR_ARG(left->file), left->line);
}

static bool has_new_file(const struct migration *of)
{
	for (const struct store *s = of->stores; s; s = s->next)
		if (s->text->created)
			return true;
	return false;
}

static void verify_one(struct migrate *m, struct migration *of, const struct held *held)
{
	struct buf places = BUF_ARENA(m->arena);
	struct str why = places_of(m, held, &places);

	of->verified = str_eq(buf_slice(&places), buf_slice(&of->places)) &&
		       !why.len == !of->unplaced.len &&
		       (of->refused.len || !cluster_is_in_tree(held));
	if (of->verified)
		return;
	if (of->refused.len)
		refuse_movers(m, of);
	else if (has_new_file(of))
		of->together = m->again = true; /* what applies the Cluster does not apply that */
	else if (cluster_is_in_tree(held))
		migration_refuse(m, of, "it would still have a barmanObjectStore");
	else if (why.len)
		migration_refuse(m, of, "then %.*s", STR_ARG(why));
	else
		migration_refuse(m, of,
				 "its archive, or one that it reads, would not be where it is");
}

static void verify_held(struct migrate *m, const struct held *held, size_t *nth)
{
	struct migration *of;

	if (held->object.kind != KIND_CLUSTER)
		return;
	of = migration_find(m, held->file->name, (*nth)++);
	if (of)
		verify_one(m, of, held);
}

void verify_all(struct migrate *m)
{
	const struct catalog *c = m->placed->catalog;

	for (struct migration *of = m->first; of; of = of->next)
		of->verified = false;
	for (size_t i = 0; i < c->len; i++) {
		size_t nth = 0;

		for (const struct held *h = c->files[i].first; h; h = h->next) {
			verify_held(m, h, &nth);
			for (const struct held *made = h->made; made; made = made->next)
				verify_held(m, made, &nth);
		}
	}
	for (struct migration *of = m->first; of; of = of->next)
		if (!of->verified && !m->again)
			migration_refuse(m, of, "it would not be found again");
}

/* Of warnings whatever was said as a hint counts, too: a rule may be surer when it sees the store.
 */
static size_t count_alike(const struct report *r, const struct report_finding *like)
{
	size_t count = 0;

	for (size_t i = 0; i < r->findings.len; i++) {
		const struct report_finding *f = &r->findings.items[i];

		count += (f->finding.severity == SEV_DENY || like->finding.severity < SEV_DENY) &&
			 f->finding.rule == like->finding.rule && str_eq(f->file, like->file);
	}
	return count;
}

static bool changes(const struct migrate *m, const struct migration *of, struct str file)
{
	size_t len;
	const struct part *parts = migration_parts(m, &len);

	for (size_t i = 0; i < len; i++)
		if (parts[i].of == of && str_eq(parts[i].text->path, file))
			return true;
	return false;
}

/* Of a Cluster or an ObjectStore it is known whose the denial is. */
static bool is_about(const struct migrate *m, const struct migration *of,
		     const struct report_finding *f)
{
	if (!changes(m, of, f->file))
		return false;
	if (str_is(f->kind, "Cluster"))
		return str_eq(f->name, of->name);
	for (const struct store *s = of->stores; s; s = s->next)
		if (str_eq(f->name, s->name))
			return true;
	return !str_is(f->kind, "ObjectStore");
}

static bool refuse_about(struct migrate *m, const struct report_finding *f, bool all)
{
	bool any = false;

	for (struct migration *of = m->first; of; of = of->next) {
		if (!all && !is_about(m, of, f))
			continue;
		migration_refuse(m, of, "check would %s then: %.*s %.*s: %.*s [%s]",
				 f->finding.severity == SEV_DENY ? "deny" : "warn",
				 STR_ARG(f->kind), STR_ARG(f->name), STR_ARG(f->finding.message),
				 f->finding.rule->id);
		any = true;
	}
	return any;
}

/* It is denied, or a Pod does not start, or does not find what it needs, which is no retention. */
static bool is_harm(const struct report_finding *f)
{
	struct str rule = str_from(f->finding.rule->id);

	if (str_is(rule, "retention-missing"))
		return f->finding.severity == SEV_DENY;
	return f->finding.severity == SEV_DENY ||
	       (f->finding.severity == SEV_WARN &&
		(str_has_suffix(rule, STR("-missing")) || str_has_prefix(rule, STR("sidecar-"))));
}

/* Some S3 stores refuse what newer boto3 sends, and the plugin's is newer than that of many images.
 * True: it was not planned for, and is now. */
static bool is_mended(struct migrate *m, const struct report_finding *f)
{
	bool any = false;

	if (!str_is(str_from(f->finding.rule->id), "checksum-env-missing"))
		return false;
	for (struct migration *of = m->first; of; of = of->next) {
		if (of->checksums || !is_about(m, of, f))
			continue;
		of->asked = m->again = any = true;
	}
	return any;
}

/* What nobody could read before was not ours to read. */
static bool is_known(const struct report *before, const struct report_error *e)
{
	for (size_t i = 0; i < before->errors.len; i++)
		if (str_eq(before->errors.items[i].file, e->file) &&
		    str_eq(before->errors.items[i].message, e->message))
			return true;
	return false;
}

void verify_errors(struct migrate *m, const struct report *before, const struct report *after)
{
	for (size_t i = 0; i < after->errors.len; i++) {
		const struct report_error *e = &after->errors.items[i];
		bool any = false;

		if (is_known(before, e))
			continue;
		for (struct migration *of = m->first; of; of = of->next)
			any |= changes(m, of, e->file);
		for (struct migration *of = m->first; of; of = of->next)
			if (!any || changes(m, of, e->file))
				migration_refuse(m, of, "then %.*s: %.*s", STR_ARG(e->file),
						 STR_ARG(e->message));
	}
}

void verify_findings(struct migrate *m, const struct report *before, const struct report *after)
{
	for (size_t i = 0; i < after->findings.len; i++) {
		const struct report_finding *f = &after->findings.items[i];

		if (!is_harm(f) || str_is(f->kind, "Backup") ||
		    count_alike(after, f) <= count_alike(before, f))
			continue;
		if (!is_mended(m, f) && !refuse_about(m, f, false))
			refuse_about(m, f, true);
	}
}
