#if defined(__x86_64__)
#include "planes.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define INSTRUCTION_SET "avx2"
#define NAME(x) x##_avx2
#include "kernels.inc"
#pragma clang attribute pop
#endif
