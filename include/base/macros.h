/*
 * What every file may use: compiler attributes, BUG_IF, and CLEANUP for handles of foreign
 * libraries (a CLEANUP local is released when it leaves its scope, unless STEAL took it).
 */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Aborts with file and line. Tests only what our own code promises, never what input may cause. */
#define BUG_IF(cond)                                                                               \
	do {                                                                                       \
		if (__builtin_expect(!!(cond), 0))                                                 \
			bug(__FILE__, __LINE__, #cond);                                            \
	} while (0)

__attribute__((noreturn, cold)) void bug(const char *file, int line, const char *what);

/* Says so and ends the program with exit code 4, in any thread; nobody half-handles it. */
__attribute__((noreturn, cold)) void out_of_memory(size_t size);

#define CLEANUP(name) __attribute__((cleanup(cleanup_##name)))

#define DEFINE_CLEANUP(type, name, release)                                                        \
	static inline UNUSED void cleanup_##name(type *value)                                      \
	{                                                                                          \
		if (*value)                                                                        \
			release(*value);                                                           \
	}

#define STEAL(value)                                                                               \
	__extension__({                                                                            \
		__typeof__(value) stolen_ = (value);                                               \
		(value) = NULL;                                                                    \
		stolen_;                                                                           \
	})

#endif
