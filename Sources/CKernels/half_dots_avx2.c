#if defined(__x86_64__)
#include "half.h"

#pragma clang attribute push(__attribute__((target("avx2,f16c,fma"))), apply_to = function)
#define INSTRUCTION_SET "avx2"
#define NAME(x) x##_avx2
#define LANES 8
#define CONVERTS_HALVES
#include "half_dots.inc"
#pragma clang attribute pop
#endif
