/* What the files of learn/ have of one another. */
#ifndef LEARN_INTERNAL_H
#define LEARN_INTERNAL_H

#include "check/check.h"
#include "cnpg/view.h"
#include "facts/store.h"
#include "learn/learn.h"
#include "rules/params.h"

enum {
	LEARN_LEAST = 2,      /* objects that make a rule */
	LEARN_EACH = 3,	      /* for each of several values so many: else each app has its own */
	LEARN_STORES = 8,     /* more stores than that are no convention */
	LEARN_VALUES = 8,     /* of one list: destinations, endpoints, Secrets, keys */
	LEARN_SECRETS = 9,    /* selectors of one ObjectStore */
	LEARN_SPELLINGS = 64, /* endpoints that are compared; of more, each is taken as it stands */
	LEARN_TEXT = 1024,    /* bytes of a name or a path; a longer one is no convention either */
};

struct texts {
	struct str *items;
	size_t len, cap;
};

/* An object that was read, in one of its uses. */
struct read_object {
	struct object object;
	struct archive *archive; /* of a Cluster, else NULL */
	struct str file;	 /* empty: it is live */
	uint32_t bundle;
	bool alone;    /* nothing beside it is known: see struct use, changed */
	bool example;  /* in a fence of Markdown */
	bool for_all;  /* and of no app, but with <app> in its place */
	size_t group;  /* the same in all uses that are one object */
	size_t number; /* in the order in which they were read */
};

/* What one object teaches: copies, empty where it is unknown. */
struct store_lesson {
	struct str namespace, name;
	struct str cluster;	/* that archives to it, or else reads it; empty: none is known */
	bool archived;		/* by a Cluster that follows no other */
	struct str destination; /* without what stands behind its last part */
	struct str location;	/* of it, as the rule compares it */
	struct str endpoint;
	bool endpoint_known; /* an empty one is that of AWS */
	struct str secrets[LEARN_SECRETS];
	size_t secrets_len;
	bool credentials_known;
	struct str access_key_id, secret_access_key;
	bool placed; /* it belongs to a store that was learned */
};

struct schedule_lesson {
	struct str namespace, name, cluster, owner, method;
	int64_t shortest, longest; /* seconds between backups; 0: not known, or not meant so */
};

struct cluster_lesson {
	struct str namespace, name, store;
	bool follows; /* it is a replica */
	bool plugin;
};

struct secret_lesson {
	struct str name;
	struct str *keys;
	size_t keys_len;
};

struct str_values {
	struct str items[LEARN_VALUES];
	size_t len;
};

struct learned_store {
	struct str name, object_store_name;
	enum store_role role;
	bool archived;
	struct str_values destinations, endpoints, secrets, required_keys;
	struct str access_key_id, secret_access_key;
};

/* What becomes of it; empty where nothing was learned. */
struct learned {
	struct learned_store stores[LEARN_STORES];
	size_t stores_len;
	bool any_name; /* the names of stores follow nothing */
	struct str schedule_name, owner, alias;
	size_t aliased;			    /* ScheduledBackups that it makes follow */
	int64_t min_interval, max_interval; /* seconds; 0: none */
	bool plugin, method;
};

struct learn {
	struct arena *arena; /* of what is put out, and of all lessons */
	struct report *report;
	const struct learn_input *in;
	struct learn_output *out;
	const struct check_placed *placed;
	const struct policy *generic;
	struct {
		struct read_object *items;
		size_t len, cap;
	} objects;
	size_t groups;
	unsigned from_files; /* kinds of which a file has one */
	struct {
		struct store_lesson *items;
		size_t len, cap;
	} stores;
	struct {
		struct schedule_lesson *items;
		size_t len, cap;
	} schedules;
	struct {
		struct cluster_lesson *items;
		size_t len, cap;
	} clusters;
	struct {
		struct secret_lesson *items;
		size_t len, cap;
	} secrets;
	struct texts spellings; /* of endpoints */
	struct learned learned;
	struct outliers *outliers; /* NULL: nobody was asked */
};

/* Room for one more in a list of the arena: zeroed. */
void *learn_grow(struct arena *a, void *items, size_t *len, size_t *cap, size_t size);
#define LEARN_ADD(arena, list)                                                                     \
	((list)->items = learn_grow((arena), (list)->items, &(list)->len, &(list)->cap,            \
				    sizeof *(list)->items),                                        \
	 &(list)->items[(list)->len - 1])

/* Texts and how often each was given, most first; of as many the first in bytes. */
struct vote {
	struct str text;
	size_t count;
};
struct votes {
	struct vote *items;
	size_t len;
};
struct votes votes_count(struct arena *a, const struct texts *texts);
/* Those that LEARN_LEAST give, if more than half of `total` do, and there are few; else none. The
 * empty text is none. */
struct str_values votes_shared(const struct votes *v, size_t total);
/* The one that more than half of `total`, and LEARN_LEAST, give; empty: none. */
struct str votes_most(const struct votes *v, size_t total);

/* Objects as they are read: gather_placed is a check_reader's. */
void gather_placed(struct learn *l, const struct check_placed *placed);
void gather_example(struct learn *l, const struct object *object);
/* What they teach. */
void gather_lessons(struct learn *l);
/* Of an ObjectStore, as the rule policy-endpoint takes it: of its configuration, else of the
 * environment, and what is known of that. */
enum env_is gather_endpoint(struct obj root, struct str *out);

/* Names with a placeholder in place of a part between '-' and '.': all that `name` follows. */
struct name_parts {
	struct str namespace, cluster; /* empty: not known */
	bool cluster_only;	       /* {app} stands for nothing but what is beside {cluster} */
};
void templates_of_name(struct arena *a, struct str name, const struct name_parts *parts,
		       struct texts *out);
/* The same of a destinationPath, where `app` is known. */
struct path_parts {
	struct str app, namespace, cluster;
};
void templates_of_path(struct arena *a, struct str path, const struct path_parts *parts,
		       struct texts *out);
/* `part` stands in `text` between ends or bytes that are no letter and no digit; where, or
 * STR_NONE. */
size_t templates_find(struct str text, struct str part);
/* How much a template says. */
struct template_weight {
	size_t constants; /* bytes that are no placeholder */
	size_t mixed;	  /* parts between '/' that are a placeholder and something else */
	size_t apps, namespaces, clusters;
};
struct template_weight templates_weigh(struct str template);

void learn_stores(struct learn *l);
void learn_schedules(struct learn *l); /* and methods */

/* The policy as YAML; with `params`, which are those of what was learned, and outliers_ask: with
 * how many follow each line. */
struct str write_policy(struct learn *l, const struct params *params);
/* The rules that the policy switches on. */
struct learned_rule {
	const char *id;
	enum severity severity;
	enum kind kind; /* of those whose number is told; KIND_OTHER: the lines above tell */
};
#define LEARNED_RULES 9
size_t write_rules(const struct learned *of, struct learned_rule out[LEARNED_RULES]);

/* Whom a rule could hold for, and who differs: of objects of one kind. */
struct outliers {
	size_t asked, differ;
	bool counts; /* some of them are meant as they stand: see read_object, for_all */
	size_t last_asked, last_differs; /* groups, plus one: uses of one object count once */
	struct buf names;		 /* "shop/shop-db (apps/shop/db.yaml), ..." */
};
/* Sets `outliers`: asks the rules of this policy, which is what was learned. */
void outliers_ask(struct learn *l, const struct policy *policy);
/* NULL: nobody was asked. */
const struct outliers *outliers_of(const struct learn *l, const char *rule, enum kind kind);
/* Lines for people; nothing where nobody differs. */
void outliers_tell(const struct learn *l, struct buf *out);
/* "ObjectStores" */
const char *outliers_plural(enum kind kind, size_t count);

#endif
