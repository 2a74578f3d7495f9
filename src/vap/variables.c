/* What the rows read: `o` is a map of the facts of one object, whatever the object leaves out. */
#include "internal.h"

#include "cnpg/archive.h"
#include "rules/exemption.h"

/* The rules from which an annotation exempts the object. When an exemption ends, CEL cannot say: it
 * has no clock. A reason is more than blanks and punctuation. */
#define EXEMPT                                                                                                                                 \
	"e[0].metadata.?annotations[?'" EXEMPTION_REASON "'].orValue('')\n"                                                                    \
	"    .matches('[^\\\\x00-/:-@\\\\[-`{-\\\\x{a9}\\\\x{2000}-\\\\x{206f}\\\\x{2800}\\\\x{3000}-\\\\x{3003}\\\\x{3164}\\\\x{feff}]') ?\n" \
	"    e[0].metadata.?annotations[?'" EXEMPTION_ALLOW                                                                                    \
	"'].orValue('').split(',').map(i, i.trim()) : []"

/* With the ratchet, what was there before counts, too, and a schedule as it would be if it ran:
 * whoever suspended it may resume it (see engine/ratchet.h). */
static const char new_object[] = "[[dyn(object), dyn('new')]]";
static const char old_objects[] =
	"(request.operation != 'UPDATE' ? [[dyn(object), dyn('new')]] :\n"
	"  [[dyn(object), dyn('new')], [dyn(oldObject), dyn('old')], [dyn(oldObject), dyn('awake')]])";

/* The facts that all have. */
#define COMMON                                                                                     \
	"  'exempt': e.exempt,\n"                                                                  \
	"  'state': e.state,\n"                                                                    \
	"  'name': dyn(o.metadata.name),\n"                                                        \
	"  'namespace': dyn(o.metadata.?namespace.orValue('')),\n"                                 \
	"  'annotations': dyn(o.metadata.?annotations.orValue({})),\n"                             \
	"  'spec': dyn(o.?spec.orValue({})),\n"

/* The form of a field of a schedule that certainly parses, but for the order of the ends of a
 * range; `value` is that of one number or name. */
#define FIELD(value) "'(?i)^((" value ")(-(" value "))?|[*?])(/0*[1-9][0-9]{0,3})?$'"
#define SIXTY FIELD("0*[0-5]?[0-9]")
#define HOUR FIELD("0*([01]?[0-9]|2[0-3])")
#define DAY FIELD("0*([1-9]|[12][0-9]|3[01])")
#define MONTH FIELD("0*([1-9]|1[0-2])|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec")
#define WEEKDAY FIELD("0*[0-6]|sun|mon|tue|wed|thu|fri|sat")
#define FITS(i, field)                                                                             \
	"\n    words.size() > " i " && words[" i "].split(',').all(p, p.matches(" field "))"

/* `fits`: each word has that form; `meant`: five words have it as crontab reads them; `ordered`:
 * the ends of ranges are in order. */
/* clang-format off */
static const char backups[] =
	"[o.spec.?schedule.orValue('')].map(s, [s.findAll('[^ \\\\t\\\\n\\\\v\\\\f\\\\r]+')].map(words, {\n" COMMON
	"  'method': dyn(o.spec.?method.orValue('barmanObjectStore')),\n"
	"  'plugin': dyn(o.spec.?pluginConfiguration.?name.orValue('')),\n"
	"  'suspended': dyn(e.state != 'awake' && o.spec.?suspend.orValue(false)),\n"
	"  'schedule': dyn(s),\n"
	"  'ascii': dyn(s.matches('^[\\\\t-\\\\r -~]*$') && !s.matches(" VAP_PLACEHOLDER ")),\n"
	"  'words': dyn(words),\n"
	"  'fits': dyn([" FITS("0", SIXTY) "," FITS("1", SIXTY) "," FITS("2", HOUR) ","
	FITS("3", DAY) "," FITS("4", MONTH) "," FITS("5", WEEKDAY) "]),\n"
	"  'meant': dyn(" FITS("0", SIXTY) " &&" FITS("1", HOUR) " &&" FITS("2", DAY) " &&"
	FITS("3", MONTH) " &&" FITS("4", WEEKDAY) "),\n"
	"  'ordered': dyn(words.all(w, !w.matches('[A-Za-z]-|-[A-Za-z]') && (!w.contains('-') || w.findAll('[0-9]+-[0-9]+').all(r,\n"
	"    r.matches('^[0-9]{1,9}-[0-9]{1,9}$') && int(r.split('-')[0]) <= int(r.split('-')[1]))))),\n"
	"})[0])[0]";
/* clang-format on */

/* The archive as archive_resolve sees it: the last entry of the plugin has the store. */
static const char clusters[] =
	"[o.spec.?plugins.orValue([])].map(plugins,\n"
	"  [plugins.filter(p, p.name == '" PLUGIN_NAME "')].map(entries, {\n" COMMON
	"  'plugins': dyn(plugins),\n"
	"  'entries': dyn(entries),\n"
	"  'enabled': dyn(entries.filter(p, p.?enabled.orValue(true))),\n"
	"  'store': dyn(entries.size() == 0 ? '' :\n"
	"    entries[entries.size() - 1].?parameters.?barmanObjectName.orValue('')),\n"
	"  'archiver': dyn(plugins.exists(p, p.?enabled.orValue(true) && p.?isWALArchiver.orValue(false))),\n"
	"  'inTree': dyn(has(o.spec.backup) && has(o.spec.backup.barmanObjectStore)),\n"
	"  'snapshots': dyn(has(o.spec.backup) && has(o.spec.backup.volumeSnapshot)),\n"
	"  'external': dyn(o.spec.?externalClusters.orValue([])),\n"
	"  'sources': dyn([o.spec.?bootstrap.?recovery.?source.orValue(''), o.spec.?replica.?source.orValue('')]),\n"
	"})[0])[0]";

static const char stores[] =
	"{\n" COMMON "  'configuration': dyn(o.?spec.?configuration.orValue({})),\n"
	"}";

static void variable(const char *name, struct str expression, struct buf *out)
{
	buf_fmt(out, "    - name: %s\n      expression: |-\n", name);
	cel_lines(out, expression, 8);
}

/* A list with the facts of the object, as new and, with the ratchet, as old; empty when it is of
 * another kind. */
static void facts(const char *name, const char *kinds, const char *text, struct buf *out)
{
	struct buf expression CLEANUP(buf) = {0};

	buf_fmt(&expression,
		"!(request.kind.kind in %s) ? [] : variables.objects.map(e, [e.at].map(o, %s)[0])",
		kinds, text);
	variable(name, buf_slice(&expression), out);
}

void vap_variables(const struct policy *p, bool ratchet, struct buf *out)
{
	struct buf objects CLEANUP(buf) = {0};

	buf_fmt(&objects, "%s.map(e, {\n  'at': e[0],\n  'state': e[1],\n  'exempt': dyn(%s)})",
		ratchet ? old_objects : new_object,
		policy_params(p)->annotations_forbidden ? "[]" : EXEMPT);
	variable("objects", buf_slice(&objects), out);
	facts("backups", "['ScheduledBackup', 'Backup']", backups, out);
	facts("clusters", "['Cluster']", clusters, out);
	facts("stores", "['ObjectStore']", stores, out);
}
