#if defined(__x86_64__)
#include "tiles.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma"))), apply_to = function)
#define INSTRUCTION_SET "avx512"
#define NAME(x) x##_avx512
#define LANES 16
#define TALLEST 8
#define WIDEST 3
#define GRADIENT_ROWS 8
#define EVENS 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODDS 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#include "tiles.inc"
#pragma clang attribute pop
#endif
