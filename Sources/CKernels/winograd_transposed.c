// The adjoint of a convolution of 3×3 taps that halves height and width, by minimal filtering. Along one axis every second
// output has one tap, y[2j] = w1 x[j], and the others have two, y[2j + 1] = w2 x[j] + w0 x[j + 1]: of the latter two
// neighbours cost three products in place of four, F(2, 2) of Winograd, "Arithmetic Complexity of Computations" (1980). In
// height and width a tile of 4×4 outputs costs 25 products a channel in place of 36. Taps in depth are summed as they are.
#include <string.h>

#include "rows.h"
#include "winograd.h"
#include "CProcessor.h"

/// Along an axis of a tile: input positions that are its own, and that it sees; what is made of the latter; sums; outputs.
enum { OWN = 2, SEEN = 3, VALUES = 4, SUMS = 5, MADE = 4 };

/// Which value each sum is of.
static const int value_of_sum[SUMS] = {0, 1, 2, 1, 3};

int ck_carries_winograd_transposed(const ck_geometry *g) {
    return g->kernel_height == TAPS && g->kernel_width == TAPS && g->stride_height == 2 && g->stride_width == 2 &&
           g->padding_height == 1 && g->padding_width == 1 && g->in_height == 2 * g->out_height &&
           g->in_width == 2 * g->out_width && g->kernel_depth <= CK_MAX_ROWS && g->in_channels % LANES == 0 &&
           g->out_channels % LANES == 0;
}

int64_t ck_winograd_transposed_weight_count(const ck_geometry *g) {
    return SUMS * SUMS * g->kernel_depth * g->in_channels * g->out_channels;
}

/// The weights of the five sums of one axis from its three taps, `step` vectors apart: single sums, for which floats do.
static inline __attribute__((always_inline)) void transform_taps(const lanes *w, int step, lanes *t, int to) {
    t[0] = t[to] = w[step];
    t[2 * to] = w[2 * step];
    t[3 * to] = w[0] + w[2 * step];
    t[4 * to] = w[0];
}

CP_VECTORIZED void ck_winograd_transposed_weights(const ck_geometry *g, const float *w, float *transformed) {
    int64_t matrix = g->in_channels * g->out_channels;
    for (int64_t kd = 0; kd < g->kernel_depth; kd++)
        for (int64_t i = 0; i < matrix; i += LANES) {
            lanes taps[TAPS * TAPS], t[SUMS * TAPS], points[SUMS * SUMS];
            for (int k = 0; k < TAPS * TAPS; k++) taps[k] = LOAD(w + (kd * TAPS * TAPS + k) * matrix + i);
            for (int j = 0; j < TAPS; j++) transform_taps(taps + j, TAPS, t + j, TAPS);
            for (int j = 0; j < SUMS; j++) transform_taps(t + j * TAPS, 1, points + j * SUMS, 1);
            for (int p = 0; p < SUMS * SUMS; p++) STORE(transformed + (p * g->kernel_depth + kd) * matrix + i, points[p]);
        }
}

typedef struct {
    const ck_tiles *kernels;
    const ck_geometry *g;
    const float *x, *w;
    ck_epilogue epilogue;
    float *y;
    ck_tile_grid tiles;
    int64_t part_tiles;
    int64_t live_steps;  // steps in depth of the input that one step of the output sees
    int64_t value_floats;  // of a part: values[live step, point, tile, channel], behind which lie sums[point, tile, channel]
} transposed_job;

/// The values of one axis from the three positions that are seen, `step` floats apart.
static inline __attribute__((always_inline)) void transform_inputs(const float *d, int64_t step, float *t, int64_t to) {
    lanes d0 = LOAD(d), d1 = LOAD(d + step), d2 = LOAD(d + 2 * step);
    STORE(t, d0);
    STORE(t + to, d1);
    STORE(t + 2 * to, d0 - d1);
    STORE(t + 3 * to, d2 - d1);
}

/// The outputs of one axis from its sums, `step` floats apart.
static inline __attribute__((always_inline)) void transform_sums(const float *m, int64_t step, float *t, int64_t to) {
    lanes shared = LOAD(m + 3 * step);
    STORE(t, LOAD(m));
    STORE(t + to, LOAD(m + 2 * step) + shared);
    STORE(t + 2 * to, LOAD(m + step));
    STORE(t + 3 * to, LOAD(m + 4 * step) + shared);
}

/// The values of one tile in one step in depth; beyond the picture are zeros.
CP_VECTORIZED static void transform_input_tile(const ck_geometry *g, const float *picture, const ck_tile_place *at, float *to,
                                               int64_t point_step) {
    int64_t channels = g->out_channels, row_floats = g->out_width * channels;
    ck_tile_view view = {at->row, at->column, 0, ck_smaller(SEEN, g->out_height - at->row), 0,
                         ck_smaller(SEEN, g->out_width - at->column)};
    int is_inside = ck_is_inside(&view, SEEN);
    int64_t corner = view.row * row_floats + view.column * channels;
    float inputs[SEEN * SEEN * LANES], t[VALUES * SEEN * LANES];
    if (!is_inside) memset(inputs, 0, sizeof(inputs));
    for (int64_t channel = 0; channel < channels; channel += LANES) {
        if (!is_inside) ck_copy_inside(&view, picture, corner + channel, row_floats, channels, SEEN, inputs);
        const float *d = is_inside ? picture + (corner + channel) : inputs;
        int64_t down = is_inside ? row_floats : SEEN * LANES, along = is_inside ? channels : LANES;
        for (int j = 0; j < SEEN; j++) transform_inputs(d + j * along, down, t + j * LANES, SEEN * LANES);
        for (int i = 0; i < VALUES; i++)
            transform_inputs(t + i * SEEN * LANES, LANES, to + i * VALUES * point_step + channel, point_step);
    }
}

/// The outputs of one tile in one step in depth from its sums.
CP_VECTORIZED static void finish_tile(const transposed_job *job, const float *sums, int64_t point_step,
                                      const ck_tile_place *at, float *y) {
    const ck_geometry *g = job->g;
    int64_t channels = g->in_channels, row_floats = g->in_width * channels;
    int64_t rows = ck_smaller(MADE, g->in_height - 2 * at->row), columns = ck_smaller(MADE, g->in_width - 2 * at->column);
    float t[MADE * SUMS * LANES], made[MADE * LANES];
    y += 2 * at->row * row_floats + 2 * at->column * channels;
    for (int64_t channel = 0; channel < channels; channel += LANES) {
        lanes shift = job->epilogue.shift ? LOAD(job->epilogue.shift + channel) : (lanes){0};
        for (int j = 0; j < SUMS; j++)
            transform_sums(sums + j * point_step + channel, SUMS * point_step, t + j * LANES, SUMS * LANES);
        for (int64_t i = 0; i < rows; i++) {
            transform_sums(t + i * SUMS * LANES, LANES, made, LANES);
            for (int64_t j = 0; j < columns; j++) {
                lanes v = LOAD(made + j * LANES) + shift;
                STORE(y + i * row_floats + j * channels + channel, CK_LEAK(v, job->epilogue.slope));
            }
        }
    }
}

/// Fetches what a tile will overwrite, while there is something else to do.
static void fetch_outputs(const transposed_job *job, int64_t tile, int64_t d) {
    const ck_geometry *g = job->g;
    ck_tile_place at = ck_place_of_tile(&job->tiles, tile);
    int64_t row_bytes = ck_smaller(MADE, g->in_width - 2 * at.column) * g->in_channels * (int64_t)sizeof(float);
    for (int64_t row = 2 * at.row; row < ck_smaller(2 * at.row + MADE, g->in_height); row++) {
        const char *y = (const char *)(job->y + (((at.n * g->in_depth + d) * g->in_height + row) * g->in_width + 2 * at.column) *
                                                    g->in_channels);
        for (int64_t i = 0; i < row_bytes; i += LINE_BYTES) __builtin_prefetch(y + i, 1, 2);
    }
}

/// All sums of a part of the tiles, from number `first` on, for step `d` of the output.
static void multiply_step(const transposed_job *job, const ck_row_pairs *depths, int64_t d, int64_t first, int64_t count,
                          const float *values, float *sums) {
    const ck_geometry *g = job->g;
    int64_t matrix = g->in_channels * g->out_channels;
    int64_t value_point = job->part_tiles * g->out_channels, sum_point = job->part_tiles * g->in_channels;
    ck_tile tile = {.rows = depths->count, .k = g->out_channels, .lda = g->out_channels, .ldb = g->in_channels,
                    .ldc = g->in_channels};
    for (int64_t point = 0; point < SUMS * SUMS; point++) {
        int64_t value = value_of_sum[point / SUMS] * VALUES + value_of_sum[point % SUMS];
        const float *rows[CK_MAX_ROWS], *weights[CK_MAX_ROWS];
        for (int r = 0; r < tile.rows; r++) {
            rows[r] = values + (depths->row[r] % job->live_steps * VALUES * VALUES + value) * value_point;
            weights[r] = job->w + (point * g->kernel_depth + depths->kernel[r]) * matrix;
        }
        ck_multiply_tiles(job->kernels, &tile, g->in_channels, count, rows, weights, sums + point * sum_point);
        for (int64_t i = count * point / (SUMS * SUMS); i < count * (point + 1) / (SUMS * SUMS); i++)
            fetch_outputs(job, first + i, d);
    }
}

/// The steps of the input, and the taps in depth, that add up to one step of the output.
static ck_row_pairs depths_of_output(const ck_geometry *g, int64_t d) {
    ck_row_pairs pairs = {.count = 0};
    ck_reach reach = ck_reach_of(d, g->kernel_depth, g->stride_depth, g->padding_depth);
    for (int64_t i = 0; i < reach.taps; i++) {
        if (reach.first + i < 0 || reach.first + i >= g->out_depth) continue;
        pairs.row[pairs.count] = reach.first + i;
        pairs.kernel[pairs.count++] = reach.last - i * g->stride_depth;
    }
    return pairs;
}

static void convolve_part(const void *context, int64_t first, int64_t count, float *values) {
    const transposed_job *job = context;
    const ck_geometry *g = job->g;
    float *sums = values + job->value_floats;
    int64_t in_floats = g->out_height * g->out_width * g->out_channels;
    int64_t out_floats = g->in_height * g->in_width * g->in_channels;
    int64_t value_point = job->part_tiles * g->out_channels, sum_point = job->part_tiles * g->in_channels;
    int64_t transformed = 0;
    for (int64_t d = 0; d < g->in_depth; d++) {
        ck_row_pairs depths = depths_of_output(g, d);
        // Steps of the input are transformed just before they are needed, so that they are still in cache.
        int64_t needed = depths.count > 0 ? depths.row[depths.count - 1] + 1 : 0;
        for (; transformed < needed; transformed++)
            for (int64_t i = 0; i < count; i++) {
                ck_tile_place at = ck_place_of_tile(&job->tiles, first + i);
                transform_input_tile(g, job->x + (at.n * g->out_depth + transformed) * in_floats, &at,
                                     values + transformed % job->live_steps * VALUES * VALUES * value_point + i * g->out_channels,
                                     value_point);
            }
        multiply_step(job, &depths, d, first, count, values, sums);
        for (int64_t i = 0; i < count; i++) {
            ck_tile_place at = ck_place_of_tile(&job->tiles, first + i);
            finish_tile(job, sums + i * g->in_channels, sum_point, &at, job->y + (at.n * g->in_depth + d) * out_floats);
        }
    }
}

int ck_winograd_transposed(const ck_geometry *g, const float *x, const float *weights, ck_epilogue epilogue, float *y,
                           int threads) {
    if (threads < 1) threads = 1;
    transposed_job job = {.kernels = ck_best_tiles(), .g = g, .x = x, .w = weights, .epilogue = epilogue, .y = y};
    job.tiles = ck_tile_grid_of(g->batch, g->out_height, g->out_width, OWN);
    job.live_steps = (g->kernel_depth + g->stride_depth - 1) / g->stride_depth;
    int64_t tile_values = job.live_steps * VALUES * VALUES * g->out_channels, tile_sums = SUMS * SUMS * g->in_channels;
    job.part_tiles = ck_tiles_of_part(tile_values + tile_sums, job.tiles.count, threads);
    job.value_floats = tile_values * job.part_tiles;
    int64_t sum_floats = tile_sums * job.part_tiles;
    return ck_for_parts(job.tiles.count, job.part_tiles, job.value_floats + sum_floats, convolve_part, &job, threads);
}
