/* Which rules are said, how severe they are, and by which expressions. */
#include "vap/vap.h"

#include "checks/table.h"
#include "internal.h"

#include <string.h>

static const struct vap_rows *const all[] = {&vap_backup_rows, &vap_cluster_rows, &vap_site_rows,
					     &vap_store_rows};

static const struct rule *rule_of(const struct vap_row *row)
{
	const struct rule *rule = rule_find(str_from(row->id));

	BUG_IF(!rule);
	return rule;
}

static enum severity severity_of(const struct policy *p, const struct vap_row *row)
{
	enum severity severity = policy_severity(p, rule_of(row));

	if (severity == SEV_OFF)
		return SEV_OFF;
	severity = policy_finding_severity(p, rule_of(row), row->most);
	if (row->unsure && severity > row->most)
		severity = row->most;
	return severity < row->least ? row->least : severity;
}

/* Its sentences without the rule's name, as a list; false: CEL cannot say it. */
static bool sentences(const struct policy *p, const struct vap_row *row, struct buf *out)
{
	if (row->list)
		return row->list(p, out);
	buf_fmt(out, "%s ?\n  [%s] : []", row->when, row->say);
	return true;
}

static bool is_said(const struct policy *p, const struct vap_row *row)
{
	struct buf text CLEANUP(buf) = {0};

	return severity_of(p, row) >= SEV_WARN && sentences(p, row, &text);
}

/* The superseding rule speaks, with at least that severity. What was there before, was there for
 * all that. */
static void add_superseding(const struct policy *p, const struct vap_row *row, struct buf *out)
{
	const char *by = rule_of(row)->superseded_by;

	for (size_t f = 0; by && f < ARRAY_LEN(all); f++) {
		for (size_t i = 0; i < all[f]->len; i++) {
			const struct vap_row *other = &all[f]->rows[i];

			if (strcmp(other->id, by) != 0 || strcmp(other->of, row->of) != 0 ||
			    !is_said(p, other) || severity_of(p, other) < severity_of(p, row))
				continue;
			buf_fmt(out, " ||\n  o.state == 'new' && !('%s' in o.exempt) && (", by);
			sentences(p, other, out);
			buf_text(out, ").size() > 0");
		}
	}
}

static void add_row(const struct policy *p, const struct vap_row *row, struct buf *out)
{
	buf_fmt(out, "variables.%s.map(o, '%s' in o.exempt", row->of, row->id);
	add_superseding(p, row, out);
	buf_text(out, " ? [] :\n  (");
	sentences(p, row, out);
	buf_fmt(out, ").map(m, m + ' [%s]'))", row->id);
}

bool vap_found(const struct policy *p, enum severity severity, struct buf *out)
{
	bool any = false;

	buf_text(out, "    - name: found\n      expression: |-\n        [\n");
	for (size_t f = 0; f < ARRAY_LEN(all); f++) {
		for (size_t i = 0; i < all[f]->len; i++) {
			const struct vap_row *row = &all[f]->rows[i];
			struct buf text CLEANUP(buf) = {0};

			if (severity_of(p, row) != severity || !is_said(p, row))
				continue;
			if (any)
				buf_text(out, ",\n");
			add_row(p, row, &text);
			cel_lines(out, buf_slice(&text), 10);
			out->len--;
			any = true;
		}
	}
	buf_text(out, "\n        ]\n");
	return any;
}

enum vap_coverage vap_coverage(const struct policy *p, const struct rule *rule)
{
	enum vap_coverage covered = VAP_LEFT_OUT;
	bool part = false;

	for (size_t f = 0; f < ARRAY_LEN(all); f++) {
		for (size_t i = 0; i < all[f]->len; i++) {
			const struct vap_row *row = &all[f]->rows[i];

			if (strcmp(row->id, rule->id) != 0)
				continue;
			if (is_said(p, row))
				covered = VAP_WHOLE;
			else
				part |= severity_of(p, row) >= SEV_WARN;
			part |= row->part;
		}
	}
	return covered == VAP_WHOLE && part ? VAP_IN_PART : covered;
}
