#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "rows.h"
#include "CProcessor.h"

typedef struct {
    const ck_geometry *g;
    const float *in;
    float *out;
    uint8_t *taps;
    int max;
    float *sums;  // one row per thread, with a column of zeros at either side
} pool_job;

/// The part of a window that lies inside the input: where each tap reads, and its number.
typedef struct {
    int64_t count;
    int64_t offsets[256];
    uint8_t taps[256];
} window_part;

/// The window of output position w of a row.
static void find_window(const ck_geometry *g, row_place at, int64_t w, window_part *window) {
    int64_t depth = at.d * g->stride_depth - g->padding_depth, height = at.h * g->stride_height - g->padding_height,
            width = w * g->stride_width - g->padding_width, tap = 0;
    window->count = 0;
    for (int64_t d = depth; d < depth + g->kernel_depth; d++)
        for (int64_t h = height; h < height + g->kernel_height; h++)
            for (int64_t i = width; i < width + g->kernel_width; i++, tap++) {
                if (d < 0 || d >= g->in_depth || h < 0 || h >= g->in_height || i < 0 || i >= g->in_width) continue;
                window->offsets[window->count] =
                    (((at.n * g->in_depth + d) * g->in_height + h) * g->in_width + i) * g->in_channels;
                window->taps[window->count++] = (uint8_t)tap;
            }
}

enum { LANES = 16 };

/// The first of the largest values of a window, for up to `LANES` channels.
static inline __attribute__((always_inline)) void take_largest(const float *restrict x, const window_part *window,
                                                               int64_t lanes, float *restrict y,
                                                               uint8_t *restrict taps) {
    float largest[LANES];
    int32_t which[LANES];
    for (int64_t c = 0; c < lanes; c++) {
        largest[c] = x[window->offsets[0] + c];
        which[c] = window->taps[0];
    }
    for (int64_t i = 1; i < window->count; i++) {
        const float *from = x + window->offsets[i];
        int32_t tap = window->taps[i];
        for (int64_t c = 0; c < lanes; c++) {
            int larger = from[c] > largest[c];
            largest[c] = larger ? from[c] : largest[c];
            which[c] = larger ? tap : which[c];
        }
    }
    for (int64_t c = 0; c < lanes; c++) {
        y[c] = largest[c];
        if (taps) taps[c] = (uint8_t)which[c];
    }
}

CP_VECTORIZED static void take_largest_row(const float *restrict x, const window_part *window, int64_t channels,
                                           float *restrict y, uint8_t *restrict taps) {
    int64_t c = 0;
    for (; c + LANES <= channels; c += LANES)
        if (taps) take_largest(x + c, window, LANES, y + c, taps + c);
        else take_largest(x + c, window, LANES, y + c, NULL);
    if (c < channels) take_largest(x + c, window, channels - c, y + c, taps ? taps + c : NULL);
}

/// The sum of a window's values, each times `factor`, for up to `LANES` channels.
static inline __attribute__((always_inline)) void take_sum(const float *restrict x, const window_part *window,
                                                           float factor, int64_t lanes, float *restrict y) {
    float sum[LANES];
    for (int64_t c = 0; c < lanes; c++) sum[c] = 0;
    for (int64_t i = 0; i < window->count; i++)
        for (int64_t c = 0; c < lanes; c++) sum[c] += x[window->offsets[i] + c] * factor;
    for (int64_t c = 0; c < lanes; c++) y[c] = sum[c];
}

CP_VECTORIZED static void take_sum_row(const float *restrict x, const window_part *window, float factor,
                                       int64_t channels, float *restrict y) {
    int64_t c = 0;
    for (; c + LANES <= channels; c += LANES) take_sum(x + c, window, factor, LANES, y + c);
    if (c < channels) take_sum(x + c, window, factor, channels - c, y + c);
}

CP_VECTORIZED static void add_scaled(const float *restrict x, float factor, int64_t channels, float *restrict y) {
    for (int64_t c = 0; c < channels; c++) y[c] += x[c] * factor;
}

static void pool_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const pool_job *job = context;
    const ck_geometry *g = job->g;
    int64_t taps = g->kernel_depth * g->kernel_height * g->kernel_width, channels = g->in_channels;
    window_part window;
    for (int64_t row = begin; row < end; row++) {
        row_place place = ck_row_place(row, g->out_depth, g->out_height);
        for (int64_t w = 0; w < g->out_width; w++) {
            int64_t position = row * g->out_width + w;
            uint8_t *places = job->taps ? job->taps + position * channels : NULL;
            float *out = job->out + position * ck_out_stride(g);
            find_window(g, place, w, &window);
            if (job->max) take_largest_row(job->in, &window, channels, out, places);
            else take_sum_row(job->in, &window, 1.0f / (float)taps, channels, out);
        }
    }
}

void ck_max_pool(const ck_geometry *g, const float *x, float *y, uint8_t *taps, int threads) {
    pool_job job = {.g = g, .in = x, .out = y, .taps = taps, .max = 1};
    ck_parallel(g->batch * g->out_depth * g->out_height, threads, pool_rows, &job);
}

/// Means of windows side by side in width: the sums of columns first, between two borders of zeros.
CP_VECTORIZED static void add_row(const float *restrict row, int64_t count, float *restrict sums) {
    for (int64_t i = 0; i < count; i++) sums[i] += row[i];
}

CP_VECTORIZED static void take_means_of_three(const float *restrict sums, int64_t channels, float factor, int64_t count,
                                              float *restrict y) {
    for (int64_t i = 0; i < count; i++) y[i] = (sums[i] + sums[i + channels] + sums[i + 2 * channels]) * factor;
}

static void average_rows(void *context, int64_t begin, int64_t end, int thread) {
    const pool_job *job = context;
    const ck_geometry *g = job->g;
    int64_t channels = g->in_channels, row_floats = g->in_width * channels;
    float *sums = job->sums + thread * (row_floats + 2 * channels);
    for (int64_t number = begin; number < end; number++) {
        row_place at = ck_row_place(number, g->out_depth, g->out_height);
        memset(sums, 0, (size_t)(row_floats + 2 * channels) * sizeof(float));
        for (int64_t h = at.h - 1; h <= at.h + 1; h++)
            if (h >= 0 && h < g->in_height)
                add_row(job->in + ((at.n * g->in_depth + at.d) * g->in_height + h) * row_floats, row_floats, sums + channels);
        take_means_of_three(sums, channels, 1.0f / 9, row_floats, job->out + number * row_floats);
    }
}

/// Whether windows are of 3×3, side by side, and padded so that the size stays.
static int averages_neighbours(const ck_geometry *g) {
    return g->kernel_depth == 1 && g->kernel_height == 3 && g->kernel_width == 3 && g->stride_depth == 1 &&
           g->stride_height == 1 && g->stride_width == 1 && g->padding_depth == 0 && g->padding_height == 1 &&
           g->padding_width == 1 && g->out_stride == 0;
}

void ck_average_pool(const ck_geometry *g, const float *x, float *y, int threads) {
    if (averages_neighbours(g)) {
        pool_job neighbours = {.g = g, .in = x, .out = y};
        if (threads < 1) threads = 1;
        neighbours.sums = malloc((size_t)(threads * (g->in_width + 2) * g->in_channels) * sizeof(float));
        if (neighbours.sums) {
            ck_parallel(g->batch * g->out_depth * g->out_height, threads, average_rows, &neighbours);
            free(neighbours.sums);
            return;
        }
    }
    pool_job job = {.g = g, .in = x, .out = y};
    ck_parallel(g->batch * g->out_depth * g->out_height, threads, pool_rows, &job);
}

CP_VECTORIZED static void add_selected(const float *restrict gy, const uint8_t *restrict taps, uint8_t tap,
                                       int64_t channels, float *restrict gx) {
    for (int64_t c = 0; c < channels; c++) gx[c] += taps[c] == tap ? gy[c] : 0;
}

/// Windows may overlap, so a whole picture of the batch belongs to one thread.
static void scatter_pictures(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const pool_job *job = context;
    const ck_geometry *g = job->g;
    int64_t taps = g->kernel_depth * g->kernel_height * g->kernel_width, channels = g->in_channels;
    int64_t in_floats = g->in_depth * g->in_height * g->in_width * channels;
    memset(job->out + begin * in_floats, 0, (size_t)((end - begin) * in_floats) * sizeof(float));
    window_part window;
    for (int64_t row = begin * g->out_depth * g->out_height; row < end * g->out_depth * g->out_height; row++) {
        row_place place = ck_row_place(row, g->out_depth, g->out_height);
        for (int64_t w = 0; w < g->out_width; w++) {
            int64_t at = (row * g->out_width + w) * channels;
            find_window(g, place, w, &window);
            for (int64_t i = 0; i < window.count; i++) {
                float *to = job->out + window.offsets[i];
                if (job->max) add_selected(job->in + at, job->taps + at, window.taps[i], channels, to);
                else add_scaled(job->in + at, 1.0f / (float)taps, channels, to);
            }
        }
    }
}

CP_VECTORIZED static void select_tap(const float *restrict gy, const uint8_t *restrict taps, uint8_t tap,
                                     int64_t channels, float *restrict gx) {
    for (int64_t c = 0; c < channels; c++) gx[c] = taps[c] == tap ? gy[c] : 0;
}

/// Windows that tile the input exactly: every input position is written once, whichever thread does it.
static void scatter_tiling_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const pool_job *job = context;
    const ck_geometry *g = job->g;
    int64_t channels = g->in_channels;
    window_part window;
    for (int64_t row = begin; row < end; row++) {
        row_place place = ck_row_place(row, g->out_depth, g->out_height);
        for (int64_t w = 0; w < g->out_width; w++) {
            int64_t at = (row * g->out_width + w) * channels;
            find_window(g, place, w, &window);
            for (int64_t i = 0; i < window.count; i++)
                select_tap(job->in + at, job->taps + at, window.taps[i], channels, job->out + window.offsets[i]);
        }
    }
}

static int tiles_exactly(const ck_geometry *g) {
    return g->padding_depth == 0 && g->padding_height == 0 && g->padding_width == 0 &&
           g->kernel_depth == g->stride_depth && g->kernel_height == g->stride_height &&
           g->kernel_width == g->stride_width && g->out_depth * g->stride_depth == g->in_depth &&
           g->out_height * g->stride_height == g->in_height && g->out_width * g->stride_width == g->in_width;
}

void ck_max_pool_gradient(const ck_geometry *g, const float *gy, const uint8_t *taps, float *gx, int threads) {
    pool_job job = {.g = g, .in = gy, .out = gx, .taps = (uint8_t *)taps, .max = 1};
    if (tiles_exactly(g)) ck_parallel(g->batch * g->out_depth * g->out_height, threads, scatter_tiling_rows, &job);
    else ck_parallel(g->batch, threads, scatter_pictures, &job);
}

void ck_average_pool_gradient(const ck_geometry *g, const float *gy, float *gx, int threads) {
    pool_job job = {.g = g, .in = gy, .out = gx};
    ck_parallel(g->batch, threads, scatter_pictures, &job);
}
