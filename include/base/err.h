/*
 * One error value, on the caller's stack, written once and on failure only. The last parameter of
 * every function that can fail because of input or environment.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/macros.h"

#include <stdbool.h>
#include <stdint.h>

enum err_code {
	E_OK,
	E_SYNTAX, /* bytes that are not what they should be */
	E_LIMIT,  /* crosses a number of limits.h */
	E_VALUE,  /* well-formed, but not allowed */
	E_IO,	  /* file, socket, system call */
	E_CRYPTO, /* certificate or key */
};

struct err {
	enum err_code code;
	uint32_t line, column; /* 1-based place in the input; 0 when there is none */
	char msg[480];
};

/* Always returns false, so that a caller can `return err_set(...)`. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF(3, 4);
bool err_at(struct err *e, enum err_code code, uint32_t line, uint32_t column, const char *fmt, ...)
	PRINTF(5, 6);
/* Puts a prefix in front of the message, as "policy.yaml: ". Returns false. */
bool err_within(struct err *e, const char *fmt, ...) PRINTF(2, 3);

#endif
