#include "tiles.h"

// Vectors of four floats: what every x86-64 (SSE2) and every 64-bit Arm (NEON) has.
#if defined(__aarch64__)
#define INSTRUCTION_SET "neon"
#else
#define INSTRUCTION_SET "baseline"
#endif
#define NAME(x) x##_baseline
#define LANES 4
#define WIDEST 2
#define MOST_SUMS 12
#define GRADIENT_COLUMNS 6
#include "tiles.inc"
