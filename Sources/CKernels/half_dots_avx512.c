#if defined(__x86_64__)
#include "half.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,f16c,fma"))), apply_to = function)
#define INSTRUCTION_SET "avx512"
#define NAME(x) x##_avx512
#define LANES 16
#define CONVERTS_HALVES
#include "half_dots.inc"
#pragma clang attribute pop
#endif
