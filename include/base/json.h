/*
 * Writes JSON into a buffer, compact, one call a token; commas and colons come by themselves.
 * Text that is not UTF-8 is written with U+FFFD in place of each wrong byte.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

struct json {
	struct buf *out;
	bool comma; /* a value stands before, on this level */
};

#define JSON(buffer) ((struct json){.out = (buffer)})

void json_open(struct json *j, char bracket);  /* '{' or '[' */
void json_close(struct json *j, char bracket); /* '}' or ']' */
void json_key(struct json *j, const char *key);
void json_name(struct json *j, struct str key); /* json_key of a slice */
void json_str(struct json *j, struct str s);
void json_int(struct json *j, int64_t n);
void json_number(struct json *j, double n); /* finite; reads back as the same double */
void json_bool(struct json *j, bool b);
void json_null(struct json *j);

void json_key_str(struct json *j, const char *key, struct str s);
void json_key_int(struct json *j, const char *key, int64_t n);

#endif
