#include "rules/params.h"

#include <fnmatch.h>
#include <string.h>

bool str_list_has(struct str_list l, struct str s)
{
	for (size_t i = 0; i < l.len; i++)
		if (str_eq(l.items[i], s))
			return true;
	return false;
}

bool str_list_matches(struct str_list l, struct str s)
{
	char pattern[256], text[256]; /* names and hosts: at most 253 bytes (RFC 1123) */

	if (s.len >= sizeof text)
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	for (size_t i = 0; i < l.len; i++) {
		if (l.items[i].len >= sizeof pattern)
			continue;
		memcpy(pattern, l.items[i].ptr, l.items[i].len);
		pattern[l.items[i].len] = '\0';
		if (fnmatch(pattern, text, 0) == 0)
			return true;
	}
	return false;
}

bool version_before(struct version a, int major, int minor)
{
	return a.major != major ? a.major < major : a.minor < minor;
}

int64_t retention_days(struct str text)
{
	int64_t n;

	if (text.len < 2 || !str_to_i64(str_slice(text, 0, text.len - 1), &n) || n < 1 || n > 36500)
		return 0;
	switch (text.ptr[text.len - 1]) {
	case 'd':
		return n;
	case 'w':
		return n * 7;
	case 'm':
		return n * 31;
	default:
		return 0;
	}
}
