/* How much of the machine is ours. */
#ifndef BASE_CORES_H
#define BASE_CORES_H

#include "base/str.h"

/* The cores that this process may use, by its affinity and by its cgroup; at least 1. */
unsigned cores_usable(void);

/* Those of a cgroup's cpu.max, begun ones included: "150000 100000" is 2. UINT_MAX: "max", or
 * whatever else it is. */
unsigned cores_of_quota(struct str cpu_max);

#endif
