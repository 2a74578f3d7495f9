/* For a comment of a pull request: a table of the Clusters, and what they have in common. */
#include "text_internal.h"

#include "report/markdown.h"

static void next_of(const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	int64_t next = 0;

	for (size_t i = 0; i < c->schedules_len; i++)
		if (c->schedules[i].next_len && (!next || c->schedules[i].next[0] < next))
			next = c->schedules[i].next[0];
	if (next)
		plan_words_time(o, next, out);
}

static void cluster(const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	typedef void words_fn(const struct plan_cluster *c, const struct plan_options *o,
			      struct buf *out);
	static words_fn *const columns[] = {next_of,	     plan_words_loss, plan_words_replay,
					    plan_words_kept, plan_words_back, plan_words_space};
	struct buf text CLEANUP(buf) = {0};

	plan_name(c, &text);
	buf_text(out, "| ");
	markdown_code(out, buf_slice(&text));
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		text.len = 0;
		columns[i](c, o, &text);
		buf_text(out, " | ");
		markdown_text(out, text.len ? buf_slice(&text) : STR("-"));
	}
	buf_text(out, " |\n");
}

static void collision(const struct plan_collision *c, struct buf *out)
{
	buf_text(out, "\nIn ");
	markdown_code(out, c->bucket);
	plan_words_together(c, out);
	buf_text(out, c->spread ? "; apart they are as:\n\n" : ":\n\n");
	for (size_t i = 0; i < c->len; i++) {
		const struct plan_start *s = &c->starts[i];

		buf_text(out, "- ");
		markdown_code(out, s->schedule->name);
		buf_text(out, ": ");
		markdown_code(out, c->spread && s->instead.len ? s->instead : s->schedule->spec);
		buf_byte(out, '\n');
	}
}

void plan_markdown(const struct plan *p, struct buf *out)
{
	if (p->against.len)
		buf_text(out, p->losses_len ? "**What this change takes away:**\n\n"
					    : "This change takes nothing away.\n\n");
	for (size_t i = 0; i < p->losses_len; i++) {
		buf_text(out, p->losses[i].unknown ? "- not known: "
			      : p->losses[i].final ? "- **lost** "
						   : "- ");
		markdown_text(out, p->losses[i].object);
		buf_text(out, ": ");
		markdown_text(out, p->losses[i].text);
		buf_byte(out, '\n');
	}
	if (p->losses_len)
		buf_byte(out, '\n');
	buf_text(
		out,
		"| Cluster | next backup | worst loss | replay | kept | back to | space |\n| --- | --- | --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < p->clusters_len; i++)
		cluster(&p->clusters[i], &p->options, out);
	for (size_t i = 0; i < p->collisions_len; i++)
		collision(&p->collisions[i], out);
	for (size_t i = 0; i < p->cuts_len; i++) {
		buf_text(out, "\nIn ");
		markdown_code(out, p->cuts[i].bucket);
		buf_text(out, " whether schedules begin together after ");
		plan_words_time(&p->options, p->cuts[i].until, out);
		buf_text(out, " is not known: there are too many starts.\n");
	}
}
