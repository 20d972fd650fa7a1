#include "byte_tiles.h"

// Vectors of four sums: what every x86-64 (SSE2) and every 64-bit Arm (NEON) has.
#if defined(__x86_64__)
#include <emmintrin.h>
#define MULTIPLY_ADD(a, b) _mm_madd_epi16((__m128i)(a), (__m128i)(b))
#define LARGER(a, b) _mm_max_ps((__m128)(a), (__m128)(b))
#define SMALLER(a, b) _mm_min_ps((__m128)(a), (__m128)(b))
#else
#define LARGER(a, b) __builtin_elementwise_max(a, b)
#define SMALLER(a, b) __builtin_elementwise_min(a, b)
#endif
#define INSTRUCTION_SET "baseline"
#define NAME(x) x##_baseline
#define LANES 4
#define WIDEST 1
#include "byte_tiles.inc"
