/* For a terminal. */
#include "text_internal.h"

#include "base/utc.h"
#include "report/cron_text.h"
#include "report/glyph.h"

static void schedule(const struct plan *p, const struct plan_schedule *s, struct buf *out)
{
	struct buf words CLEANUP(buf) = {0};

	plan_words_schedule(s, &words);
	buf_text(out, "  schedule:   ");
	glyph_clean(out, buf_slice(&words));
	words.len = 0;
	plan_words_runs(s, &p->options, &words);
	buf_text(out, s->idle.len ? "\n              " : ": ");
	glyph_clean(out, buf_slice(&words));
	buf_byte(out, '\n');
	if (!s->idle.len && !s->next_len)
		buf_text(out, "    next:     " PLAN_WORDS_NO_NEXT "\n");
	for (size_t i = 0; i < s->next_len; i++) {
		buf_text(out, i ? "              " : "    next:     ");
		plan_words_time(&p->options, s->next[i], out);
		buf_byte(out, '\n');
	}
}

static void line(const char *name,
		 void (*words)(const struct plan_cluster *c, const struct plan_options *o,
			       struct buf *out),
		 const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	struct buf text CLEANUP(buf) = {0};

	words(c, o, &text);
	if (text.len)
		buf_fmt(out, "  %-12s%.*s\n", name, STR_ARG(buf_slice(&text)));
}

/* "from none: 1 2 3 4 (27 days)" */
static void by_day(const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	const struct plan_alive now = plan_alive(&c->keep, o->now);

	if (!c->by_day_len || plan_words_unknown(c) || c->retention_unknown)
		return;
	if (now.to > now.from)
		buf_fmt(out, "from %zu:", now.to - now.from);
	else
		buf_text(out, "from none:");
	for (size_t i = 0, end; i < c->by_day_len; i = end) {
		for (end = i + 1; end < c->by_day_len && c->by_day[end] == c->by_day[i];)
			end++;
		buf_fmt(out, " %zu", c->by_day[i]);
		if (end - i > 1)
			buf_fmt(out, " (%zu days)", end - i);
	}
}

static void cluster(const struct plan *p, const struct plan_cluster *c, struct buf *out)
{
	struct buf name CLEANUP(buf) = {0};

	plan_name(c, &name);
	buf_text(out, "Cluster ");
	glyph_clean(out, buf_slice(&name));
	if (c->place.len) {
		buf_text(out, "  ");
		glyph_clean(out, c->place);
	}
	buf_text(out, "\n  archive:    ");
	glyph_clean(out, c->archive.len ? c->archive : STR("none"));
	buf_byte(out, '\n');
	if (c->beside.len) {
		buf_text(out, "  beside it:  ");
		glyph_clean(out, c->beside);
		buf_text(out, ": WAL goes there, too; nothing of it is reckoned here\n");
	}
	if (!c->schedules_len)
		buf_text(out, "  schedule:   none: no ScheduledBackup names it\n");
	for (size_t i = 0; i < c->schedules_len; i++)
		schedule(p, &c->schedules[i], out);
	line("worst loss:", plan_words_loss, c, &p->options, out);
	line("replay:", plan_words_replay, c, &p->options, out);
	line("kept:", plan_words_kept, c, &p->options, out);
	line("by day:", by_day, c, &p->options, out);
	line("back to:", plan_words_back, c, &p->options, out);
	if (c->snapshots.len)
		buf_text(out,
			 "  snapshots:  nothing deletes them by age: each stays with its Backup\n");
	line("space:", plan_words_space, c, &p->options, out);
	line("requests:", plan_words_requests, c, &p->options, out);
	buf_byte(out, '\n');
}

static void collision(const struct plan *p, const struct plan_collision *c, struct buf *out)
{
	struct buf name CLEANUP(buf) = {0};

	buf_text(out, "In ");
	glyph_clean(out, c->bucket);
	plan_words_together(c, out);
	plan_words_when(c, &p->options, out);
	buf_text(out, c->spread ? "; apart they are as\n" : "\n");
	for (size_t i = 0; i < c->len; i++) {
		const struct plan_start *s = &c->starts[i];

		name.len = 0;
		plan_name(s->cluster, &name);
		buf_text(out, "  ");
		glyph_clean(out, s->schedule->name);
		buf_text(out, " of ");
		glyph_clean(out, buf_slice(&name));
		buf_text(out, "  schedule: '");
		glyph_clean(out, c->spread && s->instead.len ? s->instead : s->schedule->spec);
		buf_text(out, "'\n");
	}
	buf_byte(out, '\n');
}

void plan_text(const struct plan *p, struct buf *out)
{
	const struct plan_options *o = &p->options;

	for (size_t i = 0; i < p->clusters_len; i++)
		cluster(p, &p->clusters[i], out);
	for (size_t i = 0; i < p->collisions_len; i++)
		collision(p, &p->collisions[i], out);
	for (size_t i = 0; i < p->cuts_len; i++) {
		struct buf text CLEANUP(buf) = {0};

		plan_words_cut(&p->cuts[i], o, &text);
		glyph_clean(out, buf_slice(&text));
		buf_text(out, "\n\n");
	}
	for (size_t i = 0; i < p->losses_len; i++) {
		buf_fmt(out, "%s: ", plan_words_taken(&p->losses[i]));
		glyph_clean(out, p->losses[i].object);
		buf_text(out, ": ");
		glyph_clean(out, p->losses[i].text);
		buf_byte(out, '\n');
	}
	if (p->against.len && !p->losses_len) {
		buf_text(out, "nothing is taken away: compared with ");
		glyph_clean(out, p->against);
		buf_byte(out, '\n');
	}
	if (o->local)
		cron_clocks(o->now, o->now + o->days * (int64_t)UTC_DAY, out);
}
