/* Rules that are on and find nothing, because the policy does not say what they compare with. */
#include "policy/policy.h"

#include "checks/table.h"

/* Which rules read which part of the policy. */
static bool has_stores(const struct params *p)
{
	return p->stores_len != 0;
}

static bool has_roles(const struct params *p)
{
	return p->require_store_roles.len != 0;
}

static bool has_window(const struct params *p)
{
	return p->window_from != p->window_to;
}

static bool has_retention(const struct params *p)
{
	return p->retention_min || p->retention_max;
}

static bool has_name(const struct params *p)
{
	return p->scheduled_backup_name.len != 0;
}

static bool has_owner(const struct params *p)
{
	return p->owner_reference.len != 0;
}

static const struct {
	const char *key;
	bool (*set)(const struct params *p);
	const char *rules[6];
} readers[] = {
	{"spec.stores",
	 has_stores,
	 {"policy-store-name", "policy-destination", "policy-endpoint", "policy-credentials-secret",
	  "policy-secret-keys"}},
	{"spec.requireStoreRoles", has_roles, {"policy-require-store-roles"}},
	{"spec.schedule.window", has_window, {"policy-schedule-window"}},
	{"spec.retention", has_retention, {"policy-retention"}},
	{"spec.scheduledBackup.name", has_name, {"policy-schedule-name"}},
	{"spec.scheduledBackup.ownerReference", has_owner, {"policy-owner-reference"}},
};

static bool is_on(const struct policy *p, const char *id)
{
	const struct rule *rule = rule_find(str_from(id));

	BUG_IF(!rule);
	return policy_severity(p, rule) != SEV_OFF;
}

void policy_idle(const struct policy *p, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		bool set = readers[i].set(policy_params(p)), read = false;

		for (const char *const *id = readers[i].rules; *id; id++) {
			if (!is_on(p, *id))
				continue;
			read = true;
			if (!set)
				buf_fmt(out, "%s is not set: rule %s finds nothing\n",
					readers[i].key, *id);
		}
		if (set && !read)
			buf_fmt(out, "%s is set, but rule %s is off\n", readers[i].key,
				readers[i].rules[0]);
	}
}
