/* What lies in a bucket and what S3 answers. The first byte says which: a (n)ame, backup.(i)nfo, a
 * (h)istory, an (a)nswer, a text compressed by (s)nappy or (l)z4. */
#include "bucket/answer.h"
#include "bucket/backup_info.h"
#include "bucket/name.h"
#include "bucket/unpack.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void name(struct str key)
{
	struct object_name n = object_name_read(key);
	char text[SEGMENT_NAME];
	uint64_t number;

	if (n.sort != OBJECT_SEGMENT || !segment_number(n.high, n.low, SEGMENT_SIZE, &number))
		return;
	segment_name(n.timeline, number, SEGMENT_SIZE, text);
	BUG_IF(!str_contains(key, str_from(text)) || !str_has_suffix(key, n.suffix));
}

static void info(struct str text, struct arena *a)
{
	struct backup_info i;
	struct err e;

	if (backup_info_read(text, a, &i, &e))
		BUG_IF(!segment_size_is(i.segment_size) ||
		       (i.status == BACKUP_DONE && (i.begin_segment > i.end_segment || !i.end)));
}

static void history(struct str text, struct arena *a)
{
	struct timeline_step *steps;
	struct err e;
	size_t len;

	if (!history_read(text, 9, a, &steps, &len, &e))
		BUG_IF(!e.line);
	else
		for (size_t i = 0; i < len; i++)
			BUG_IF(!steps[i].timeline || steps[i].timeline >= 9 ||
			       (i && steps[i].timeline <= steps[i - 1].timeline));
}

static bool count(void *ctx, const struct s3_object *o)
{
	*(uint64_t *)ctx = str_hash(*(uint64_t *)ctx, o->key) + o->size;
	return true;
}

/* However it comes, the same is told. */
static void answer(struct str text, struct arena *a)
{
	uint64_t told[2] = {STR_HASH, STR_HASH};
	struct s3_result result[2];
	bool read[2];

	for (size_t i = 0; i < 2; i++) {
		struct s3_listener listener = {count, NULL, &told[i]};
		CLEANUP(s3_answer) struct s3_answer *x = s3_answer_new(&listener, a);
		size_t piece = i ? 3 : text.len + 1;
		struct err e;

		for (size_t at = 0; at < text.len; at += piece)
			if (!s3_answer_take(x, str_slice(text, at, at + piece)))
				break;
		read[i] = s3_answer_end(x, &result[i], &e);
	}
	BUG_IF(read[0] != read[1] || told[0] != told[1]);
	BUG_IF(read[0] &&
	       (!str_eq(result[0].code, result[1].code) ||
		!str_eq(result[0].token, result[1].token) ||
		!str_eq(result[0].root, result[1].root) || result[0].days != result[1].days));
}

static void packed(bool snappy, struct str text, struct arena *a)
{
	struct str out;

	if (snappy ? unpack_snappy(text, 1000, a, &out) : unpack_lz4(text, 1000, a, &out))
		BUG_IF(out.len > 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = {(const char *)data, size}, rest = str_slice(text, 1, size);

	switch (size ? data[0] : 0) {
	case 'n':
		name(rest);
		break;
	case 'i':
		info(rest, a);
		break;
	case 'h':
		history(rest, a);
		break;
	case 'a':
		answer(rest, a);
		break;
	case 's':
	case 'l':
		packed(data[0] == 's', rest, a);
		break;
	}
	return 0;
}
