// Convolutions of 3×3 taps in height and width by Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray, "Fast Algorithms
// for Convolutional Neural Networks", CVPR 2016, section 4.3): a tile of 4×4 outputs costs 36 products a channel instead
// of 144. Taps in depth are summed as they are.
#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "rows.h"
#include "winograd.h"
#include "CProcessor.h"

enum { MAX_DEPTH_TAPS = 8 };

/// What one thread works on at a time stays in its second-level cache: 1.5 MiB of transformed inputs and sums.
enum { PART_BYTES = 3 << 19, FEWEST_TILES = 8, MOST_TILES = 64 };

int ck_carries_winograd(const ck_geometry *g) {
    return g->kernel_height == TAPS && g->kernel_width == TAPS && g->kernel_depth <= MAX_DEPTH_TAPS && g->stride_depth == 1 &&
           g->stride_height == 1 && g->stride_width == 1 && g->in_channels % LANES == 0 &&
           g->out_channels % LANES == 0 && g->out_height >= OUTPUTS && g->out_width >= OUTPUTS;
}

int64_t ck_winograd_weight_count(const ck_geometry *g) {
    return POINTS * g->kernel_depth * g->in_channels * g->out_channels;
}

/// Weights are transformed in double precision, this many at a time: their errors would be multiplied by every input.
enum { WEIGHTS = 8 };

typedef double wide __attribute__((vector_size(WEIGHTS * 8)));
typedef float narrow __attribute__((vector_size(WEIGHTS * 4), aligned(4)));

/// G times a column of three, `step` vectors apart.
static inline __attribute__((always_inline)) void transform_taps(const wide *w, int step, wide *t, int to) {
    wide w0 = w[0], w1 = w[step], w2 = w[2 * step];
    wide even = -(w0 + w2) / 6, odd = w1 / 6, near = w0 / 24 + w2 / 6, far = w1 / 12;
    t[0] = w0 / 4;
    t[to] = even - odd;
    t[2 * to] = even + odd;
    t[3 * to] = near + far;
    t[4 * to] = near - far;
    t[5 * to] = w2;
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
            for (int j = 0; j < TAPS; j++) transform_taps(d + j, TAPS, t + j, TAPS);
            for (int j = 0; j < INPUTS; j++) transform_taps(t + j * TAPS, 1, points + j * INPUTS, 1);
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
    float *scratch;  // for each thread inputs[depth, point, tile, channel] and sums[depth, point, tile, channel]
    int64_t input_floats, scratch_floats;
} winograd_job;

/// Bᵀ times a column of six, `step` vectors apart.
static inline __attribute__((always_inline)) void transform_inputs(const lanes *d, int step, lanes *t, int to) {
    lanes d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    lanes even = d4 - 4 * d2, odd = d3 - 4 * d1, near = d4 - d2, far = 2 * (d3 - d1);
    t[0] = 4 * d0 - 5 * d2 + d4;
    t[to] = even + odd;
    t[2 * to] = even - odd;
    t[3 * to] = near + far;
    t[4 * to] = near - far;
    t[5 * to] = 4 * d1 - 5 * d3 + d5;
}

/// Aᵀ times a column of six, `step` vectors apart.
static inline __attribute__((always_inline)) void transform_sums(const lanes *m, int step, lanes *t, int to) {
    lanes m0 = m[0], m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step], m5 = m[5 * step];
    lanes sum = m1 + m2, difference = m1 - m2, far_sum = m3 + m4, far_difference = m3 - m4;
    t[0] = m0 + sum + far_sum;
    t[to] = difference + 2 * far_difference;
    t[2 * to] = sum + 4 * far_sum;
    t[3 * to] = difference + 8 * far_difference + m5;
}

CP_VECTORIZED void ck_transform_input_tile(const ck_geometry *g, const float *picture, ck_tile_place at, float *to,
                                           int64_t point_step) {
    for (int64_t channel = 0; channel < g->in_channels; channel += LANES) {
        lanes d[POINTS], t[POINTS];
        for (int i = 0; i < INPUTS; i++) {
            int64_t h = at.row + i - g->padding_height;
            for (int j = 0; j < INPUTS; j++) {
                int64_t w = at.column + j - g->padding_width;
                int inside = h >= 0 && h < g->in_height && w >= 0 && w < g->in_width;
                d[i * INPUTS + j] = inside ? LOAD(picture + (h * g->in_width + w) * g->in_channels + channel)
                                           : (lanes){0};
            }
        }
        for (int j = 0; j < INPUTS; j++) transform_inputs(d + j, INPUTS, t + j, INPUTS);
        for (int i = 0; i < INPUTS; i++) transform_inputs(t + i * INPUTS, 1, d + i * INPUTS, 1);
        for (int p = 0; p < POINTS; p++) STORE(to + p * point_step + channel, d[p]);
    }
}

/// One tile of one step of the output from its sums, pooled on the way; `is_first` of the steps that are pooled into one.
CP_VECTORIZED static void finish_tile(const winograd_job *job, const float *sums, int64_t point_step, ck_tile_place at,
                                      float *y, int is_first) {
    const ck_geometry *g = job->g;
    int64_t pool_height = job->pool[1], pool_width = job->pool[2];
    int64_t width = g->out_width / pool_width, stride = ck_out_stride(g);
    int64_t rows = ck_smaller(OUTPUTS, g->out_height - at.row), columns = ck_smaller(OUTPUTS, g->out_width - at.column);
    for (int64_t channel = 0; channel < g->out_channels; channel += LANES) {
        lanes m[POINTS], t[OUTPUTS * INPUTS], out[OUTPUTS * OUTPUTS];
        for (int p = 0; p < POINTS; p++) m[p] = LOAD(sums + p * point_step + channel);
        for (int j = 0; j < INPUTS; j++) transform_sums(m + j, INPUTS, t + j, INPUTS);
        for (int i = 0; i < OUTPUTS; i++) transform_sums(t + i * INPUTS, 1, out + i * OUTPUTS, 1);
        lanes shift = job->epilogue.shift ? LOAD(job->epilogue.shift + channel) : (lanes){0};
        for (int i = 0; i < OUTPUTS * OUTPUTS; i++) {
            lanes v = out[i] + shift;
            out[i] = CK_LEAK(v, job->epilogue.slope);
        }
        for (int64_t i = 0; i < rows; i += pool_height)
            for (int64_t j = 0; j < columns; j += pool_width) {
                float *to = y + ((at.row + i) / pool_height * width + (at.column + j) / pool_width) * stride;
                lanes largest = is_first ? out[i * OUTPUTS + j] : LOAD(to + channel);
                for (int64_t k = 0; k < pool_height * pool_width; k++)
                    largest = __builtin_elementwise_max(
                        largest, out[(i + k / pool_width) * OUTPUTS + j + k % pool_width]);
                STORE(to + channel, largest);
            }
    }
}

/// sums[tile, v] = the sum over taps in depth of inputs[tile, c] times weights[c, v], at one point of one step in depth.
static void multiply(const winograd_job *job, ck_tile *tile, float *sums, int64_t channel, int vectors, int64_t count,
                     const float *const *inputs) {
    int64_t tiles = ck_tile_count(count, job->kernels->tallest[vectors - 1]);
    for (int64_t i = 0; i < tiles; i++) {
        ck_tile_span span = ck_span_of_tile(i, tiles, count);
        tile->positions = span.count;
        for (int r = 0; r < tile->rows; r++) tile->a[r] = inputs[r] + span.first * tile->lda;
        tile->c = sums + span.first * tile->ldc + channel;
        job->kernels->tile[vectors - 1](tile);
    }
}

/// All sums of a part of the tiles at one point.
static void multiply_point(const winograd_job *job, int64_t point, int64_t count, const float *inputs, float *sums) {
    const ck_geometry *g = job->g;
    const ck_tiles *kernels = job->kernels;
    int64_t matrix = g->in_channels * g->out_channels, input_point = job->part_tiles * g->in_channels,
            sum_point = job->part_tiles * g->out_channels;
    ck_tile tile = {.k = g->in_channels, .lda = g->in_channels, .ldb = g->out_channels, .ldc = g->out_channels};
    int64_t vectors_left = g->out_channels / kernels->lanes;
    for (int64_t channel = 0; vectors_left > 0;) {
        int vectors = ck_vectors_of_tile(vectors_left, kernels->widest);
        for (int64_t d = 0; d < g->out_depth; d++) {
            const float *rows[MAX_DEPTH_TAPS];
            tile.rows = 0;
            for (int64_t kd = 0; kd < g->kernel_depth; kd++) {
                int64_t from = d + kd - g->padding_depth;
                if (from < 0 || from >= g->in_depth) continue;
                rows[tile.rows] = inputs + (from * POINTS + point) * input_point;
                tile.b[tile.rows++] = job->w + (point * g->kernel_depth + kd) * matrix + channel;
            }
            multiply(job, &tile, sums + (d * POINTS + point) * sum_point, channel, vectors, count, rows);
        }
        channel += vectors * kernels->lanes;
        vectors_left -= vectors;
    }
}

static void convolve_part(const winograd_job *job, int64_t first, int64_t count, float *inputs, float *sums) {
    const ck_geometry *g = job->g;
    int64_t in_floats = g->in_height * g->in_width * g->in_channels;
    int64_t depth = g->out_depth / job->pool[0];
    int64_t out_floats = g->out_height / job->pool[1] * (g->out_width / job->pool[2]) * ck_out_stride(g);
    int64_t input_point = job->part_tiles * g->in_channels, sum_point = job->part_tiles * g->out_channels;
    for (int64_t d = 0; d < g->in_depth; d++)
        for (int64_t i = 0; i < count; i++) {
            ck_tile_place at = ck_place_of_tile(&job->tiles, first + i);
            ck_transform_input_tile(g, job->x + (at.n * g->in_depth + d) * in_floats, at,
                                    inputs + d * POINTS * input_point + i * g->in_channels, input_point);
        }
    for (int64_t point = 0; point < POINTS; point++) multiply_point(job, point, count, inputs, sums);
    for (int64_t d = 0; d < depth * job->pool[0]; d++)
        for (int64_t i = 0; i < count; i++) {
            ck_tile_place at = ck_place_of_tile(&job->tiles, first + i);
            finish_tile(job, sums + d * POINTS * sum_point + i * g->out_channels, sum_point, at,
                        job->y + (at.n * depth + d / job->pool[0]) * out_floats, d % job->pool[0] == 0);
        }
}

static void convolve_parts(void *context, int64_t begin, int64_t end, int thread) {
    const winograd_job *job = context;
    float *inputs = job->scratch + thread * job->scratch_floats, *sums = inputs + job->input_floats;
    for (int64_t part = begin; part < end; part++) {
        int64_t first = part * job->part_tiles;
        convolve_part(job, first, ck_smaller(job->part_tiles, job->tiles.count - first), inputs, sums);
    }
}

/// How many tiles a thread takes at a time: what its cache holds, in as many parts as give all threads the same.
static int64_t tiles_of_part(const ck_geometry *g, int64_t tiles, int threads) {
    int64_t bytes = (g->in_depth * g->in_channels + g->out_depth * g->out_channels) * POINTS * (int64_t)sizeof(float);
    int64_t most = ck_smaller(MOST_TILES, PART_BYTES / bytes);
    if (most < FEWEST_TILES) most = FEWEST_TILES;
    int64_t rounds = (tiles + most * threads - 1) / (most * threads);
    int64_t share = (tiles + rounds * threads - 1) / (rounds * threads);
    return share < FEWEST_TILES ? FEWEST_TILES : share;
}

int ck_winograd(const ck_geometry *g, const float *x, const float *weights, ck_epilogue epilogue, const int64_t pool[3],
                float *y, int threads) {
    if (threads < 1) threads = 1;
    winograd_job job = {.kernels = ck_best_tiles(), .g = g, .x = x, .w = weights, .epilogue = epilogue, .pool = pool, .y = y};
    job.tiles = ck_tile_grid_of(g);
    job.part_tiles = tiles_of_part(g, job.tiles.count, threads);
    job.input_floats = g->in_depth * POINTS * job.part_tiles * g->in_channels;
    job.scratch_floats = job.input_floats + g->out_depth * POINTS * job.part_tiles * g->out_channels;
    job.scratch = aligned_alloc(64, (size_t)(threads * job.scratch_floats) * sizeof(float));
    if (!job.scratch) return CK_OUT_OF_MEMORY;
    ck_parallel((job.tiles.count + job.part_tiles - 1) / job.part_tiles, threads, convolve_parts, &job);
    free(job.scratch);
    return CK_OK;
}
