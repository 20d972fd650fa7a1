#include "planes.h"

#define INSTRUCTION_SET "baseline"
#define NAME(x) x##_baseline
#include "kernels.inc"
