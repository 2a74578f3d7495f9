/* What is done, what is left alone and why, and what to know before it is applied. */
#include "internal.h"

static const char know[] =
	"\n"
	"Before it is applied:\n"
	"- Install the plugin first, which needs CloudNativePG 1.26 or newer and cert-manager: without it the operator reconciles nothing of these Clusters.\n"
	"- GitOps: all of it in one commit. By hand: the ObjectStore, the Cluster, then its ScheduledBackups.\n"
	"- What stands in no file of these paths needs method: plugin, too: a ScheduledBackup elsewhere, kubectl cnpg backup. Nor were kustomizations outside of them looked at, which may rename the Cluster and not its ObjectStore.\n"
	"- Each Cluster restarts once, instance by instance: the plugin adds a sidecar.\n"
	"- The sidecar reads the same Secrets: the plugin gives it a Role for that. It asks the API server, so a NetworkPolicy must let the Pods reach that, too.\n"
	"- Metrics and alerts: cnpg_collector_last_available_backup_timestamp, cnpg_collector_last_failed_backup_timestamp and cnpg_collector_first_recoverability_point are barman_cloud_cloudnative_pg_io_last_available_backup_timestamp and so on from then on.\n";

static const char watch[] =
	"- Then watch: the condition ContinuousArchiving of the Cluster, and the first Backup with method plugin.\n";

static void tell_one(const struct migration *of, bool written, struct buf *out)
{
	buf_text(out, of->refused.len ? "left alone: "
		      : written	      ? "migrated: "
				      : "would migrate: ");
	buf_clean(out, of->file);
	buf_fmt(out, ":%u Cluster ", of->line);
	buf_clean(out, of->called);
	if (of->refused.len) {
		buf_text(out, ": ");
		buf_clean(out, of->refused);
	}
	buf_byte(out, '\n');
	if (!of->refused.len)
		buf_str(out, buf_slice(&of->told));
}

/* What was not looked at; false: nothing. */
static bool tell_skipped(const struct migrate *m, const struct report *report, struct buf *out)
{
	size_t templates = report->count.helm_templates;

	if (templates)
		buf_fmt(out,
			"not looked at: %zu %s of Helm charts, in which a Cluster or a ScheduledBackup may stand\n",
			templates, templates == 1 ? "template" : "templates");
	if (m->lists)
		buf_text(
			out,
			"not looked at: a ClusterList: write its Clusters as documents of their own\n");
	struct str values = buf_slice(&m->values), line;
	while (str_split(&values, '\n', &line) && line.len) {
		buf_text(out, "not looked at: ");
		buf_clean(out, line);
		buf_text(
			out,
			": values of CloudNativePG's chart cluster that do not say backups.method, which is barmanObjectStore by default: write it there\n");
	}
	return templates || m->lists || m->values.len;
}

void tell_all(const struct migrate *m, const struct report *report, const struct migrate_output *o,
	      struct buf *out)
{
	for (const struct migration *of = m->first; of; of = of->next)
		tell_one(of, o->written, out);
	bool skipped = tell_skipped(m, report, out);
	if (!m->first && skipped)
		buf_text(out, "nothing to migrate in the rest\n");
	else if (!m->first)
		buf_text(out, "nothing to migrate: no Cluster has a barmanObjectStore\n");
	else if (o->unread && o->migrated && !m->in->partial)
		buf_text(
			out,
			"not all could be read, and a ScheduledBackup may stand there: nothing is written without --partial\n");
	else if (o->left && o->migrated && !m->in->partial)
		buf_text(
			out,
			m->in->write
				? "nothing was written, since some is left alone: --partial writes the rest\n"
				: "--write would write nothing, since some is left alone: with --partial it writes the rest\n");
	if (o->migrated) {
		buf_text(out, know);
		texts_tell_metrics(m, out);
		buf_text(out, watch);
	}
	if (o->migrated && !m->in->write && (m->in->partial || (!o->left && !o->unread)))
		buf_text(out, "\nnothing was written: --write does\n");
}
