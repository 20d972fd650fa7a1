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

/// The value of a half-precision number. Exponent and fraction are put where a float has them and scaled by 2^112, which
/// is exact for subnormal numbers too; infinities and NaN get a float's exponent.
static inline float ck_float_from_half(uint16_t half) {
    uint32_t magnitude = half & 0x7fffu, sign = (half & 0x8000u) << 16;
    float scaled = ck_float_from_bits(magnitude << 13) * 0x1p112f;
    uint32_t bits = magnitude < 0x7c00u ? ck_bits_of_float(scaled) : 0x7f800000u | magnitude << 13;
    return ck_float_from_bits(sign | bits);
}
