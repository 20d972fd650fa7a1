#include "CPictures.h"

#if defined(__x86_64__)
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORIZED
#endif

VECTORIZED void cp_sum_rows(const uint8_t *first, int64_t stride, const float *weights, int64_t rows, int64_t width,
                            float *restrict sums) {
    enum { LANES = 64 };
    int64_t at = 0;
    for (; at + LANES <= width; at += LANES) {
        float sum[LANES] = {0};
        for (int64_t r = 0; r < rows; r++) {
            const uint8_t *row = first + r * stride + at;
            float weight = weights[r];
            for (int i = 0; i < LANES; i++) sum[i] += weight * (float)row[i];
        }
        for (int i = 0; i < LANES; i++) sums[at + i] = sum[i];
    }
    for (; at < width; at++) {
        float sum = 0;
        for (int64_t r = 0; r < rows; r++) sum += weights[r] * (float)first[r * stride + at];
        sums[at] = sum;
    }
}
