#include <stdlib.h>

#include "parallel.h"
#include "rows.h"
#include "CProcessor.h"

int ck_carries_convolution(const ck_geometry *g) {
    return g->out_channels % 16 == 0 && g->kernel_depth * g->kernel_height <= CK_MAX_ROWS &&
           ck_strip_fits(g->stride_width, g->kernel_width, g->in_channels);
}

typedef struct {
    const ck_tiles *tiles;
    const ck_geometry *g;
    const float *x, *w;
    ck_epilogue epilogue;
    float *y;
    const int64_t *pool;  // window of the max pooling that follows, or null
    float *rows;          // one unpooled row per thread
} convolution_job;

/// The input rows and weights of an output row of a convolution.
static void gather_rows(const ck_geometry *g, const float *x, const float *w, row_place at, row_job *job) {
    ck_row_pairs pairs = ck_pairs_of_output(g, at);
    job->pairs = pairs.count;
    for (int i = 0; i < pairs.count; i++) {
        job->rows[i] = x + pairs.row[i] * g->in_width * g->in_channels;
        job->weights[i] = w + pairs.kernel[i] * g->kernel_width * g->in_channels * g->out_channels;
    }
}

/// An output row of a convolution, written to `out`, whose positions are `stride` floats apart.
static void convolve_row_at(const convolution_job *c, row_place at, float *out, int64_t stride) {
    const ck_geometry *g = c->g;
    row_job job = {.width = g->in_width, .channels = g->in_channels, .taps = g->kernel_width,
                   .first = -g->padding_width, .step = g->stride_width, .positions = g->out_width,
                   .out_channels = g->out_channels, .out_stride = stride, .out = out,
                   .epilogue = c->epilogue};
    gather_rows(g, c->x, c->w, at, &job);
    ck_convolve_row(c->tiles, &job);
}

static void convolve_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const convolution_job *c = context;
    const ck_geometry *g = c->g;
    int64_t stride = ck_out_stride(g);
    for (int64_t number = begin; number < end; number++) {
        row_place at = ck_row_place(number, g->out_depth, g->out_height);
        convolve_row_at(c, at, c->y + number * g->out_width * stride, stride);
    }
}

int ck_convolution(const ck_geometry *g, const float *x, const float *w, ck_epilogue epilogue, float *y, int threads) {
    ck_geometry joined = ck_with_long_rows(g);
    convolution_job job = {ck_best_tiles(), &joined, x, w, epilogue, y, NULL, NULL};
    ck_parallel(joined.batch * joined.out_depth * joined.out_height, threads, convolve_rows, &job);
    return CK_OK;
}

/// Pools one row of positions in width: y = first ? max over the window : max of y and that. Channels are a multiple of 16.
CP_VECTORIZED static void pool_row(const float *restrict row, int64_t positions, int64_t window, int64_t channels,
                                   int first, float *restrict y) {
    enum { LANES = 16 };
    for (int64_t p = 0; p < positions; p++, y += channels, row += window * channels)
        for (int64_t channel = 0; channel < channels; channel += LANES) {
            const float *before = first ? row : y;
            float largest[LANES];
            for (int c = 0; c < LANES; c++) largest[c] = before[channel + c];
            for (int64_t k = 0; k < window; k++)
                for (int c = 0; c < LANES; c++) {
                    float value = row[k * channels + channel + c];
                    largest[c] = value > largest[c] ? value : largest[c];
                }
            for (int c = 0; c < LANES; c++) y[channel + c] = largest[c];
        }
}

static void convolve_pooled_rows(void *context, int64_t begin, int64_t end, int thread) {
    const convolution_job *c = context;
    const ck_geometry *g = c->g;
    const int64_t *pool = c->pool;
    int64_t height = g->out_height / pool[1], depth = g->out_depth / pool[0], width = g->out_width / pool[2];
    float *row_scratch = c->rows + thread * g->out_width * g->out_channels;
    for (int64_t number = begin; number < end; number++) {
        row_place at = ck_row_place(number, depth, height);
        float *y = c->y + number * width * g->out_channels;
        for (int64_t i = 0; i < pool[0] * pool[1]; i++) {
            row_place unpooled = {at.n, at.d * pool[0] + i / pool[1], at.h * pool[1] + i % pool[1]};
            convolve_row_at(c, unpooled, row_scratch, g->out_channels);
            pool_row(row_scratch, width, pool[2], g->out_channels, i == 0, y);
        }
    }
}

int ck_convolution_max_pool(const ck_geometry *g, const float *x, const float *w, ck_epilogue epilogue,
                            const int64_t pool[3], float *y, int threads) {
    if (threads < 1) threads = 1;
    size_t row_floats = (size_t)(g->out_width * g->out_channels);
    float *rows = aligned_alloc(64, ((size_t)threads * row_floats * sizeof(float) + 63) / 64 * 64);
    if (!rows) return CK_OUT_OF_MEMORY;
    convolution_job job = {ck_best_tiles(), g, x, w, epilogue, y, pool, rows};
    int64_t pooled_rows = g->batch * (g->out_depth / pool[0]) * (g->out_height / pool[1]);
    ck_parallel(pooled_rows, threads, convolve_pooled_rows, &job);
    free(rows);
    return CK_OK;
}
