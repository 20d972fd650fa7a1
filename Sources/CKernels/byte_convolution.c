#include <stdlib.h>

#include "bytes.h"
#include "parallel.h"

int ck_carries_byte_convolution(const ck_geometry *g) {
    return g->batch == 1 && g->out_channels % 16 == 0 && g->out_channels <= CK_MOST_BYTE_CHANNELS &&
           g->kernel_depth * g->kernel_height <= CK_MAX_ROWS && g->padding_width <= 1 &&
           (g->out_width - 1) * g->stride_width - g->padding_width + g->kernel_width <= g->in_width + 1;
}

typedef struct {
    const ck_byte_tiles *tiles;
    const ck_geometry *g;
    const uint8_t *x;
    const ck_byte_layer *layer;
    uint8_t *y;
    const int64_t *pool;  // window of the max pooling that follows, or null
    uint8_t *rows;        // one unpooled row per thread
} byte_convolution_job;

/// The input rows and weights of an output row.
static void gather_rows(const byte_convolution_job *c, row_place at, byte_row_job *job) {
    const ck_geometry *g = c->g;
    int64_t weights = ck_groups(g->kernel_width, g->in_channels) * g->out_channels * 4;
    int64_t row_bytes = ck_byte_row(g->in_width, g->in_channels);
    ck_row_pairs pairs = ck_pairs_of_output(g, at);
    job->pairs = pairs.count;
    for (int i = 0; i < pairs.count; i++) {
        job->rows[i] = c->x + pairs.row[i] * row_bytes + (1 - g->padding_width) * g->in_channels;
        job->weights[i] = c->layer->weights + pairs.kernel[i] * weights;
        job->offsets[i] = c->layer->offsets + pairs.kernel[i] * g->out_channels;
    }
}

/// What all rows share.
static void begin_rows(const byte_convolution_job *c, byte_row_job *job) {
    const ck_geometry *g = c->g;
    job->step = g->stride_width * g->in_channels;
    job->groups = ck_groups(g->kernel_width, g->in_channels);
    job->products = ck_forward_products(g);
    job->positions = g->out_width;
    job->out_channels = g->out_channels;
    job->sums = NULL;
    job->out_stride = ck_out_stride(g);
    job->layer = c->layer;
}

static void set_borders(const byte_convolution_job *c, int64_t begin, int64_t end) {
    const ck_geometry *g = c->g;
    int64_t stride = ck_out_stride(g);
    for (int64_t number = begin; number < end; number++)
        ck_set_byte_border(c->y + number * ck_byte_row(g->out_width, stride), g->out_width, g->out_channels, stride,
                           c->layer->zero);
}

/// How many rows from `number` on are computed as one long row, by kernels that take whole rows. Where windows move by one
/// position, the windows of a row, of the columns of the border behind it and of the next row follow each other in memory; what
/// comes of the border is set again afterwards.
static int64_t rows_together(const byte_convolution_job *c, int64_t number, int64_t end) {
    const ck_geometry *g = c->g;
    row_place at = ck_row_place(number, g->out_depth, g->out_height);
    int64_t last = g->in_height + g->padding_height - g->kernel_height;  // that sees all rows of taps
    if (!c->tiles->row[0] || g->stride_height != 1 || g->stride_width != 1 || g->in_width != g->out_width ||
        at.h < g->padding_height || at.h >= last)
        return 1;
    return ck_smaller(end - number, last + 1 - at.h);
}

/// Rows of a part, one block of channels after the other: a block's weights stay in the first cache from row to row.
static void convolve_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const byte_convolution_job *c = context;
    const ck_geometry *g = c->g;
    int64_t stride = ck_out_stride(g), row_bytes = ck_byte_row(g->out_width, stride), left = g->out_channels / c->tiles->lanes;
    byte_row_job job;
    begin_rows(c, &job);
    for (int64_t channel = 0, vectors; left > 0; channel += vectors * c->tiles->lanes, left -= vectors) {
        vectors = ck_block_vectors(c->tiles, left, job.products);
        for (int64_t number = begin, together; number < end; number += together) {
            together = rows_together(c, number, end);
            job.bytes = c->y + number * row_bytes + stride;
            job.positions = g->out_width + (together - 1) * (g->out_width + 2);
            gather_rows(c, ck_row_place(number, g->out_depth, g->out_height), &job);
            ck_convolve_byte_block(c->tiles, &job, channel, (int)vectors);
        }
    }
    set_borders(c, begin, end);
}

/// A convolution of single taps knows no rows: those of a part are one, with the columns of the border, which are set again
/// afterwards.
static void convolve_joined_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const byte_convolution_job *c = context;
    const ck_geometry *g = c->g;
    int64_t stride = ck_out_stride(g), row_bytes = ck_byte_row(g->out_width, stride);
    byte_row_job job;
    begin_rows(c, &job);
    job.bytes = c->y + begin * row_bytes;
    job.positions = (end - begin) * (g->out_width + 2);
    job.pairs = 1;
    job.rows[0] = c->x + begin * ck_byte_row(g->in_width, g->in_channels);
    job.weights[0] = c->layer->weights;
    job.offsets[0] = c->layer->offsets;
    ck_convolve_byte_row(c->tiles, &job);
    set_borders(c, begin, end);
}

static void convolve_pooled_rows(void *context, int64_t begin, int64_t end, int thread) {
    const byte_convolution_job *c = context;
    const ck_geometry *g = c->g;
    const int64_t *pool = c->pool;
    int64_t height = g->out_height / pool[1], depth = g->out_depth / pool[0], width = g->out_width / pool[2];
    uint8_t *unpooled = c->rows + thread * g->out_width * g->out_channels;
    byte_row_job job;
    begin_rows(c, &job);
    job.bytes = unpooled;
    for (int64_t number = begin; number < end; number++) {
        row_place at = ck_row_place(number, depth, height);
        uint8_t *y = c->y + number * ck_byte_row(width, g->out_channels);
        ck_set_byte_border(y, width, g->out_channels, g->out_channels, c->layer->zero);
        for (int64_t i = 0; i < pool[0] * pool[1]; i++) {
            gather_rows(c, (row_place){0, at.d * pool[0] + i / pool[1], at.h * pool[1] + i % pool[1]}, &job);
            ck_convolve_byte_row(c->tiles, &job);
            c->tiles->pool_row(unpooled, width, pool[2], g->out_channels, i == 0, y + g->out_channels);
        }
    }
}

int ck_byte_convolution(const ck_geometry *g, const uint8_t *x, const ck_byte_layer *layer, const int64_t pool[3],
                        uint8_t *y, int threads) {
    if (threads < 1) threads = 1;
    byte_convolution_job job = {ck_best_byte_tiles(), g, x, layer, y, pool, NULL};
    if (!pool) {
        ck_parallel(g->out_depth * g->out_height, threads, ck_has_single_taps(g) ? convolve_joined_rows : convolve_rows, &job);
        return CK_OK;
    }
    job.rows = malloc((size_t)(threads * g->out_width * g->out_channels));
    if (!job.rows) return CK_OUT_OF_MEMORY;
    ck_parallel(g->out_depth / pool[0] * (g->out_height / pool[1]), threads, convolve_pooled_rows, &job);
    free(job.rows);
    return CK_OK;
}
