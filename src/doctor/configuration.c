/* The ValidatingWebhookConfiguration, and how objects are asked for. */
#include "internal.h"

struct str doctor_path(struct doctor *d, const char *prefix, struct str namespace,
		       const char *resource, struct str name)
{
	struct buf out = BUF_ARENA(d->arena);

	buf_fmt(&out, "%s/namespaces/", prefix);
	kube_encode(&out, namespace);
	buf_fmt(&out, "/%s%s", resource, name.len ? "/" : "");
	kube_encode(&out, name);
	return buf_slice(&out);
}

bool doctor_get(struct doctor *d, struct str path, const char *what, enum doctor_level untold,
		struct obj *out, long *status)
{
	struct kube_answer answer;
	struct err err;

	*out = (struct obj){0};
	if (kube_get(d->in->kube, path, d->arena, &answer, &err)) {
		*out = answer.root;
		*status = answer.status;
		return true;
	}
	*status = answer.status;
	if (answer.status != 404)
		doctor_add(d, untold, NOWHERE, "%s cannot be read: %s", what, err.msg);
	return false;
}

/* "v1.35.4" and 35; older ones may drop what they do not know. */
static void read_version(struct doctor *d)
{
	struct kube_answer answer;
	struct err err;

	if (!kube_get(d->in->kube, STR("/version"), d->arena, &answer, &err))
		return;
	struct str minor = obj_text(answer.root, "minor");
	size_t digits = 0;

	while (digits < minor.len && minor.ptr[digits] >= '0' && minor.ptr[digits] <= '9')
		digits++;
	d->version = obj_text(answer.root, "gitVersion");
	if (!str_is(obj_text(answer.root, "major"), "1") ||
	    !str_to_i64(str_slice(minor, 0, digits), &d->minor))
		d->minor = 0;
}

bool doctor_by_helm(const struct doctor *d)
{
	struct obj notes = obj_at(d->configuration, "metadata.annotations");

	return obj_member(notes, STR("meta.helm.sh/release-name")).node;
}

bool doctor_read_configuration(struct doctor *d, struct err *err)
{
	struct buf path = BUF_ARENA(d->arena);
	struct kube_answer answer;

	d->row = "configuration";
	buf_text(&path, ADMISSION "validatingwebhookconfigurations/");
	kube_encode(&path, d->in->configuration);
	if (!kube_get(d->in->kube, buf_slice(&path), d->arena, &answer, err)) {
		if (answer.status == 403)
			return err_set(
				err, E_IO, "%s",
				arena_fmt(
					d->arena,
					"%s (doctor needs the right to get it; backup-guard doctor --help says what else)",
					err->msg)
					.ptr);
		if (answer.status != 404)
			return false;
		doctor_add_fix(
			doctor_add(
				d, DOCTOR_ERROR, NOWHERE,
				"there is no ValidatingWebhookConfiguration %.*s: nobody is asked about anything",
				STR_ARG(d->in->configuration)),
			d,
			"kubectl apply -f deploy/install.yaml - or -k OVERLAY, or helm upgrade, as it was installed: it ends an emergency off; --name NAME when it has another name");
		d->report->force = FORCE_NO;
		return true;
	}
	d->configuration = answer.root;
	if (obj_len(obj_at(answer.root, "webhooks"))) {
		read_version(d);
		doctor_add(d, DOCTOR_OK, NOWHERE, "%.*s has %zu webhooks%s%.*s",
			   STR_ARG(d->in->configuration), obj_len(obj_at(answer.root, "webhooks")),
			   d->version.len ? ", at an API server " : "", STR_ARG(d->version));
		return true;
	}
	doctor_add_fix(
		doctor_add(d, DOCTOR_ERROR, NOWHERE, "%.*s has no webhooks",
			   STR_ARG(d->in->configuration)),
		d,
		"kubectl apply -f deploy/install.yaml - or -k OVERLAY, or helm upgrade, as it was installed");
	d->report->force = FORCE_NO;
	return true;
}
