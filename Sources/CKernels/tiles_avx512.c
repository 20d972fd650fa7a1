#if defined(__x86_64__)
#include "tiles.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma"))), apply_to = function)
#define INSTRUCTION_SET "avx512"
#define NAME(x) x##_avx512
#define LANES 16
#define WIDEST 3
#define MOST_SUMS 28
#define GRADIENT_COLUMNS 8
#include "tiles.inc"
#pragma clang attribute pop
#endif
