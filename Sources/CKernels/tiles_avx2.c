#if defined(__x86_64__)
#include "tiles.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define INSTRUCTION_SET "avx2"
#define NAME(x) x##_avx2
#define LANES 8
#define WIDEST 2
#define MOST_SUMS 12
#define GRADIENT_COLUMNS 6
#include "tiles.inc"
#pragma clang attribute pop
#endif
