#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "rows.h"

// A convolution to one channel leaves the register tiles nothing to hold: the tile is one column wide. So it is turned
// round. Each input row is convolved in width with the taps of all rows of the kernel at once, one column for each, so that
// it is read once; the columns are then added to the output rows that the input row is a tap of.

enum { STRIP_ROWS = 16 };  // output rows that one part of the work owns

int ck_carries_single_channel_convolution(const ck_geometry *g) {
    return g->out_channels == 1 && g->in_channels % 16 == 0 && g->stride_depth == 1 && g->stride_height == 1 &&
           g->stride_width == 1 && ck_strip_fits(1, g->kernel_width, g->in_channels);
}

typedef struct {
    const ck_tiles *tiles;
    const ck_geometry *g;
    const float *x;
    const float *weights;  // [kW * iC, columns]: a column for each (kd, kh), then zeros
    int64_t columns;
    float shift;
    float *y;
    float *products;       // [threads, oW, columns]
} single_channel_job;

/// Adds what one input row gives to the output rows of a strip.
static void scatter_row(const single_channel_job *job, row_place in, int64_t strip_begin, int64_t strip_end,
                        const float *products) {
    const ck_geometry *g = job->g;
    for (int64_t kd = 0; kd < g->kernel_depth; kd++) {
        int64_t d = in.d + g->padding_depth - kd;
        if (d < 0 || d >= g->out_depth) continue;
        for (int64_t kh = 0; kh < g->kernel_height; kh++) {
            int64_t h = in.h + g->padding_height - kh;
            if (h < strip_begin || h >= strip_end) continue;
            const float *column = products + kd * g->kernel_height + kh;
            float *y = job->y + ((in.n * g->out_depth + d) * g->out_height + h) * g->out_width;
            for (int64_t w = 0; w < g->out_width; w++) y[w] += column[w * job->columns];
        }
    }
}

static void multiply_row(const single_channel_job *job, row_place in, float *products) {
    const ck_geometry *g = job->g;
    row_job row = {.pairs = 1, .width = g->in_width, .channels = g->in_channels, .taps = g->kernel_width,
                   .first = -g->padding_width, .step = 1, .positions = g->out_width, .out_channels = job->columns, .out = products,
                   .out_stride = job->columns, .epilogue = {NULL, 1}};
    row.rows[0] = job->x + ((in.n * g->in_depth + in.d) * g->in_height + in.h) * g->in_width * g->in_channels;
    row.weights[0] = job->weights;
    ck_convolve_row(job->tiles, &row);
}

static void convolve_strip(const single_channel_job *job, int64_t n, int64_t begin, int64_t end, float *products) {
    const ck_geometry *g = job->g;
    for (int64_t d = 0; d < g->out_depth; d++)
        for (int64_t i = begin * g->out_width; i < end * g->out_width; i++)
            job->y[(n * g->out_depth + d) * g->out_height * g->out_width + i] = job->shift;
    int64_t from = begin - g->padding_height, to = end - 1 - g->padding_height + g->kernel_height;
    int64_t from_d = -g->padding_depth, to_d = g->out_depth - 1 - g->padding_depth + g->kernel_depth;
    for (int64_t d = from_d < 0 ? 0 : from_d; d < ck_smaller(to_d, g->in_depth); d++)
        for (int64_t h = from < 0 ? 0 : from; h < ck_smaller(to, g->in_height); h++) {
            multiply_row(job, (row_place){n, d, h}, products);
            scatter_row(job, (row_place){n, d, h}, begin, end, products);
        }
}

static void convolve_strips(void *context, int64_t first, int64_t last, int thread) {
    const single_channel_job *job = context;
    const ck_geometry *g = job->g;
    int64_t strips = (g->out_height + STRIP_ROWS - 1) / STRIP_ROWS;
    float *products = job->products + thread * g->out_width * job->columns;
    for (int64_t strip = first; strip < last; strip++) {
        int64_t begin = strip % strips * STRIP_ROWS;
        convolve_strip(job, strip / strips, begin, ck_smaller(begin + STRIP_ROWS, g->out_height), products);
    }
}

int ck_single_channel_convolution(const ck_geometry *g, const float *x, const float *w, float shift, float *y,
                                  int threads) {
    if (threads < 1) threads = 1;
    int64_t rows = g->kernel_depth * g->kernel_height, taps = g->kernel_width * g->in_channels;
    int64_t columns = (rows + 15) / 16 * 16, weight_floats = taps * columns;
    int64_t product_floats = threads * g->out_width * columns;
    float *scratch = aligned_alloc(64, ((size_t)(weight_floats + product_floats) * sizeof(float) + 63) / 64 * 64);
    if (!scratch) return CK_OUT_OF_MEMORY;
    memset(scratch, 0, (size_t)weight_floats * sizeof(float));
    for (int64_t row = 0; row < rows; row++)
        for (int64_t tap = 0; tap < taps; tap++) scratch[tap * columns + row] = w[row * taps + tap];
    single_channel_job job = {ck_best_tiles(), g, x, scratch, columns, shift, y, scratch + weight_floats};
    ck_parallel(g->batch * ((g->out_height + STRIP_ROWS - 1) / STRIP_ROWS), threads, convolve_strips, &job);
    free(scratch);
    return CK_OK;
}
