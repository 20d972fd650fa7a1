#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "parallel.h"
#include "CProcessor.h"

enum { MOST_TAPS = 256 };

typedef struct {
    const ck_geometry *g;
    const uint8_t *x;
    int32_t factor, offset;  // of the largest bytes, with 16 bits behind the point
    int32_t zero;
    uint8_t *y;
    uint16_t *sums;          // one row per thread
} byte_pool_job;

/// The part of a window that lies inside the input: where each tap reads.
typedef struct {
    int64_t count;
    const uint8_t *taps[MOST_TAPS];
} byte_window;

static void find_window(const ck_geometry *g, const uint8_t *x, row_place at, int64_t w, byte_window *window) {
    int64_t row_bytes = ck_byte_row(g->in_width, g->in_channels), left = w * g->stride_width - g->padding_width;
    int64_t top = at.h * g->stride_height - g->padding_height;
    window->count = 0;
    for (int64_t row = top; row < top + g->kernel_height; row++)
        for (int64_t column = left; column < left + g->kernel_width; column++)
            if (row >= 0 && row < g->in_height && column >= 0 && column < g->in_width)
                window->taps[window->count++] =
                    x + (at.d * g->in_height + row) * row_bytes + (1 + column) * g->in_channels;
}

CP_VECTORIZED static void take_largest(const byte_window *window, int64_t channels, uint8_t *restrict y) {
    memcpy(y, window->taps[0], (size_t)channels);
    for (int64_t i = 1; i < window->count; i++) {
        const uint8_t *restrict tap = window->taps[i];
        for (int64_t c = 0; c < channels; c++) y[c] = tap[c] > y[c] ? tap[c] : y[c];
    }
}

CP_VECTORIZED static void rescale(int64_t channels, int32_t factor, int32_t offset, uint8_t *restrict y) {
    for (int64_t c = 0; c < channels; c++) {
        int32_t scaled = (y[c] * factor + offset) >> 16;
        scaled = scaled > 0 ? scaled : 0;
        y[c] = (uint8_t)(scaled < 255 ? scaled : 255);
    }
}

static void pool_largest(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const byte_pool_job *job = context;
    const ck_geometry *g = job->g;
    int64_t channels = g->in_channels, stride = ck_out_stride(g);
    byte_window window;
    for (int64_t number = begin; number < end; number++) {
        row_place at = ck_row_place(number, g->out_depth, g->out_height);
        uint8_t *row = job->y + number * ck_byte_row(g->out_width, stride);
        ck_set_byte_border(row, g->out_width, channels, stride, job->zero);
        for (int64_t w = 0; w < g->out_width; w++) {
            find_window(g, job->x, at, w, &window);
            take_largest(&window, channels, row + (1 + w) * stride);
            rescale(channels, job->factor, job->offset, row + (1 + w) * stride);
        }
    }
}

void ck_byte_max_pool(const ck_geometry *g, const uint8_t *x, float factor, int32_t in_zero, int32_t zero, uint8_t *y,
                      int threads) {
    int32_t scaled = (int32_t)(factor * 65536 + 0.5f);
    byte_pool_job job = {g, x, scaled, zero * 65536 - in_zero * scaled + 32768, zero, y, NULL};
    ck_parallel(g->out_depth * g->out_height, threads, pool_largest, &job);
}

int ck_carries_byte_average_pool(const ck_geometry *g) {
    return g->kernel_height * g->kernel_width <= MOST_TAPS && g->padding_width <= 1 &&
           (g->out_width - 1) * g->stride_width - g->padding_width + g->kernel_width <= g->in_width + 1;
}

CP_VECTORIZED static void add_row(const uint8_t *restrict row, int64_t count, uint16_t *restrict sums) {
    for (int64_t i = 0; i < count; i++) sums[i] = (uint16_t)(sums[i] + row[i]);
}

/// `count` means of as many columns, `channels` apart. The quotient by the taps is a product with 2^16 over them.
static inline __attribute__((always_inline)) void take_means(const uint16_t *restrict sums, int64_t channels, int64_t columns,
                                                             uint32_t padding, uint32_t factor, int64_t count,
                                                             uint8_t *restrict y) {
    for (int64_t i = 0; i < count; i++) {
        uint32_t sum = padding;
        for (int64_t k = 0; k < columns; k++) sum += sums[k * channels + i];
        y[i] = (uint8_t)((sum * factor + 32768) >> 16);
    }
}

CP_VECTORIZED static void take_column_means(const uint16_t *restrict sums, int64_t channels, int64_t columns,
                                            uint32_t padding, uint32_t factor, int64_t count, uint8_t *restrict y) {
    // A constant number of columns is what lets the other loop become vectors.
    if (columns == 3) take_means(sums, channels, 3, padding, factor, count, y);
    else take_means(sums, channels, columns, padding, factor, count, y);
}

/// The sums of columns first: their borders hold the zero already.
static void pool_means(void *context, int64_t begin, int64_t end, int thread) {
    const byte_pool_job *job = context;
    const ck_geometry *g = job->g;
    int64_t channels = g->in_channels, stride = ck_out_stride(g), row_bytes = ck_byte_row(g->in_width, channels);
    uint32_t taps = (uint32_t)(g->kernel_height * g->kernel_width), factor = (65536 + taps / 2) / taps;
    uint16_t *sums = job->sums + thread * row_bytes;
    for (int64_t number = begin; number < end; number++) {
        row_place at = ck_row_place(number, g->out_depth, g->out_height);
        int64_t top = at.h * g->stride_height - g->padding_height, outside = 0;
        memset(sums, 0, (size_t)row_bytes * sizeof(uint16_t));
        for (int64_t h = top; h < top + g->kernel_height; h++)
            if (h < 0 || h >= g->in_height) outside++;
            else add_row(job->x + (at.d * g->in_height + h) * row_bytes, row_bytes, sums);
        uint8_t *row = job->y + number * ck_byte_row(g->out_width, stride);
        ck_set_byte_border(row, g->out_width, channels, stride, job->zero);
        uint32_t padding = (uint32_t)(outside * g->kernel_width * job->zero);
        // Windows side by side whose means lie side by side are one run.
        int64_t run = g->stride_width == 1 && stride == channels ? g->out_width : 1;
        for (int64_t w = 0; w < g->out_width; w += run)
            take_column_means(sums + (1 + w * g->stride_width - g->padding_width) * channels, channels, g->kernel_width,
                              padding, factor, run * channels, row + (1 + w) * stride);
    }
}

int ck_byte_average_pool(const ck_geometry *g, const uint8_t *x, int32_t zero, uint8_t *y, int threads) {
    if (threads < 1) threads = 1;
    byte_pool_job job = {g, x, 0, 0, zero, y, NULL};
    job.sums = malloc((size_t)(threads * ck_byte_row(g->in_width, g->in_channels)) * sizeof(uint16_t));
    if (!job.sums) return CK_OUT_OF_MEMORY;
    ck_parallel(g->out_depth * g->out_height, threads, pool_means, &job);
    free(job.sums);
    return CK_OK;
}

void ck_byte_means(const uint8_t *x, int64_t pictures, int64_t height, int64_t width, int64_t channels, float scale,
                   int32_t zero, float *y) {
    int64_t row_bytes = ck_byte_row(width, channels), places = height * width;
    for (int64_t n = 0; n < pictures; n++)
        for (int64_t c = 0; c < channels; c++) {
            int64_t sum = -places * zero;
            for (int64_t h = 0; h < height; h++)
                for (int64_t w = 1; w <= width; w++) sum += x[(n * height + h) * row_bytes + w * channels + c];
            y[n * channels + c] = (float)sum * scale / (float)places;
        }
}
