// Convolutions of 3×3 taps in height and width by Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray, "Fast Algorithms
// for Convolutional Neural Networks", CVPR 2016, section 4.3): a tile of 4×4 outputs costs 36 products a channel instead
// of 144. Taps in depth are summed as they are.
#include <string.h>

#include "rows.h"
#include "winograd.h"
#include "CProcessor.h"

enum { MAX_DEPTH_TAPS = 8 };

int ck_carries_winograd(const ck_geometry *g) {
    return g->kernel_height == TAPS && g->kernel_width == TAPS && g->kernel_depth <= MAX_DEPTH_TAPS && g->stride_depth == 1 &&
           g->stride_height == 1 && g->stride_width == 1 && g->in_channels % LANES == 0 &&
           g->out_channels % LANES == 0 && g->out_height >= OUTPUTS && g->out_width >= OUTPUTS;
}

int64_t ck_winograd_weight_count(const ck_geometry *g) {
    return POINTS * g->kernel_depth * g->in_channels * g->out_channels;
}

CP_VECTORIZED void ck_winograd_weights(const ck_geometry *g, const float *w, int reversed, float *transformed) {
    int64_t matrix = g->in_channels * g->out_channels, taps = g->kernel_depth * TAPS * TAPS;
    for (int64_t kd = 0; kd < g->kernel_depth; kd++)
        for (int64_t i = 0; i < matrix; i += WEIGHTS) {
            wide d[TAPS * TAPS], t[INPUTS * TAPS], points[POINTS];
            for (int k = 0; k < TAPS * TAPS; k++) {
                int64_t tap = kd * TAPS * TAPS + k;
                const float *from = w + (reversed ? taps - 1 - tap : tap) * matrix + i;
                d[k] = __builtin_convertvector(*(const narrow *)from, wide);
            }
            for (int j = 0; j < TAPS; j++) ck_transform_taps(d + j, TAPS, t + j, TAPS);
            for (int j = 0; j < INPUTS; j++) ck_transform_taps(t + j * TAPS, 1, points + j * INPUTS, 1);
            for (int p = 0; p < POINTS; p++) {
                float *to = transformed + (p * g->kernel_depth + kd) * matrix + i;
                *(narrow *)to = __builtin_convertvector(points[p], narrow);
            }
        }
}

typedef struct {
    const ck_tiles *kernels;
    const ck_geometry *g;
    const float *x, *w;
    ck_epilogue epilogue;
    const int64_t *pool;
    float *y;
    ck_tile_grid tiles;
    int64_t part_tiles;
    int64_t input_floats;  // of a part: inputs[depth, point, tile, channel], behind which lie sums[depth, point, tile, channel]
} winograd_job;

static ck_tile_view view_of_tile(const ck_geometry *g, const ck_tile_place *at) {
    int64_t row = at->row - g->padding_height, column = at->column - g->padding_width;
    return (ck_tile_view){row, column, row < 0 ? -row : 0, ck_smaller(INPUTS, g->in_height - row), column < 0 ? -column : 0,
                       ck_smaller(INPUTS, g->in_width - column)};
}

CP_VECTORIZED void ck_transform_input_tile(const ck_geometry *g, const float *picture, const ck_tile_place *at, float *to,
                                           int64_t point_step) {
    ck_tile_view view = view_of_tile(g, at);
    int64_t row_floats = g->in_width * g->in_channels, channels = g->in_channels;
    int is_inside = ck_is_inside(&view, INPUTS);
    // Of a tile at the border: inputs[INPUTS, INPUTS, LANES], zeros beyond.
    float inputs[POINTS * LANES], t[POINTS * LANES];
    if (!is_inside) memset(inputs, 0, sizeof(inputs));
    int64_t corner = view.row * row_floats + view.column * channels;
    for (int64_t channel = 0; channel < channels; channel += LANES) {
        if (!is_inside) ck_copy_inside(&view, picture, corner + channel, row_floats, channels, INPUTS, inputs);
        const float *d = is_inside ? picture + (corner + channel) : inputs;
        int64_t down = is_inside ? row_floats : INPUTS * LANES, along = is_inside ? channels : LANES;
        for (int j = 0; j < INPUTS; j++) ck_transform_inputs(d + j * along, down, t + j * LANES, INPUTS * LANES);
        for (int i = 0; i < INPUTS; i++)
            ck_transform_inputs(t + i * INPUTS * LANES, LANES, to + i * INPUTS * point_step + channel, point_step);
    }
}

/// The largest of the windows of a tile's outputs out[OUTPUTS, OUTPUTS, LANES], of those that lie within `rows` and `columns`;
/// unless `is_first`, of y as well.
static inline __attribute__((always_inline)) void pool_tile(const float *out, int64_t rows, int64_t columns, int64_t height,
                                                            int64_t width, float *y, int64_t down, int64_t along,
                                                            int is_first) {
    for (int64_t i = 0; i < rows; i += height, y += down)
        for (int64_t j = 0, at = 0; j < columns; j += width, at += along) {
            const float *window = out + (i * OUTPUTS + j) * LANES;
            lanes largest = is_first ? LOAD(window) : LOAD(y + at);
            for (int64_t k = 0; k < height; k++)
                for (int64_t l = 0; l < width; l++)
                    largest = __builtin_elementwise_max(largest, LOAD(window + (k * OUTPUTS + l) * LANES));
            STORE(y + at, largest);
        }
}

/// One tile of one step of the output from its sums, pooled on the way; `is_first` of the steps that are pooled into one.
CP_VECTORIZED static void finish_tile(const winograd_job *job, const float *sums, int64_t point_step, const ck_tile_place *at,
                                      float *y, int is_first) {
    const ck_geometry *g = job->g;
    int64_t pool_height = job->pool[1], pool_width = job->pool[2];
    int64_t along = ck_out_stride(g), down = g->out_width / pool_width * along;
    int64_t rows = ck_smaller(OUTPUTS, g->out_height - at->row), columns = ck_smaller(OUTPUTS, g->out_width - at->column);
    float t[OUTPUTS * INPUTS * LANES], out[OUTPUTS * OUTPUTS * LANES];
    y += at->row / pool_height * down + at->column / pool_width * along;
    for (int64_t channel = 0; channel < g->out_channels; channel += LANES) {
        for (int j = 0; j < INPUTS; j++)
            ck_transform_sums(sums + j * point_step + channel, INPUTS * point_step, t + j * LANES, INPUTS * LANES);
        for (int i = 0; i < OUTPUTS; i++)
            ck_transform_sums(t + i * INPUTS * LANES, LANES, out + i * OUTPUTS * LANES, LANES);
        lanes shift = job->epilogue.shift ? LOAD(job->epilogue.shift + channel) : (lanes){0};
        for (int i = 0; i < OUTPUTS * OUTPUTS; i++) {
            lanes v = LOAD(out + i * LANES) + shift;
            STORE(out + i * LANES, CK_LEAK(v, job->epilogue.slope));
        }
        if (pool_height * pool_width == 1 && is_first)
            pool_tile(out, rows, columns, 1, 1, y + channel, down, along, 1);
        else
            pool_tile(out, rows, columns, pool_height, pool_width, y + channel, down, along, is_first);
    }
}

/// `ck_multiply_tiles` of one block of channels, `vectors` wide, whose weights `tile` has.
static void multiply_block(const ck_tiles *kernels, ck_tile *tile, int vectors, int64_t count, const float *const *inputs,
                           float *sums) {
    int64_t tiles = ck_tile_count(count, kernels->tallest[vectors - 1]);
    for (int64_t i = 0; i < tiles; i++) {
        ck_tile_span span = ck_span_of_tile(i, tiles, count);
        tile->positions = span.count;
        for (int r = 0; r < tile->rows; r++) tile->a[r] = inputs[r] + span.first * tile->lda;
        tile->c = sums + span.first * tile->ldc;
        kernels->tile[vectors - 1](tile);
    }
}

void ck_multiply_tiles(const ck_tiles *kernels, ck_tile *tile, int64_t channels, int64_t count, const float *const *inputs,
                       const float *const *weights, float *sums) {
    for (int64_t channel = 0; channel < channels;) {
        int vectors = ck_vectors_of_tile((channels - channel) / kernels->lanes, kernels->widest);
        for (int r = 0; r < tile->rows; r++) tile->b[r] = weights[r] + channel;
        multiply_block(kernels, tile, vectors, count, inputs, sums + channel);
        channel += vectors * kernels->lanes;
    }
}

/// All sums of a part of the tiles at one point.
static void multiply_point(const winograd_job *job, int64_t point, int64_t count, const float *inputs, float *sums) {
    const ck_geometry *g = job->g;
    int64_t matrix = g->in_channels * g->out_channels, input_point = job->part_tiles * g->in_channels,
            sum_point = job->part_tiles * g->out_channels;
    ck_tile tile = {.k = g->in_channels, .lda = g->in_channels, .ldb = g->out_channels, .ldc = g->out_channels};
    for (int64_t d = 0; d < g->out_depth; d++) {
        const float *rows[MAX_DEPTH_TAPS], *weights[MAX_DEPTH_TAPS];
        tile.rows = 0;
        for (int64_t kd = 0; kd < g->kernel_depth; kd++) {
            int64_t from = d + kd - g->padding_depth;
            if (from < 0 || from >= g->in_depth) continue;
            rows[tile.rows] = inputs + (from * POINTS + point) * input_point;
            weights[tile.rows++] = job->w + (point * g->kernel_depth + kd) * matrix;
        }
        ck_multiply_tiles(job->kernels, &tile, g->out_channels, count, rows, weights, sums + (d * POINTS + point) * sum_point);
    }
}

static void convolve_part(const void *context, int64_t first, int64_t count, float *inputs) {
    const winograd_job *job = context;
    const ck_geometry *g = job->g;
    float *sums = inputs + job->input_floats;
    int64_t in_floats = g->in_height * g->in_width * g->in_channels;
    int64_t depth = g->out_depth / job->pool[0];
    int64_t out_floats = g->out_height / job->pool[1] * (g->out_width / job->pool[2]) * ck_out_stride(g);
    int64_t input_point = job->part_tiles * g->in_channels, sum_point = job->part_tiles * g->out_channels;
    for (int64_t d = 0; d < g->in_depth; d++)
        for (int64_t i = 0; i < count; i++) {
            ck_tile_place at = ck_place_of_tile(&job->tiles, first + i);
            ck_transform_input_tile(g, job->x + (at.n * g->in_depth + d) * in_floats, &at,
                                    inputs + d * POINTS * input_point + i * g->in_channels, input_point);
        }
    for (int64_t point = 0; point < POINTS; point++) multiply_point(job, point, count, inputs, sums);
    for (int64_t d = 0; d < depth * job->pool[0]; d++)
        for (int64_t i = 0; i < count; i++) {
            ck_tile_place at = ck_place_of_tile(&job->tiles, first + i);
            finish_tile(job, sums + d * POINTS * sum_point + i * g->out_channels, sum_point, &at,
                        job->y + (at.n * depth + d / job->pool[0]) * out_floats, d % job->pool[0] == 0);
        }
}

int ck_winograd(const ck_geometry *g, const float *x, const float *weights, ck_epilogue epilogue, const int64_t pool[3],
                float *y, int threads) {
    if (threads < 1) threads = 1;
    winograd_job job = {.kernels = ck_best_tiles(), .g = g, .x = x, .w = weights, .epilogue = epilogue, .pool = pool, .y = y};
    job.tiles = ck_tile_grid_of(g->batch, g->out_height, g->out_width, OUTPUTS);
    job.part_tiles = ck_tiles_of_part((g->in_depth * g->in_channels + g->out_depth * g->out_channels) * POINTS,
                                      job.tiles.count, threads);
    job.input_floats = g->in_depth * POINTS * job.part_tiles * g->in_channels;
    int64_t sum_floats = g->out_depth * POINTS * job.part_tiles * g->out_channels;
    return ck_for_parts(job.tiles.count, job.part_tiles, job.input_floats + sum_floats, convolve_part, &job, threads);
}
