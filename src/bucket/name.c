#include "bucket/name.h"

#include <inttypes.h>
#include <stdio.h>

#define THIRD 8 /* digits */

/* Upper case only: it is what PostgreSQL asks for, and a store tells keys apart by it. */
static bool third(struct str s, size_t from, uint32_t *out)
{
	struct str digits = str_slice(s, from, from + THIRD);

	for (size_t i = 0; i < digits.len; i++)
		if (digits.ptr[i] >= 'a' && digits.ptr[i] <= 'f')
			return false;
	return digits.len == THIRD && hex_read(digits, out);
}

bool hex_read(struct str s, uint32_t *out)
{
	uint32_t value = 0;

	if (!s.len || s.len > THIRD)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if (c >= 'A' && c <= 'F')
			digit = (uint32_t)(c - 'A') + 10;
		else if (c >= 'a' && c <= 'f')
			digit = (uint32_t)(c - 'a') + 10;
		else
			return false;
		value = value << 4 | digit;
	}
	*out = value;
	return true;
}

bool lsn_read(struct str s, uint64_t *out)
{
	struct str rest = s, part;
	uint32_t high, low;

	if (!str_split(&rest, '/', &part) || !rest.ptr || !hex_read(part, &high) ||
	    !hex_read(rest, &low))
		return false;
	*out = (uint64_t)high << 32 | low;
	return true;
}

/* What barman-cloud-wal-restore looks for behind the name of a segment. */
static struct str take_suffix(struct str *name)
{
	static const struct str suffixes[] = {STR_INIT(".gz"),	STR_INIT(".bz2"),
					      STR_INIT(".xz"),	STR_INIT(".snappy"),
					      STR_INIT(".zst"), STR_INIT(".lz4")};

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (str_has_suffix(*name, suffixes[i])) {
			name->len -= suffixes[i].len;
			return (struct str){name->ptr + name->len, suffixes[i].len};
		}
	}
	return STR_EMPTY;
}

static bool is_label(struct str behind)
{
	uint32_t offset;

	return behind.len == THIRD + 8 && behind.ptr[0] == '.' && third(behind, 1, &offset) &&
	       str_has_suffix(behind, STR(".backup"));
}

static enum object_sort wal_read(struct str folder, struct str file, struct object_name *out)
{
	struct str name = file, behind;

	out->suffix = take_suffix(&name);
	if (!third(name, 0, &out->timeline))
		return OBJECT_FOREIGN;
	behind = str_slice(name, THIRD, name.len);
	if (!folder.len)
		return str_is(behind, ".history") ? OBJECT_HISTORY : OBJECT_FOREIGN;
	if (!third(name, THIRD, &out->high) || !third(name, 2 * THIRD, &out->low) ||
	    !str_eq(folder, str_slice(name, 0, 2 * THIRD)))
		return OBJECT_FOREIGN;
	behind = str_slice(name, 3 * THIRD, name.len);
	if (!behind.len)
		return OBJECT_SEGMENT;
	if (str_is(behind, ".partial"))
		return OBJECT_PARTIAL;
	return is_label(behind) ? OBJECT_BACKUP_LABEL : OBJECT_FOREIGN;
}

struct object_name object_name_read(struct str key)
{
	struct object_name out = {.sort = OBJECT_FOREIGN};
	struct str rest = key, top = STR_EMPTY, folder = STR_EMPTY;

	(void)str_split(&rest, '/', &top);
	if (!rest.ptr)
		return out;
	if (str_is(top, "base") && str_split(&rest, '/', &folder) && rest.ptr && rest.len &&
	    folder.len) {
		out.backup = folder;
		out.sort = str_is(rest, "backup.info") ? OBJECT_BACKUP_INFO : OBJECT_BACKUP_DATA;
	} else if (str_is(top, "wals")) {
		size_t slash = str_find_byte(rest, '/');

		if (slash != STR_NONE) {
			folder = str_slice(rest, 0, slash);
			rest = str_slice(rest, slash + 1, rest.len);
			if (!folder.len)
				return out;
		}
		out.sort = wal_read(folder, rest, &out);
	}
	return out;
}

bool segment_size_is(uint64_t bytes)
{
	return bytes >= 1u << 20 && bytes <= 1u << 30 && !(bytes & (bytes - 1));
}

bool segment_number(uint32_t high, uint32_t low, uint64_t segment_size, uint64_t *out)
{
	uint64_t per_high = (UINT64_C(1) << 32) / segment_size;

	*out = high * per_high + low;
	return low < per_high;
}

const char *segment_name(uint32_t timeline, uint64_t number, uint64_t segment_size,
			 char out[SEGMENT_NAME])
{
	uint64_t per_high = (UINT64_C(1) << 32) / segment_size;

	snprintf(out, SEGMENT_NAME, "%08" PRIX32 "%08" PRIX32 "%08" PRIX32, timeline,
		 (uint32_t)(number / per_high), (uint32_t)(number % per_high));
	return out;
}
