#include "CPictures.h"
#include "CProcessor.h"

CP_VECTORIZED void pix_sum_rows(const uint8_t *first, int64_t stride, const float *weights, int64_t rows, int64_t width,
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

void pix_filter_row(const float *old, int64_t begin, const pix_window *windows, const float *weights, int64_t count,
                   uint8_t *new_row) {
    // Red, green, blue, and the next pixel's red, which nobody looks at.
    typedef float pixel __attribute__((vector_size(16), aligned(4)));
    for (int64_t i = 0; i < count; i++) {
        const pix_window *window = windows + i;
        const float *at = old + (window->first - begin) * 3, *weight = weights + window->weights;
        pixel sum = {0.5f, 0.5f, 0.5f, 0.5f};
        for (int64_t k = 0; k < window->count; k++) sum += weight[k] * *(const pixel *)(at + 3 * k);
        for (int channel = 0; channel < 3; channel++) {
            float value = sum[channel] < 0 ? 0 : sum[channel] > 255 ? 255 : sum[channel];
            new_row[3 * i + channel] = (uint8_t)value;
        }
    }
}

CP_VECTORIZED void pix_pack_row(const uint8_t *restrict red, const uint8_t *restrict green, const uint8_t *restrict blue,
                                int64_t width, uint8_t *restrict rgb) {
    for (int64_t i = 0; i < width; i++) {
        rgb[3 * i] = red[i];
        rgb[3 * i + 1] = green[i];
        rgb[3 * i + 2] = blue[i];
    }
}
