// The weight gradient of a convolution of 3×3 taps by Winograd's algorithm, which is bilinear: what inputs and weights are in
// the forward pass, inputs and output gradients are here, and what comes out of the products is transformed back to taps.
#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "rows.h"
#include "winograd.h"
#include "CProcessor.h"

/// What all threads transform before they multiply it: 3 MiB, so that it stays in the caches.
enum { PART_BYTES_OF_ALL = 3 << 20, FEWEST_TILES = 16, MOST_TILES = 256 };

typedef struct {
    const ck_tiles *kernels;
    const ck_geometry *g;
    const float *x, *gy;
    float *gw;
    ck_tile_grid tiles;
    int64_t part_tiles, first, count;  // of the part that is worked on
    float *inputs;                     // [iD, point, tile, iC]
    float *gradients;                  // [oD, point, tile, oC]
    float *sums;                       // [point, kD, iC, oC]
} gradient_job;

/// A times a column of four, `step` floats apart: the transpose of what takes points to outputs.
static inline __attribute__((always_inline)) void transform_gradients(const float *d, int64_t step, float *t, int64_t to) {
    lanes d0 = LOAD(d), d1 = LOAD(d + step), d2 = LOAD(d + 2 * step), d3 = LOAD(d + 3 * step);
    lanes even = d0 + d2, odd = d1 + d3, far_even = d0 + 4 * d2, far_odd = 2 * d1 + 8 * d3;
    STORE(t, d0);
    STORE(t + to, even + odd);
    STORE(t + 2 * to, even - odd);
    STORE(t + 3 * to, far_even + far_odd);
    STORE(t + 4 * to, far_even - far_odd);
    STORE(t + 5 * to, d3);
}

/// Gᵀ times a column of six, `step` vectors apart: the transpose of what takes taps to points.
static inline __attribute__((always_inline)) void transform_tap_sums(const lanes *m, int step, lanes *t, int to) {
    lanes near_sum = (m[step] + m[2 * step]) / 6, near_difference = (m[2 * step] - m[step]) / 6;
    lanes far_sum = m[3 * step] + m[4 * step], far_difference = m[3 * step] - m[4 * step];
    t[0] = m[0] / 4 - near_sum + far_sum / 24;
    t[to] = near_difference + far_difference / 12;
    t[2 * to] = far_sum / 6 - near_sum + m[5 * step];
}

/// The points of the output gradient of one tile in one step in depth.
CP_VECTORIZED static void transform_gradient_tile(const ck_geometry *g, const float *picture, const ck_tile_place *at,
                                                  float *to, int64_t point_step) {
    int64_t channels = g->out_channels, row_floats = g->out_width * channels;
    ck_tile_view view = {at->row, at->column, 0, ck_smaller(OUTPUTS, g->out_height - at->row), 0,
                         ck_smaller(OUTPUTS, g->out_width - at->column)};
    int is_whole = ck_is_inside(&view, OUTPUTS);
    // Of a tile at the border: gradients[OUTPUTS, OUTPUTS, LANES], zeros beyond.
    float gradients[OUTPUTS * OUTPUTS * LANES], t[INPUTS * OUTPUTS * LANES];
    if (!is_whole) memset(gradients, 0, sizeof(gradients));
    int64_t corner = view.row * row_floats + view.column * channels;
    for (int64_t channel = 0; channel < channels; channel += LANES) {
        if (!is_whole) ck_copy_inside(&view, picture, corner + channel, row_floats, channels, OUTPUTS, gradients);
        const float *d = is_whole ? picture + (corner + channel) : gradients;
        int64_t down = is_whole ? row_floats : OUTPUTS * LANES, along = is_whole ? channels : LANES;
        for (int j = 0; j < OUTPUTS; j++)
            transform_gradients(d + j * along, down, t + j * LANES, OUTPUTS * LANES);
        for (int i = 0; i < INPUTS; i++)
            transform_gradients(t + i * OUTPUTS * LANES, LANES, to + i * INPUTS * point_step + channel, point_step);
    }
}

static void transform_tiles(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const gradient_job *job = context;
    const ck_geometry *g = job->g;
    int64_t in_floats = g->in_height * g->in_width * g->in_channels;
    int64_t out_floats = g->out_height * g->out_width * g->out_channels;
    int64_t input_point = job->part_tiles * g->in_channels, gradient_point = job->part_tiles * g->out_channels;
    for (int64_t i = begin; i < end; i++) {
        ck_tile_place at = ck_place_of_tile(&job->tiles, job->first + i);
        for (int64_t d = 0; d < g->in_depth; d++)
            ck_transform_input_tile(g, job->x + (at.n * g->in_depth + d) * in_floats, &at,
                                    job->inputs + d * POINTS * input_point + i * g->in_channels, input_point);
        for (int64_t d = 0; d < g->out_depth; d++)
            transform_gradient_tile(g, job->gy + (at.n * g->out_depth + d) * out_floats, &at,
                                    job->gradients + d * POINTS * gradient_point + i * g->out_channels,
                                    gradient_point);
    }
}

/// Adds the products of a tap in depth at one point to `sums`, [iC, oC]: of some steps in depth, and of all tiles of the part.
static void multiply(const gradient_job *job, const ck_gradient_tile *tile, const float *inputs, float *sums) {
    const ck_geometry *g = job->g;
    const float *columns[CK_GRADIENT_COLUMNS_AT_ONCE];
    for (int64_t channel = 0; channel < g->in_channels; channel += CK_GRADIENT_COLUMNS_AT_ONCE) {
        int64_t count = ck_smaller(CK_GRADIENT_COLUMNS_AT_ONCE, g->in_channels - channel);
        for (int64_t j = 0; j < count; j++) columns[j] = inputs + channel + j;
        ck_sum_gradients(job->kernels, *tile, columns, count, g->out_channels, sums + channel * g->out_channels);
    }
}

static void multiply_points(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const gradient_job *job = context;
    const ck_geometry *g = job->g;
    int64_t matrix = g->in_channels * g->out_channels;
    int64_t input_point = job->part_tiles * g->in_channels, gradient_point = job->part_tiles * g->out_channels;
    for (int64_t point = begin; point < end; point++)
        for (int64_t kd = 0; kd < g->kernel_depth; kd++) {
            float *sums = job->sums + (point * g->kernel_depth + kd) * matrix;
            const float *inputs = job->inputs + point * input_point;
            const float *gradients = job->gradients + point * gradient_point;
            int64_t offset = kd - g->padding_depth, first = offset < 0 ? -offset : 0;
            int64_t end_depth = ck_smaller(g->out_depth, g->in_depth - offset);
            for (int64_t d = first; d < end_depth; d += CK_GRADIENT_ROWS) {
                ck_gradient_tile tile = {.positions = job->count, .lda = g->in_channels, .ldb = g->out_channels};
                tile.rows = (int)ck_smaller(CK_GRADIENT_ROWS, end_depth - d);
                for (int r = 0; r < tile.rows; r++) {
                    tile.row[r] = (d + r + offset) * POINTS * input_point;
                    tile.b[r] = gradients + (d + r) * POINTS * gradient_point;
                }
                multiply(job, &tile, inputs, sums);
            }
        }
}

/// The taps of some rows of [kD · iC, oC], from their sums at all points.
CP_VECTORIZED static void finish_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const gradient_job *job = context;
    const ck_geometry *g = job->g;
    int64_t matrix = g->in_channels * g->out_channels;
    for (int64_t i = begin * g->out_channels; i < end * g->out_channels; i += LANES) {
        lanes m[POINTS], t[TAPS * INPUTS], taps[TAPS * TAPS];
        for (int p = 0; p < POINTS; p++) m[p] = LOAD(job->sums + p * g->kernel_depth * matrix + i);
        for (int j = 0; j < INPUTS; j++) transform_tap_sums(m + j, INPUTS, t + j, INPUTS);
        for (int j = 0; j < TAPS; j++) transform_tap_sums(t + j * INPUTS, 1, taps + j * TAPS, 1);
        float *to = job->gw + i / matrix * TAPS * TAPS * matrix + i % matrix;
        for (int k = 0; k < TAPS * TAPS; k++) STORE(to + k * matrix, taps[k]);
    }
}

static int64_t tiles_of_part(const ck_geometry *g, int64_t tiles) {
    int64_t bytes = (g->in_depth * g->in_channels + g->out_depth * g->out_channels) * POINTS * (int64_t)sizeof(float);
    int64_t most = ck_smaller(MOST_TILES, PART_BYTES_OF_ALL / bytes);
    return ck_smaller(tiles, most < FEWEST_TILES ? FEWEST_TILES : most);
}

int ck_winograd_weight_gradient(const ck_geometry *g, const float *x, const float *gy, float *gw, int threads) {
    gradient_job job = {.kernels = ck_best_tiles(), .g = g, .x = x, .gy = gy, .gw = gw,
                        .tiles = ck_tile_grid_of(g->batch, g->out_height, g->out_width, OUTPUTS)};
    job.part_tiles = tiles_of_part(g, job.tiles.count);
    int64_t sum_floats = ck_winograd_weight_count(g);
    int64_t input_floats = g->in_depth * POINTS * job.part_tiles * g->in_channels;
    int64_t gradient_floats = g->out_depth * POINTS * job.part_tiles * g->out_channels;
    job.sums = malloc((size_t)(sum_floats + input_floats + gradient_floats) * sizeof(float));
    if (!job.sums) return CK_OUT_OF_MEMORY;
    memset(job.sums, 0, (size_t)sum_floats * sizeof(float));
    job.inputs = job.sums + sum_floats;
    job.gradients = job.inputs + input_floats;
    for (job.first = 0; job.first < job.tiles.count; job.first += job.part_tiles) {
        job.count = ck_smaller(job.part_tiles, job.tiles.count - job.first);
        ck_parallel(job.count, threads, transform_tiles, &job);
        ck_parallel(POINTS, threads, multiply_points, &job);
    }
    ck_parallel(g->kernel_depth * g->in_channels, threads, finish_rows, &job);
    free(job.sums);
    return CK_OK;
}
