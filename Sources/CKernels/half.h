// The dot products that the search is made of, one function per instruction set.
#pragma once

#include <stdint.h>

enum {
    CK_HALF_ROWS = 4,       // rows read side by side, so that a value of the query is loaded once for all
    CK_HALF_AHEAD = 2048,   // halves from what is read to what is fetched from memory meanwhile
};

/// dots[r] = sum over k of query[k] * rows[r * dimension + k], for 4 consecutive rows or for one. A row's sum has the same
/// order either way.
typedef struct {
    const char *name;
    void (*four)(const float *query, const uint16_t *rows, int64_t dimension, float dots[CK_HALF_ROWS]);
    void (*one)(const float *query, const uint16_t *rows, int64_t dimension, float *dot);
} ck_half_dots;

extern const ck_half_dots ck_half_dots_baseline;
#if defined(__x86_64__)
extern const ck_half_dots ck_half_dots_avx2, ck_half_dots_avx512;
#endif

static inline float ck_float_from_bits(uint32_t bits) {
    union {
        uint32_t bits;
        float value;
    } u = {bits};
    return u.value;
}

static inline uint32_t ck_bits_of_float(float value) {
    union {
        float value;
        uint32_t bits;
    } u = {value};
    return u.bits;
}

/// The value of a half-precision number. Exponent and fraction are put where a float has them, the exponent moved by 112;
/// subnormal numbers, which have none, are multiples of 2^-24; infinities and NaN get a float's exponent. No float on the way
/// is denormal: kernels take those for zero.
static inline float ck_float_from_half(uint16_t half) {
    uint32_t magnitude = half & 0x7fffu, sign = (half & 0x8000u) << 16, bits;
    if (magnitude < 0x0400u) bits = ck_bits_of_float((float)magnitude * 0x1p-24f);
    else bits = (magnitude << 13) + (magnitude < 0x7c00u ? 0x38000000u : 0x70000000u);
    return ck_float_from_bits(sign | bits);
}
