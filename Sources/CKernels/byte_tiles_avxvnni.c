#if defined(__x86_64__)
#include <immintrin.h>

#include "byte_tiles.h"

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)
#define INSTRUCTION_SET "avxvnni"
#define NAME(x) x##_avxvnni
#define LANES 8
#define WIDEST 1
#define DOT(sum, a, b) _mm256_dpbusd_avx_epi32((__m256i)(sum), (__m256i)(a), (__m256i)(b))
#define LARGER(a, b) _mm256_max_ps((__m256)(a), (__m256)(b))
#define SMALLER(a, b) _mm256_min_ps((__m256)(a), (__m256)(b))
#include "byte_tiles.inc"
#pragma clang attribute pop
#endif
