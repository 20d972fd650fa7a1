#if defined(__x86_64__)
#include "planes.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#define INSTRUCTION_SET "avx512"
#define NAME(x) x##_avx512
#include "kernels.inc"
#pragma clang attribute pop
#endif
