/* How argparse reads a command line of barman-cloud. */
#include "facts/barman.h"

struct reader {
	const struct barman_line *line;
	barman_fn *each;
	void *ctx;
	const char *seen[GROUP_TARGET + 1]; /* by group: the first option of it */
	const struct barman_option *open;   /* wants a value yet */
	size_t opened;			    /* by the word at */
	bool many;			    /* takes values until an option comes */
	bool loose;			    /* a word that is not known may want the next */
};

static void tell(struct reader *r, struct barman_arg arg)
{
	r->each(r->ctx, &arg);
}

/* Up to the '='. */
static struct str before_sign(struct str word)
{
	return str_slice(word, 0, str_find_byte(word, '='));
}

static bool has_sign(struct str word)
{
	return str_find_byte(word, '=') != STR_NONE;
}

/* Python's int(): blanks around, a sign. */
static bool is_int(struct str value, int64_t least)
{
	struct str text = str_trim(value);
	int64_t n;

	if (str_has_prefix(text, STR("+")))
		text = str_slice(text, 1, text.len);
	return str_to_i64(text, &n) && n >= least;
}

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len;
}

/* 1.5GB, 10MiB, 4096B, 4096; a prefix may have a fraction before it. */
static bool is_size(struct str value)
{
	static const struct str prefixes = STR_INIT("kmgtpezyKMGTPEZY");
	struct str number, whole;
	size_t cut;

	if (!str_has_suffix_nocase(value, STR("b")))
		return is_int(value, 1);
	cut = str_has_suffix_nocase(value, STR("ib")) ? 2 : 1;
	number = str_slice(value, 0, value.len - cut);
	if (!number.len)
		return false;
	if (str_find_byte(prefixes, number.ptr[number.len - 1]) == STR_NONE)
		return is_int(number, 1);
	number = str_trim(str_slice(number, 0, number.len - 1));
	whole = str_slice(number, 0, str_find_byte(number, '.'));
	return whole.len == number.len
		       ? is_int(number, 1)
		       : is_digits(whole) &&
				 is_digits(str_slice(number, whole.len + 1, number.len));
}

static bool is_word_of(const char *words, struct str value)
{
	struct str rest = str_from(words), word;

	while (str_split(&rest, ' ', &word))
		if (str_eq(word, value))
			return true;
	return false;
}

static bool is_level(struct str value)
{
	struct str digits = value;

	while (str_has_prefix(digits, STR("-")))
		digits = str_slice(digits, 1, digits.len);
	return !value.len || is_digits(digits) || str_eq_nocase(value, STR("low")) ||
	       str_eq_nocase(value, STR("medium")) || str_eq_nocase(value, STR("high"));
}

/* --tag: KEY,VALUE; commas may follow in the value, but are no character of a tag. */
static bool is_tag(struct str value)
{
	static const struct str marks = STR_INIT(" +-=._:/@\t\n\r\v\f");
	size_t comma = str_find_byte(value, ',');
	struct str key, rest;

	if (!value.len)
		return true;
	if (comma == STR_NONE)
		return false;
	key = str_trim(str_slice(value, 0, comma));
	rest = str_trim(str_slice(value, comma + 1, value.len));
	if (!key.len || key.len > 128 || rest.len > 256 || str_has_prefix_nocase(key, STR("aws:")))
		return false;
	for (size_t i = 0; i < value.len; i++) {
		char b = value.ptr[i];

		if (i != comma && !(b >= 'a' && b <= 'z') && !(b >= 'A' && b <= 'Z') &&
		    !(b >= '0' && b <= '9') && str_find_byte(marks, b) == STR_NONE)
			return false;
	}
	return true;
}

/* --tags: a line of CSV with two fields; quoted ones are let pass. */
static bool is_csv_pair(struct str value)
{
	size_t comma = str_find_byte(value, ',');

	if (str_find_byte(value, '"') != STR_NONE)
		return true;
	return comma != STR_NONE &&
	       str_find_byte(str_slice(value, comma + 1, value.len), ',') == STR_NONE;
}

static bool is_taken(const struct barman_option *option, struct str value)
{
	switch (option->takes) {
	case TAKES_WORD:
		return is_word_of(option->words, value);
	case TAKES_INTEGER:
		return is_int(value, INT64_MIN);
	case TAKES_POSITIVE:
		return is_int(value, 1);
	case TAKES_SIZE:
		return is_size(value);
	case TAKES_LEVEL:
		return is_level(value);
	case TAKES_TIMELINE:
		return str_is(value, "current") || str_is(value, "latest") || is_int(value, 1);
	case TAKES_TAG:
		return is_tag(value);
	case TAKES_TAGS:
		return is_csv_pair(value);
	case TAKES_TEXT:
	case TAKES_NOTHING:
	case ENDS_COMMAND:
		break;
	}
	return true;
}

/* -1, -.5: with no options of that form, argparse takes them for values. */
static bool is_negative_number(struct str word)
{
	struct str number = str_slice(word, 1, word.len);
	size_t dot = str_find_byte(number, '.');

	if (dot == STR_NONE)
		return is_digits(number);
	return is_digits(str_slice(number, dot + 1, number.len)) &&
	       (!dot || is_digits(str_slice(number, 0, dot)));
}

struct word {
	enum { WORD_VALUE, WORD_OPTION, WORD_UNKNOWN, WORD_AMBIGUOUS } is;
	const struct barman_option *option;
	bool has_value; /* in the word itself */
	struct str value;
	bool letters; /* "-zt": `value` may be further options */
};

/* --read for --read-timeout. */
static struct word abbreviated(enum barman_command command, struct str word)
{
	struct word w = {.is = WORD_UNKNOWN};
	struct str name = before_sign(word);

	for (const struct barman_option *o = NULL; (o = barman_option_next(command, o));)
		for (size_t i = 0; i < ARRAY_LEN(o->names) && o->names[i]; i++) {
			if (!str_has_prefix(str_from(o->names[i]), name))
				continue;
			w.is = w.is == WORD_UNKNOWN ? WORD_OPTION : WORD_AMBIGUOUS;
			w.option = o;
		}
	w.has_value = has_sign(word);
	w.value = str_slice(word, name.len + 1, word.len);
	return w;
}

static struct word read_word(enum barman_command command, struct str word)
{
	struct word w = {.is = WORD_VALUE};
	const struct barman_option *o;

	if (word.len < 2 || word.ptr[0] != '-')
		return w;
	o = barman_option(command, word);
	if (o)
		return (struct word){.is = WORD_OPTION, .option = o};
	o = has_sign(word) ? barman_option(command, before_sign(word)) : NULL;
	if (o)
		return (struct word){.is = WORD_OPTION,
				     .option = o,
				     .has_value = true,
				     .value = str_slice(word, before_sign(word).len + 1, word.len),
				     .letters = word.ptr[1] != '-'};
	w.is = WORD_UNKNOWN;
	if (word.ptr[1] == '-')
		w = abbreviated(command, word);
	else if ((o = barman_option(command, str_slice(word, 0, 2))))
		w = (struct word){.is = WORD_OPTION,
				  .option = o,
				  .has_value = true,
				  .value = str_slice(word, 2, word.len),
				  .letters = true};
	if (w.is == WORD_UNKNOWN &&
	    (is_negative_number(word) || str_find_byte(word, ' ') != STR_NONE))
		w.is = WORD_VALUE;
	return w;
}

static void take(struct reader *r, size_t at, const struct barman_option *option, struct str value)
{
	bool good = is_taken(option, value);

	tell(r, (struct barman_arg){good ? ARG_OPTION : ARG_BAD, at, option, value, NULL});
}

/* An option is there: what its group says of others. */
static void enter(struct reader *r, size_t at, const struct barman_option *option)
{
	const char **seen = &r->seen[option->group];

	if (!option->group)
		return;
	if (*seen && !str_is(str_from(*seen), option->names[0]))
		tell(r, (struct barman_arg){
				.is = ARG_EXCLUDED, .at = at, .option = option, .other = *seen});
	*seen = option->names[0];
}

static bool takes_nothing(const struct barman_option *option)
{
	return option->takes == TAKES_NOTHING || option->takes == ENDS_COMMAND;
}

static void close_option(struct reader *r)
{
	if (r->open && !r->many)
		tell(r, (struct barman_arg){.is = ARG_LACKS, .at = r->opened, .option = r->open});
	r->open = NULL;
	r->many = false;
}

static void read_option(struct reader *r, size_t at, struct word w)
{
	while (takes_nothing(w.option)) {
		const struct barman_option *next = NULL;
		char letter[2] = {'-'};

		enter(r, at, w.option);
		tell(r, (struct barman_arg){.is = ARG_OPTION, .at = at, .option = w.option});
		if (!w.has_value || (w.letters && !w.value.len))
			return;
		if (w.letters) {
			letter[1] = w.value.ptr[0];
			next = barman_option(r->line->command, (struct str){letter, 2});
		}
		if (!next) {
			tell(r, (struct barman_arg){ARG_EXTRA, at, w.option, w.value, NULL});
			return;
		}
		w.option = next;
		w.value = str_slice(w.value, 1, w.value.len);
		w.has_value = w.value.len;
	}
	enter(r, at, w.option);
	if (w.has_value) {
		take(r, at, w.option, w.value);
		return;
	}
	r->open = w.option;
	r->opened = at;
	r->many = w.option->takes == TAKES_TAGS;
	if (r->many)
		tell(r, (struct barman_arg){.is = ARG_OPTION, .at = at, .option = w.option});
}

static void read_value(struct reader *r, size_t at, struct str value)
{
	if (r->open && r->many && is_taken(r->open, value))
		return;
	if (r->open)
		take(r, r->many ? at : r->opened, r->open, value);
	else if (!r->loose)
		tell(r, (struct barman_arg){.is = ARG_STRAY, .at = at, .value = value});
	if (!r->many)
		r->open = NULL;
	r->loose = false;
}

static void read_at(struct reader *r, size_t at)
{
	struct str word = r->line->words[at];
	struct word w = read_word(r->line->command, word);

	if (w.is == WORD_VALUE) {
		read_value(r, at, word);
		return;
	}
	close_option(r);
	r->loose = false;
	if (w.is == WORD_OPTION)
		read_option(r, at, w);
	else
		tell(r,
		     (struct barman_arg){.is = w.is == WORD_AMBIGUOUS ? ARG_AMBIGUOUS : ARG_UNKNOWN,
					 .at = at});
}

/* The library of CloudNativePG compares the text before '=' with words and options that are there.
 */
static bool is_there(const struct barman_line *line, const bool *kept, size_t at)
{
	struct str key = before_sign(line->words[at]);

	for (size_t i = 0; i < line->fixed_len; i++)
		if (str_eq(key, line->fixed[i]) || str_eq(key, before_sign(line->fixed[i])))
			return true;
	for (size_t i = 0; i < at; i++)
		if (kept[i] &&
		    (str_eq(key, line->words[i]) || str_eq(key, before_sign(line->words[i]))))
			return true;
	return false;
}

static void see_fixed(struct reader *r)
{
	const struct barman_line *line = r->line;

	for (size_t i = 0; i < line->fixed_len; i++) {
		const struct barman_option *o = barman_option(line->command, line->fixed[i]);

		if (o && o->group)
			r->seen[o->group] = o->names[0];
	}
	for (size_t i = 0; i < ARRAY_LEN(line->later) && line->later[i]; i++) {
		const struct barman_option *o =
			barman_option(line->command, str_from(line->later[i]));

		if (o)
			r->seen[o->group] = o->names[0];
	}
}

void barman_read(const struct barman_line *line, barman_fn *each, void *ctx)
{
	struct reader r = {.line = line, .each = each, .ctx = ctx};
	bool kept[BARMAN_WORDS_MOST] = {false};

	see_fixed(&r);
	for (size_t i = 0; i < line->len; i++) {
		if (line->unknown[i]) {
			r.open = r.many ? r.open : NULL;
			r.loose = true;
		} else if (!before_sign(line->words[i]).len) {
			tell(&r, (struct barman_arg){.is = ARG_EMPTY, .at = i});
		} else if (is_there(line, kept, i)) {
			tell(&r, (struct barman_arg){
					 .is = ARG_DROPPED,
					 .at = i,
					 .option = barman_option(line->command,
								 before_sign(line->words[i]))});
		} else if (str_is(line->words[i], "--")) {
			close_option(&r);
			tell(&r, (struct barman_arg){.is = ARG_REST, .at = i});
			return;
		} else {
			kept[i] = true;
			read_at(&r, i);
		}
	}
	if (line->len < BARMAN_WORDS_MOST)
		close_option(&r);
}
