#include "Kinds.h"

#define LANES 4
#define KIND "baseline"
#define NAMED(name) name##_4
#include "KernelsBody.h"

const kernels *kernels_baseline(void) { return &NAMED(table); }
