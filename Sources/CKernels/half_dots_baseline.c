#include "half.h"

// Vectors of four floats: what every x86-64 (SSE2) and every 64-bit Arm (NEON, which also converts halves) has.
#if defined(__aarch64__)
#define INSTRUCTION_SET "neon"
#define CONVERTS_HALVES
#else
#define INSTRUCTION_SET "baseline"
#endif
#define NAME(x) x##_baseline
#define LANES 4
#include "half_dots.inc"
