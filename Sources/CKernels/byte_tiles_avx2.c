#if defined(__x86_64__)
#include <immintrin.h>

#include "byte_tiles.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define INSTRUCTION_SET "avx2"
#define NAME(x) x##_avx2
#define LANES 8
#define WIDEST 1
#define MOST_SUMS 8
// The sums of two products, and of two such sums, fit 16 bits, since weights are scaled so (CK_LARGEST_FOUR).
#define PRODUCTS(a, b) _mm256_maddubs_epi16((__m256i)(a), (__m256i)(b))
#define ADD_PAIRS(sum, halves) _mm256_add_epi32((__m256i)(sum), _mm256_madd_epi16(halves, _mm256_set1_epi16(1)))
#define DOT(sum, a, b) ADD_PAIRS(sum, PRODUCTS(a, b))
#define DOT_TWO(sum, a, b, c, d) ADD_PAIRS(sum, _mm256_add_epi16(PRODUCTS(a, b), PRODUCTS(c, d)))
#define LARGER(a, b) _mm256_max_ps((__m256)(a), (__m256)(b))
#define SMALLER(a, b) _mm256_min_ps((__m256)(a), (__m256)(b))
#include "byte_tiles.inc"
#pragma clang attribute pop
#endif
