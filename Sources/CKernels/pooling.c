#include <string.h>

#include "parallel.h"
#include "rows.h"
#include "vectorized.h"

typedef struct {
    const ck_geometry *g;
    const float *in;
    float *out;
    uint8_t *taps;
    int max;
} pool_job;

/// The offset of the input position under a tap of output position w of a row, or -1 in the padding.
static int64_t input_offset(const ck_geometry *g, row_place at, int64_t w, int64_t tap) {
    int64_t kw = tap % g->kernel_width, kh = tap / g->kernel_width % g->kernel_height;
    int64_t kd = tap / g->kernel_width / g->kernel_height;
    int64_t id = at.d * g->stride_depth + kd - g->padding_depth, ih = at.h * g->stride_height + kh - g->padding_height,
            iw = w * g->stride_width + kw - g->padding_width;
    if (id < 0 || id >= g->in_depth || ih < 0 || ih >= g->in_height || iw < 0 || iw >= g->in_width) return -1;
    return (((at.n * g->in_depth + id) * g->in_height + ih) * g->in_width + iw) * g->in_channels;
}

CK_VECTORIZED static void take_larger(const float *restrict x, uint8_t tap, int first, int64_t channels,
                                      float *restrict y, uint8_t *restrict taps) {
    for (int64_t c = 0; c < channels; c++) {
        int larger = first || x[c] > y[c];
        y[c] = larger ? x[c] : y[c];
        taps[c] = larger ? tap : taps[c];
    }
}

CK_VECTORIZED static void add_scaled(const float *restrict x, float factor, int64_t channels, float *restrict y) {
    for (int64_t c = 0; c < channels; c++) y[c] += x[c] * factor;
}

static void pool_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const pool_job *job = context;
    const ck_geometry *g = job->g;
    int64_t taps = g->kernel_depth * g->kernel_height * g->kernel_width, channels = g->in_channels;
    for (int64_t row = begin; row < end; row++) {
        row_place place = ck_row_place(row, g->out_depth, g->out_height);
        for (int64_t w = 0; w < g->out_width; w++) {
            int64_t at = (row * g->out_width + w) * channels;
            int first = 1;
            if (!job->max) memset(job->out + at, 0, (size_t)channels * sizeof(float));
            for (int64_t tap = 0; tap < taps; tap++) {
                int64_t offset = input_offset(g, place, w, tap);
                if (offset < 0) continue;
                if (job->max)
                    take_larger(job->in + offset, (uint8_t)tap, first, channels, job->out + at, job->taps + at);
                else
                    add_scaled(job->in + offset, 1.0f / (float)taps, channels, job->out + at);
                first = 0;
            }
        }
    }
}

void ck_max_pool(const ck_geometry *g, const float *x, float *y, uint8_t *taps, int threads) {
    pool_job job = {g, x, y, taps, 1};
    ck_parallel(g->batch * g->out_depth * g->out_height, threads, pool_rows, &job);
}

void ck_average_pool(const ck_geometry *g, const float *x, float *y, int threads) {
    pool_job job = {g, x, y, NULL, 0};
    ck_parallel(g->batch * g->out_depth * g->out_height, threads, pool_rows, &job);
}

/// Windows may overlap, so a whole picture of the batch belongs to one thread.
static void scatter_pictures(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const pool_job *job = context;
    const ck_geometry *g = job->g;
    int64_t taps = g->kernel_depth * g->kernel_height * g->kernel_width, channels = g->in_channels;
    int64_t in_floats = g->in_depth * g->in_height * g->in_width * channels;
    memset(job->out + begin * in_floats, 0, (size_t)((end - begin) * in_floats) * sizeof(float));
    for (int64_t row = begin * g->out_depth * g->out_height; row < end * g->out_depth * g->out_height; row++) {
        row_place place = ck_row_place(row, g->out_depth, g->out_height);
        for (int64_t w = 0; w < g->out_width; w++) {
            int64_t at = (row * g->out_width + w) * channels;
            for (int64_t tap = 0; tap < taps; tap++) {
                int64_t offset = input_offset(g, place, w, tap);
                if (offset < 0) continue;
                if (!job->max) {
                    add_scaled(job->in + at, 1.0f / (float)taps, channels, job->out + offset);
                    continue;
                }
                for (int64_t c = 0; c < channels; c++)
                    if (job->taps[at + c] == tap) job->out[offset + c] += job->in[at + c];
            }
        }
    }
}

CK_VECTORIZED static void select_tap(const float *restrict gy, const uint8_t *restrict taps, uint8_t tap,
                                     int64_t channels, float *restrict gx) {
    for (int64_t c = 0; c < channels; c++) gx[c] = taps[c] == tap ? gy[c] : 0;
}

/// Windows that tile the input exactly: every input position is written once, whichever thread does it.
static void scatter_tiling_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const pool_job *job = context;
    const ck_geometry *g = job->g;
    int64_t taps = g->kernel_depth * g->kernel_height * g->kernel_width, channels = g->in_channels;
    for (int64_t row = begin; row < end; row++) {
        row_place place = ck_row_place(row, g->out_depth, g->out_height);
        for (int64_t w = 0; w < g->out_width; w++) {
            int64_t at = (row * g->out_width + w) * channels;
            for (int64_t tap = 0; tap < taps; tap++)
                select_tap(job->in + at, job->taps + at, (uint8_t)tap, channels,
                           job->out + input_offset(g, place, w, tap));
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
    pool_job job = {g, gy, gx, (uint8_t *)taps, 1};
    if (tiles_exactly(g)) ck_parallel(g->batch * g->out_depth * g->out_height, threads, scatter_tiling_rows, &job);
    else ck_parallel(g->batch, threads, scatter_pictures, &job);
}

void ck_average_pool_gradient(const ck_geometry *g, const float *gy, float *gx, int threads) {
    pool_job job = {g, gy, gx, NULL, 0};
    ck_parallel(g->batch, threads, scatter_pictures, &job);
}
