#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "rows.h"

/// Below this many input channels the taps of all rows share register tiles, which needs zero-padded input rows.
enum { FEW_CHANNELS = 8, MAX_TAPS_IN_WIDTH = 16 };

/// The rows are summed in so many parts, which are then added up in order: the result does not depend on the threads.
enum { PARTS = 8 };

int ck_carries_weight_gradient(const ck_geometry *g) {
    return g->out_channels % 16 == 0 && g->padding_depth >= 0 && g->padding_height >= 0 && g->padding_width >= 0 && g->kernel_depth * g->kernel_height <= CK_MAX_ROWS &&
           g->kernel_width <= MAX_TAPS_IN_WIDTH;
}

typedef struct {
    const ck_tiles *tiles;
    const ck_geometry *g;
    const float *x, *gy;
    float *sums;           // [parts, kD * kH * kW * iC, oC]
    float *padded;         // [parts, kD * kH, padded row], for few channels
    int64_t sum_floats, padded_row_floats;
} gradient_job;

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/// Rows of inputs and of output gradients that belong together, from their first valid positions on.
typedef struct {
    int count;
    const float *x[CK_GRADIENT_ROWS], *gy[CK_GRADIENT_ROWS];
} row_group;

void ck_sum_gradients(const ck_tiles *tiles, ck_gradient_tile tile, const float *const *columns, int64_t count,
                      int64_t channels, float *sums) {
    const float *first[CK_GRADIENT_ROWS];
    memcpy(first, tile.b, sizeof first);
    tile.ldg = channels;
    int64_t parts = ck_tile_count(count, tiles->gradient_columns);
    for (int64_t part = 0; part < parts; part++) {
        ck_tile_span span = ck_span_of_tile(part, parts, count);
        tile.columns = span.count;
        memcpy(tile.a, columns + span.first, (size_t)span.count * sizeof *columns);
        for (int64_t channel = 0; channel < channels;) {
            int vectors = ck_vectors_of_tile((channels - channel) / tiles->lanes, tiles->widest);
            for (int r = 0; r < tile.rows; r++) tile.b[r] = first[r] + channel;
            tile.g = sums + span.first * channels + channel;
            tiles->gradient_tile[vectors - 1](&tile);
            channel += vectors * tiles->lanes;
        }
    }
}

/// Adds the products of `count` columns of the group's first input row, and of the others as far from those, with the
/// output gradients to as many rows of `sums`.
static void add_products(const gradient_job *job, const row_group *group, const float *const *columns, int64_t count,
                         int64_t lda, int64_t positions, float *sums) {
    int64_t channels = job->g->out_channels;
    ck_gradient_tile tile = {.rows = group->count, .positions = positions, .lda = lda, .ldb = channels};
    for (int r = 0; r < group->count; r++) {
        tile.row[r] = group->x[r] - group->x[0];
        tile.b[r] = group->gy[r];
    }
    ck_sum_gradients(job->tiles, tile, columns, count, channels, sums);
}

/// One tap of some rows: its valid output positions, against all input channels.
static void add_tap(const gradient_job *job, const row_group *rows, int64_t kw, float *sums) {
    const ck_geometry *g = job->g;
    int64_t offset = kw - g->padding_width;
    int64_t from = offset < 0 ? (-offset + g->stride_width - 1) / g->stride_width : 0;
    int64_t to = ck_smaller(g->out_width, (g->in_width - 1 - offset) / g->stride_width + 1);
    if (rows->count == 0 || g->in_width - 1 - offset < 0 || to <= from) return;
    row_group valid = *rows;
    for (int r = 0; r < rows->count; r++) {
        valid.x[r] += (from * g->stride_width + offset) * g->in_channels;
        valid.gy[r] += from * g->out_channels;
    }
    const float *columns[CK_GRADIENT_COLUMNS_AT_ONCE];
    for (int64_t channel = 0; channel < g->in_channels; channel += CK_GRADIENT_COLUMNS_AT_ONCE) {
        int64_t count = ck_smaller(CK_GRADIENT_COLUMNS_AT_ONCE, g->in_channels - channel);
        for (int64_t j = 0; j < count; j++) columns[j] = valid.x[0] + channel + j;
        add_products(job, &valid, columns, count, g->stride_width * g->in_channels, to - from,
                     sums + channel * g->out_channels);
    }
}

static const float *input_row(const gradient_job *job, int64_t n, int64_t d, int64_t h) {
    const ck_geometry *g = job->g;
    if (d < 0 || d >= g->in_depth || h < 0 || h >= g->in_height) return NULL;
    return job->x + ((n * g->in_depth + d) * g->in_height + h) * g->in_width * g->in_channels;
}

static const float *gradient_row(const gradient_job *job, int64_t row) {
    return job->gy + row * job->g->out_width * job->g->out_channels;
}

static void add_rows_by_taps(const gradient_job *job, int64_t begin, int64_t end, float *sums) {
    const ck_geometry *g = job->g;
    int64_t tap_floats = g->in_channels * g->out_channels;
    for (int64_t kd = 0; kd < g->kernel_depth; kd++)
        for (int64_t kh = 0; kh < g->kernel_height; kh++) {
            row_group group = {.count = 0};
            for (int64_t row = begin; row < end; row++) {
                row_place at = ck_row_place(row, g->out_depth, g->out_height);
                const float *x = input_row(job, at.n, at.d * g->stride_depth + kd - g->padding_depth,
                                           at.h * g->stride_height + kh - g->padding_height);
                if (!x) continue;
                group.x[group.count] = x;
                group.gy[group.count++] = gradient_row(job, row);
            }
            for (int64_t kw = 0; kw < g->kernel_width; kw++)
                add_tap(job, &group, kw, sums + ((kd * g->kernel_height + kh) * g->kernel_width + kw) * tap_floats);
        }
}

static void add_row_at_once(const gradient_job *job, int64_t row_number, float *padded, float *sums) {
    const ck_geometry *g = job->g;
    row_place at = ck_row_place(row_number, g->out_depth, g->out_height);
    const float *columns[CK_MAX_ROWS * FEW_CHANNELS * MAX_TAPS_IN_WIDTH];
    int64_t count = 0, row_floats = g->in_width * g->in_channels;
    for (int64_t kd = 0; kd < g->kernel_depth; kd++)
        for (int64_t kh = 0; kh < g->kernel_height; kh++, padded += job->padded_row_floats) {
            const float *row = input_row(job, at.n, at.d * g->stride_depth + kd - g->padding_depth,
                                         at.h * g->stride_height + kh - g->padding_height);
            float *inside = padded + g->padding_width * g->in_channels;
            if (row) memcpy(inside, row, (size_t)row_floats * sizeof(float));
            else memset(inside, 0, (size_t)row_floats * sizeof(float));
            for (int64_t k = 0; k < g->kernel_width * g->in_channels; k++) columns[count++] = padded + k;
        }
    row_group group = {1, {columns[0]}, {gradient_row(job, row_number)}};
    add_products(job, &group, columns, count, g->stride_width * g->in_channels, g->out_width, sums);
}

/// How many rows are summed before the sums are put back: short rows are too few products for loading and storing those.
static int64_t rows_together(const ck_geometry *g) {
    enum { CACHED_FLOATS = 8192 };
    int64_t floats = g->in_width * g->in_channels + g->out_width * g->out_channels;
    return larger(1, ck_smaller(CK_GRADIENT_ROWS, CACHED_FLOATS / floats));
}

static void add_part(const gradient_job *job, int64_t part) {
    const ck_geometry *g = job->g;
    float *sums = job->sums + part * job->sum_floats;
    float *padded = job->padded + part * g->kernel_depth * g->kernel_height * job->padded_row_floats;
    int64_t rows = g->batch * g->out_depth * g->out_height, end = rows * (part + 1) / PARTS;
    int is_few = g->in_channels < FEW_CHANNELS;
    int64_t together = is_few ? 1 : rows_together(g);
    for (int64_t row = rows * part / PARTS; row < end; row += together) {
        if (is_few) add_row_at_once(job, row, padded, sums);
        else add_rows_by_taps(job, row, ck_smaller(end, row + together), sums);
    }
}

static void add_parts(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    for (int64_t part = begin; part < end; part++) add_part(context, part);
}

int ck_weight_gradient(const ck_geometry *geometry, const float *x, const float *gy, float *gw, int threads) {
    ck_geometry joined = ck_with_long_rows(geometry), *g = &joined;
    int64_t taps = g->kernel_depth * g->kernel_height * g->kernel_width;
    int64_t sum_floats = taps * g->in_channels * g->out_channels;
    int64_t window_end = (g->out_width - 1) * g->stride_width + g->kernel_width;
    int64_t padded_row_floats = g->in_channels * larger(window_end, g->padding_width + g->in_width);
    int64_t padded_floats =
        g->in_channels < FEW_CHANNELS ? PARTS * g->kernel_depth * g->kernel_height * padded_row_floats : 0;
    float *scratch = calloc((size_t)(PARTS * sum_floats + padded_floats), sizeof(float));
    if (!scratch) return CK_OUT_OF_MEMORY;
    gradient_job job = {ck_best_tiles(), g, x, gy, scratch, scratch + PARTS * sum_floats, sum_floats,
                        padded_row_floats};
    ck_parallel(PARTS, threads, add_parts, &job);
    memcpy(gw, scratch, (size_t)sum_floats * sizeof(float));
    for (int part = 1; part < PARTS; part++)
        for (int64_t i = 0; i < sum_floats; i++) gw[i] += scratch[part * sum_floats + i];
    free(scratch);
    return CK_OK;
}
