/* cron.Parse of robfig/cron v1.2.0: words, items, names and descriptors, and its error texts. */
#include "cron_internal.h"

#include <inttypes.h>
#include <stdarg.h>

#define NAME_LEN 3 /* of a name, as a spec has it */

static const char *const month_names[] = {"january",   "february", "march",    "april",
					  "may",       "june",	   "july",     "august",
					  "september", "october",  "november", "december"};
static const char *const weekday_names[] = {"sunday",	"monday", "tuesday", "wednesday",
					    "thursday", "friday", "saturday"};

const struct cron_bounds cron_bounds[CRON_FIELDS_LEN] = {
	[CRON_SECOND] = {.min = 0, .max = 59, .one = "second"},
	[CRON_MINUTE] = {.min = 0, .max = 59, .one = "minute"},
	[CRON_HOUR] = {.min = 0, .max = 23, .one = "hour"},
	[CRON_DAY] = {.min = 1, .max = 31, .one = "day"},
	[CRON_MONTH] = {.min = 1, .max = 12, .names = month_names, .one = "month"},
	[CRON_WEEKDAY] = {.min = 0, .max = 6, .names = weekday_names, .one = "weekday"},
};

static const char *const error_names[] = {
	[CRON_OK] = "-",
	[CRON_EMPTY] = "empty",
	[CRON_FIELDS] = "fields",
	[CRON_DESCRIPTOR] = "descriptor",
	[CRON_DURATION] = "duration",
	[CRON_DURATION_NO_UNIT] = "duration-no-unit",
	[CRON_DURATION_UNIT] = "duration-unit",
	[CRON_INT] = "int",
	[CRON_INT_RANGE] = "int-range",
	[CRON_NEGATIVE] = "negative",
	[CRON_HYPHENS] = "hyphens",
	[CRON_SLASHES] = "slashes",
	[CRON_BELOW] = "below",
	[CRON_ABOVE] = "above",
	[CRON_BEYOND] = "beyond",
	[CRON_STEP] = "step",
};

const char *cron_error_name(enum cron_error e)
{
	BUG_IF((size_t)e >= ARRAY_LEN(error_names));
	return error_names[e];
}

/* The formatted words, then the culprit as it is: it may hold NUL. */
static enum cron_error fail(struct buf *message, enum cron_error e, struct str culprit,
			    const char *fmt, ...) PRINTF(4, 5);
static enum cron_error fail(struct buf *message, enum cron_error e, struct str culprit,
			    const char *fmt, ...)
{
	va_list args;

	if (!message)
		return e;
	va_start(args, fmt);
	buf_vfmt(message, fmt, args);
	va_end(args);
	buf_text(message, ": ");
	buf_str(message, culprit);
	return e;
}

/* Length of the white space (unicode.IsSpace) at the start of s; 0: none. UTF-8 synchronises
 * itself, so a match at any byte is what a decoder would find. */
static size_t space(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;

	if (!s.len)
		return 0;
	if (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r'))
		return 1;
	if (s.len >= 2 && p[0] == 0xc2)
		return p[1] == 0x85 || p[1] == 0xa0 ? 2 : 0;
	if (s.len < 3)
		return 0;
	if (p[0] == 0xe1)
		return p[1] == 0x9a && p[2] == 0x80 ? 3 : 0; /* U+1680 */
	if (p[0] == 0xe3)
		return p[1] == 0x80 && p[2] == 0x80 ? 3 : 0; /* U+3000 */
	if (p[0] != 0xe2)
		return 0;
	if (p[1] == 0x80) /* U+2000-200A, 2028, 2029, 202F */
		return (p[2] >= 0x80 && p[2] <= 0x8a) || p[2] == 0xa8 || p[2] == 0xa9 ||
				       p[2] == 0xaf
			       ? 3
			       : 0;
	return p[1] == 0x81 && p[2] == 0x9f ? 3 : 0; /* U+205F */
}

bool cron_word(struct str *rest, struct str *word)
{
	size_t at = 0, from, width;

	while ((width = space(str_slice(*rest, at, rest->len))))
		at += width;
	from = at;
	while (at < rest->len && !space(str_slice(*rest, at, rest->len)))
		at++;
	*word = str_slice(*rest, from, at);
	*rest = str_slice(*rest, at, rest->len);
	return at > from;
}

size_t cron_words(struct str spec)
{
	struct str word;
	size_t count = 0;

	while (cron_word(&spec, &word))
		count++;
	return count;
}

/* strconv.Atoi without its text, and the library's refusal of what is below zero. */
static enum cron_error read_number(struct str s, uint64_t *out)
{
	bool negative = s.len && s.ptr[0] == '-';
	size_t at = s.len && (negative || s.ptr[0] == '+');
	uint64_t n = 0;

	if (at == s.len)
		return CRON_INT;
	for (; at < s.len; at++) {
		if (s.ptr[at] < '0' || s.ptr[at] > '9')
			return CRON_INT;
		/* 64 bits first: a wrong character beyond them is not looked at any more. */
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(s.ptr[at] - '0'), &n))
			return CRON_INT_RANGE;
	}
	if (n > (uint64_t)INT64_MAX + negative)
		return CRON_INT_RANGE;
	*out = n;
	return negative && n ? CRON_NEGATIVE : CRON_OK;
}

static enum cron_error number(struct str s, uint64_t *out, struct buf *message)
{
	enum cron_error e = read_number(s, out);

	if (e == CRON_OK || !message)
		return e;
	if (e == CRON_NEGATIVE)
		return fail(message, e, s, "Negative number (-%" PRIu64 ") not allowed", *out);
	buf_text(message, "Failed to parse int from ");
	buf_str(message, s);
	buf_text(message, ": strconv.Atoi: parsing ");
	cron_quote(s, message);
	buf_text(message, e == CRON_INT ? ": invalid syntax" : ": value out of range");
	return e;
}

/* strings.ToLower and the table. U+0130 is the one letter outside ASCII that becomes one inside
 * that occurs in a name. */
static bool name(struct str s, const struct cron_bounds *b, uint64_t *out)
{
	char plain[NAME_LEN];
	size_t len = 0;

	for (size_t at = 0; at < s.len; at++) {
		char c = s.ptr[at];

		if (len == sizeof plain)
			return false;
		if (str_has_prefix(str_slice(s, at, s.len), STR("\xc4\xb0"))) {
			c = 'i';
			at++;
		}
		plain[len++] = c;
	}
	for (int v = b->min; b->names && v <= b->max; v++) {
		struct str full = str_from(b->names[v - b->min]);

		if (str_eq_nocase((struct str){plain, len}, str_slice(full, 0, NAME_LEN))) {
			*out = (uint64_t)v;
			return true;
		}
	}
	return false;
}

static enum cron_error value(struct str s, const struct cron_bounds *b, uint64_t *out,
			     struct buf *message)
{
	return name(s, b, out) ? CRON_OK : number(s, out, message);
}

struct range {
	uint64_t start, end, step;
	bool star;
};

/* Reads the part before the first '/'. */
static enum cron_error ends(struct str s, struct str expr, const struct cron_bounds *b,
			    struct range *r, struct buf *message)
{
	struct str low = STR_EMPTY, high = STR_EMPTY;
	enum cron_error e;

	str_split(&s, '-', &low);
	if (str_is(low, "*") || str_is(low, "?")) { /* further ends are not looked at */
		*r = (struct range){(uint64_t)b->min, (uint64_t)b->max, 1, true};
		return CRON_OK;
	}
	if ((e = value(low, b, &r->start, message)))
		return e;
	r->end = r->start;
	if (!str_split(&s, '-', &high))
		return CRON_OK;
	if (s.ptr)
		return fail(message, CRON_HYPHENS, expr, "Too many hyphens");
	return value(high, b, &r->end, message);
}

/* The order of the checks is the library's: the first one decides what the user reads. */
static enum cron_error check(const struct range *r, struct str expr, const struct cron_bounds *b,
			     struct buf *message)
{
	if (r->start < (uint64_t)b->min)
		return fail(message, CRON_BELOW, expr,
			    "Beginning of range (%" PRIu64 ") below minimum (%d)", r->start,
			    b->min);
	if (r->end > (uint64_t)b->max)
		return fail(message, CRON_ABOVE, expr,
			    "End of range (%" PRIu64 ") above maximum (%d)", r->end, b->max);
	if (r->start > r->end)
		return fail(message, CRON_BEYOND, expr,
			    "Beginning of range (%" PRIu64 ") beyond end of range (%" PRIu64 ")",
			    r->start, r->end);
	if (!r->step)
		return fail(message, CRON_STEP, expr, "Step of range should be a positive number");
	return CRON_OK;
}

static enum cron_error item(struct str expr, enum cron_field f, struct cron *out,
			    struct buf *message)
{
	const struct cron_bounds *b = &cron_bounds[f];
	struct range r = {.step = 1};
	struct str rest = expr, range = STR_EMPTY, step;
	enum cron_error e;

	str_split(&rest, '/', &range);
	if ((e = ends(range, expr, b, &r, message)))
		return e;
	if (str_split(&rest, '/', &step)) {
		if (rest.ptr)
			return fail(message, CRON_SLASHES, expr, "Too many slashes");
		if ((e = number(step, &r.step, message)))
			return e;
		if (str_find_byte(range, '-') == STR_NONE)
			r.end = (uint64_t)b->max;
	}
	if ((e = check(&r, expr, b, message)))
		return e;
	for (uint64_t v = r.start; v <= r.end; v += r.step) /* step < 2^63: no wrap */
		out->set[f] |= (uint64_t)1 << v;
	out->star[f] |= r.star;
	return CRON_OK;
}

static enum cron_error field(struct str s, enum cron_field f, struct cron *out, struct buf *message)
{
	struct str expr;
	enum cron_error e;

	while (str_split(&s, ',', &expr))
		if (expr.len && (e = item(expr, f, out, message)))
			return e;
	return CRON_OK;
}

static enum cron_error fields(struct str spec, struct cron *out, struct buf *message)
{
	struct str rest = spec, word;
	size_t count = cron_words(spec);
	enum cron_error e;

	if (count != CRON_FIELDS_LEN && count != CRON_FIELDS_LEN - 1)
		return fail(message, CRON_FIELDS, spec, "Expected 5 to 6 fields, found %zu", count);
	for (int f = 0; f < CRON_FIELDS_LEN; f++) {
		if (!cron_word(&rest, &word))
			word = STR("*");
		if ((e = field(word, (enum cron_field)f, out, message)))
			return e;
	}
	return CRON_OK;
}

static enum cron_error every(struct str spec, struct str text, struct cron *out,
			     struct buf *message)
{
	struct buf why CLEANUP(buf) = {0};
	enum cron_error e = cron_duration(text, &out->every, message ? &why : NULL);

	if (e && message) {
		buf_text(message, "Failed to parse duration ");
		buf_str(message, spec);
		buf_text(message, ": ");
		buf_str(message, buf_slice(&why));
	}
	return e;
}

static enum cron_error descriptor(struct str spec, struct cron *out, struct buf *message)
{
	static const struct {
		const char *name;
		struct str spec;
	} table[] = {
		{"@yearly", STR_INIT("0 0 0 1 1 *")},  {"@annually", STR_INIT("0 0 0 1 1 *")},
		{"@monthly", STR_INIT("0 0 0 1 * *")}, {"@weekly", STR_INIT("0 0 0 * * 0")},
		{"@daily", STR_INIT("0 0 0 * * *")},   {"@midnight", STR_INIT("0 0 0 * * *")},
		{"@hourly", STR_INIT("0 0 * * * *")},
	};
	const struct str prefix = STR("@every ");

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_is(spec, table[i].name))
			return fields(table[i].spec, out, message);
	if (str_has_prefix(spec, prefix))
		return every(spec, str_slice(spec, prefix.len, spec.len), out, message);
	return fail(message, CRON_DESCRIPTOR, spec, "Unrecognized descriptor");
}

enum cron_error cron_parse(struct str spec, struct cron *out, struct buf *message)
{
	*out = (struct cron){0};
	if (!spec.len) {
		if (message)
			buf_text(message, "Empty spec string");
		return CRON_EMPTY;
	}
	if (spec.ptr[0] == '@')
		return descriptor(spec, out, message);
	return fields(spec, out, message);
}
