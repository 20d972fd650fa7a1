#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "rows.h"
#include "winograd.h"
#include "CProcessor.h"

// A convolution to one channel leaves the register tiles nothing to hold: the tile is one column wide. So it is turned
// round. Each input row is convolved in width with the taps of all rows of the kernel at once, one column for each, so that
// it is read once; the columns are then added to the output rows that the input row is a tap of. In width it goes by
// Winograd's F(4, 3), which costs half of the products.

enum { FEWEST_STRIP_ROWS = 16 };  // output rows that one part of the work owns

int ck_carries_single_channel_convolution(const ck_geometry *g) {
    return g->out_channels == 1 && g->in_channels % LANES == 0 && g->kernel_width == TAPS && g->stride_depth == 1 &&
           g->stride_height == 1 && g->stride_width == 1;
}

typedef struct {
    const ck_tiles *kernels;
    const ck_geometry *g;
    const float *x;
    const float *weights;  // [INPUTS, iC, columns]: a column for each (kd, kh), then zeros
    int64_t columns, tiles;
    float shift;
    float *y;
    int64_t strip_rows;
    float *scratch;        // for each thread values[INPUTS, tiles, iC], sums[INPUTS, tiles, columns] and products[oW, columns],
                           // oW being that of whole tiles
    int64_t value_floats, sum_floats, scratch_floats;
} single_channel_job;

/// transformed[INPUTS, iC, columns] from w[kD, kH, 3, iC].
CP_VECTORIZED static void transform_weights(const ck_geometry *g, const float *w, int64_t columns, float *transformed) {
    int64_t rows = g->kernel_depth * g->kernel_height;
    for (int64_t channel = 0; channel < g->in_channels; channel++)
        for (int64_t first = 0; first < columns; first += WEIGHTS) {
            wide taps[TAPS] = {0}, points[INPUTS];
            for (int64_t row = first; row < ck_smaller(first + WEIGHTS, rows); row++)
                for (int tap = 0; tap < TAPS; tap++) taps[tap][row - first] = w[(row * TAPS + tap) * g->in_channels + channel];
            ck_transform_taps(taps, 1, points, 1);
            for (int p = 0; p < INPUTS; p++)
                *(narrow *)(transformed + (p * g->in_channels + channel) * columns + first) =
                    __builtin_convertvector(points[p], narrow);
        }
}

/// values[INPUTS, tiles, iC] of one input row; beyond it are zeros.
CP_VECTORIZED static void transform_row(const single_channel_job *job, const float *row, float *values) {
    const ck_geometry *g = job->g;
    int64_t channels = g->in_channels, point_step = job->tiles * channels;
    for (int64_t tile = 0; tile < job->tiles; tile++) {
        int64_t first = tile * OUTPUTS - g->padding_width;
        int64_t left = first < 0 ? ck_smaller(-first, INPUTS) : 0, right = ck_smaller(INPUTS, g->in_width - first);
        int is_inside = left == 0 && right == INPUTS;
        float inputs[INPUTS * LANES];
        if (!is_inside) memset(inputs, 0, sizeof(inputs));
        for (int64_t channel = 0; channel < channels; channel += LANES) {
            if (!is_inside)
                for (int64_t i = left; i < right; i++)
                    STORE(inputs + i * LANES, LOAD(row + (first + i) * channels + channel));
            ck_transform_inputs(is_inside ? row + first * channels + channel : inputs, is_inside ? channels : LANES,
                                values + tile * channels + channel, point_step);
        }
    }
}

/// products[oW, columns] from their sums.
CP_VECTORIZED static void finish_row(const single_channel_job *job, const float *sums, float *products) {
    int64_t columns = job->columns;
    for (int64_t tile = 0; tile < job->tiles; tile++)
        for (int64_t column = 0; column < columns; column += LANES)
            ck_transform_sums(sums + tile * columns + column, job->tiles * columns,
                              products + tile * OUTPUTS * columns + column, columns);
}

/// Fetches one of INPUTS parts of a row. The next row is mostly in no cache: it comes while there is something else to do.
static void fetch_part(const float *row, int64_t part, int64_t floats) {
    const char *from = (const char *)(row + floats * part / INPUTS), *to = (const char *)(row + floats * (part + 1) / INPUTS);
    for (; from < to; from += LINE_BYTES) __builtin_prefetch(from, 0, 2);
}

static void multiply_row(const single_channel_job *job, row_place in, float *values, float *sums, float *products) {
    const ck_geometry *g = job->g;
    int64_t channels = g->in_channels, columns = job->columns;
    int64_t row_floats = g->in_width * channels;
    const float *row = job->x + ((in.n * g->in_depth + in.d) * g->in_height + in.h) * row_floats;
    int is_last = in.n == g->batch - 1 && in.d == g->in_depth - 1 && in.h == g->in_height - 1;
    transform_row(job, row, values);
    ck_tile tile = {.rows = 1, .k = channels, .lda = channels, .ldb = columns, .ldc = columns};
    for (int64_t point = 0; point < INPUTS; point++) {
        const float *inputs = values + point * job->tiles * channels, *weights = job->weights + point * channels * columns;
        ck_multiply_tiles(job->kernels, &tile, columns, job->tiles, &inputs, &weights, sums + point * job->tiles * columns);
        if (!is_last) fetch_part(row + row_floats, point, row_floats);
    }
    finish_row(job, sums, products);
}

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

static void convolve_strip(const single_channel_job *job, int64_t n, int64_t begin, int64_t end, float *values) {
    const ck_geometry *g = job->g;
    float *sums = values + job->value_floats, *products = sums + job->sum_floats;
    for (int64_t d = 0; d < g->out_depth; d++)
        for (int64_t i = begin * g->out_width; i < end * g->out_width; i++)
            job->y[(n * g->out_depth + d) * g->out_height * g->out_width + i] = job->shift;
    int64_t from = begin - g->padding_height, to = end - 1 - g->padding_height + g->kernel_height;
    int64_t from_d = -g->padding_depth, to_d = g->out_depth - 1 - g->padding_depth + g->kernel_depth;
    for (int64_t d = from_d < 0 ? 0 : from_d; d < ck_smaller(to_d, g->in_depth); d++)
        for (int64_t h = from < 0 ? 0 : from; h < ck_smaller(to, g->in_height); h++) {
            multiply_row(job, (row_place){n, d, h}, values, sums, products);
            scatter_row(job, (row_place){n, d, h}, begin, end, products);
        }
}

static int64_t strips_of_picture(const single_channel_job *job) {
    return (job->g->out_height + job->strip_rows - 1) / job->strip_rows;
}

static void convolve_strips(void *context, int64_t first, int64_t last, int thread) {
    const single_channel_job *job = context;
    int64_t strips = strips_of_picture(job);
    for (int64_t strip = first; strip < last; strip++) {
        int64_t begin = strip % strips * job->strip_rows;
        convolve_strip(job, strip / strips, begin, ck_smaller(begin + job->strip_rows, job->g->out_height),
                       job->scratch + thread * job->scratch_floats);
    }
}

/// Strips see each other's rows, those of the kernel less one: there is one for each thread.
static int64_t rows_of_strip(const ck_geometry *g, int threads) {
    int64_t rows = (g->out_height + threads - 1) / threads;
    return rows < FEWEST_STRIP_ROWS ? FEWEST_STRIP_ROWS : rows;
}

int ck_single_channel_convolution(const ck_geometry *g, const float *x, const float *w, float shift, float *y,
                                  int threads) {
    if (threads < 1) threads = 1;
    int64_t columns = (g->kernel_depth * g->kernel_height + LANES - 1) / LANES * LANES;
    int64_t tiles = (g->out_width + OUTPUTS - 1) / OUTPUTS, weight_floats = INPUTS * g->in_channels * columns;
    single_channel_job job = {.kernels = ck_best_tiles(), .g = g, .x = x, .columns = columns, .tiles = tiles, .shift = shift,
                              .y = y, .strip_rows = rows_of_strip(g, threads),
                              .value_floats = INPUTS * tiles * g->in_channels, .sum_floats = INPUTS * tiles * columns};
    job.scratch_floats = job.value_floats + job.sum_floats + tiles * OUTPUTS * columns;
    float *weights = aligned_alloc(64, (size_t)(weight_floats + threads * job.scratch_floats) * sizeof(float));
    if (!weights) return CK_OUT_OF_MEMORY;
    transform_weights(g, w, columns, weights);
    job.weights = weights;
    job.scratch = weights + weight_floats;
    ck_parallel(g->batch * strips_of_picture(&job), threads, convolve_strips, &job);
    free(weights);
    return CK_OK;
}
