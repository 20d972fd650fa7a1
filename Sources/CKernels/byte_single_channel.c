#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "parallel.h"
#include "CProcessor.h"

// Turned round as in single_channel.c: an input row is convolved in width with all rows of taps at once, one column for
// each, and the columns are added to the output rows that the input row is a tap of.

enum { STRIP_ROWS = 16 };  // output rows that one part of the work owns

int ck_carries_byte_single_channel_convolution(const ck_geometry *g) {
    return g->batch == 1 && g->out_channels == 1 && g->stride_depth == 1 && g->stride_height == 1 &&
           g->stride_width == 1 && g->padding_width <= 1 &&
           g->kernel_depth * g->kernel_height <= CK_MOST_BYTE_CHANNELS &&
           g->out_width - g->padding_width + g->kernel_width - 1 <= g->in_width + 1;
}

typedef struct {
    const ck_byte_tiles *tiles;
    const ck_geometry *g;
    const uint8_t *x;
    const ck_byte_layer *layer;
    int64_t columns;
    const float *table;    // its middle
    int32_t reach;
    float *y;
    int32_t *products;     // [threads, oW, columns]
    int32_t *sums;         // [threads, oD, STRIP_ROWS, oW]
} single_channel_job;

CP_VECTORIZED static void add_column(const int32_t *restrict column, int64_t columns, int64_t count,
                                     int32_t *restrict y) {
    for (int64_t w = 0; w < count; w++) y[w] += column[w * columns];
}

/// Adds what one input row gives to the output rows of a strip.
static void scatter_row(const single_channel_job *job, row_place in, int64_t begin, int64_t end,
                        const int32_t *products, int32_t *sums) {
    const ck_geometry *g = job->g;
    for (int64_t kd = 0; kd < g->kernel_depth; kd++) {
        int64_t d = in.d + g->padding_depth - kd;
        if (d < 0 || d >= g->out_depth) continue;
        for (int64_t kh = 0; kh < g->kernel_height; kh++) {
            int64_t h = in.h + g->padding_height - kh;
            if (h < begin || h >= end) continue;
            add_column(products + kd * g->kernel_height + kh, job->columns, g->out_width,
                       sums + (d * STRIP_ROWS + h - begin) * g->out_width);
        }
    }
}

static void multiply_row(const single_channel_job *job, row_place in, int32_t *products) {
    const ck_geometry *g = job->g;
    byte_row_job row = {.pairs = 1, .step = g->in_channels, .groups = ck_groups(g->kernel_width, g->in_channels),
                        .products = ck_column_products(g), .positions = g->out_width, .out_channels = job->columns,
                        .sums = products,
                        .out_stride = job->columns};
    row.rows[0] = job->x + (in.d * g->in_height + in.h) * ck_byte_row(g->in_width, g->in_channels) +
                  (1 - g->padding_width) * g->in_channels;
    row.weights[0] = job->layer->weights;
    row.offsets[0] = job->layer->offsets;
    ck_convolve_byte_row(job->tiles, &row);
}

CP_VECTORIZED static void look_up(const int32_t *restrict sums, int64_t count, float factor, int32_t reach,
                                  const float *restrict table, float *restrict y) {
    for (int64_t i = 0; i < count; i++) {
        float index = (float)sums[i] * factor;
        index = index > (float)-reach ? index : (float)-reach;
        index = index < (float)reach ? index : (float)reach;
        union {
            float value;
            int32_t bits;
        } rounded = {index + CK_ROUNDING}, rounding = {CK_ROUNDING};
        y[i] = table[rounded.bits - rounding.bits];
    }
}

static void convolve_strip(const single_channel_job *job, int64_t begin, int64_t end, int32_t *products,
                           int32_t *sums) {
    const ck_geometry *g = job->g;
    int64_t row_numbers = STRIP_ROWS * g->out_width;
    for (int64_t i = 0; i < g->out_depth * row_numbers; i++) sums[i] = job->layer->shift[0];
    int64_t from = begin - g->padding_height, to = end - 1 - g->padding_height + g->kernel_height;
    int64_t from_d = -g->padding_depth, to_d = g->out_depth - 1 - g->padding_depth + g->kernel_depth;
    for (int64_t d = from_d < 0 ? 0 : from_d; d < ck_smaller(to_d, g->in_depth); d++)
        for (int64_t h = from < 0 ? 0 : from; h < ck_smaller(to, g->in_height); h++) {
            multiply_row(job, (row_place){0, d, h}, products);
            scatter_row(job, (row_place){0, d, h}, begin, end, products, sums);
        }
    for (int64_t d = 0; d < g->out_depth; d++)
        look_up(sums + d * row_numbers, (end - begin) * g->out_width, job->layer->factor[0], job->reach, job->table,
                job->y + (d * g->out_height + begin) * g->out_width);
}

static void convolve_strips(void *context, int64_t first, int64_t last, int thread) {
    const single_channel_job *job = context;
    const ck_geometry *g = job->g;
    int32_t *products = job->products + thread * g->out_width * job->columns;
    int32_t *sums = job->sums + thread * g->out_depth * STRIP_ROWS * g->out_width;
    for (int64_t strip = first; strip < last; strip++)
        convolve_strip(job, strip * STRIP_ROWS, ck_smaller((strip + 1) * STRIP_ROWS, g->out_height), products, sums);
}

int ck_byte_single_channel_convolution(const ck_geometry *g, const uint8_t *x, const ck_byte_layer *layer,
                                       const float *table, int32_t reach, float *y, int threads) {
    if (threads < 1) threads = 1;
    int64_t columns = ck_byte_offsets(g, 0);
    int64_t product_numbers = threads * g->out_width * columns;
    int64_t sum_numbers = threads * g->out_depth * STRIP_ROWS * g->out_width;
    int32_t *scratch = malloc((size_t)(product_numbers + sum_numbers) * sizeof(int32_t));
    if (!scratch) return CK_OUT_OF_MEMORY;
    single_channel_job job = {ck_best_byte_tiles(), g, x, layer, columns, table + reach, reach, y, scratch,
                              scratch + product_numbers};
    ck_parallel((g->out_height + STRIP_ROWS - 1) / STRIP_ROWS, threads, convolve_strips, &job);
    free(scratch);
    return CK_OK;
}
