#if defined(__x86_64__)
#include <immintrin.h>

#include "byte_tiles.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni"))), \
                             apply_to = function)
#define INSTRUCTION_SET "avx512vnni"
#define NAME(x) x##_avx512
#define LANES 16
#define WIDEST 3
#define MOST_SUMS 28
#define DOT(sum, a, b) _mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(a), (__m512i)(b))
#define LARGER(a, b) _mm512_max_ps((__m512)(a), (__m512)(b))
#define SMALLER(a, b) _mm512_min_ps((__m512)(a), (__m512)(b))
#include "byte_tiles.inc"
#pragma clang attribute pop
#endif
