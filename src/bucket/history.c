/* The history of a timeline: which it came from, and where. */
#include "base/utc.h"
#include "bucket/backup_info.h"
#include "bucket/name.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct str take_word(struct str *line)
{
	size_t end = 0;
	struct str word;

	*line = str_trim(*line);
	while (end < line->len && !is_blank(line->ptr[end]))
		end++;
	word = str_slice(*line, 0, end);
	*line = str_slice(*line, end, line->len);
	return word;
}

bool history_read(struct str text, uint32_t timeline, struct arena *a, struct timeline_step **out,
		  size_t *len, struct err *err)
{
	struct str rest = text, line;
	size_t most = 1;

	for (size_t i = 0; i < text.len; i++)
		most += text.ptr[i] == '\n';
	*out = ARENA_ARRAY(a, struct timeline_step, most);
	*len = 0;
	for (uint32_t n = 1; str_split(&rest, '\n', &line); n++) {
		struct timeline_step *step = &(*out)[*len];
		struct str word = take_word(&line);
		int64_t parent;

		if (!word.len || word.ptr[0] == '#')
			continue;
		if (!str_to_i64(word, &parent) || parent < 1 || parent >= timeline ||
		    (*len && parent <= step[-1].timeline))
			return err_at(err, E_SYNTAX, n, 1, "the timelines do not increase up to %u",
				      timeline);
		step->timeline = (uint32_t)parent;
		if (!lsn_read(take_word(&line), &step->end_lsn) ||
		    (*len && step->end_lsn < step[-1].end_lsn))
			return err_at(err, E_SYNTAX, n, 1,
				      "no place in the WAL behind the timeline");
		(*len)++;
	}
	return true;
}
