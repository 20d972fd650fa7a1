#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "parallel.h"
#include "tiles.h"
#include "vectorized.h"

enum {
    STRIP_FLOATS = 12288,   // zero-padded copies of border windows, on the stack
    GROUP_FLOATS = 6144,    // weights that stay in the first-level cache while a row is swept (24 KiB)
};

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/// Whether the windows of `positions` positions at the border fit the strips, for so many rows of taps at a time.
static int strips_fit(int64_t rows, int64_t positions, int64_t step, int64_t taps, int64_t channels) {
    return rows * ((positions - 1) * step + taps) * channels <= STRIP_FLOATS;
}

int ck_carries_convolution(const ck_geometry *g) {
    return g->out_channels % 16 == 0 && g->kernel_depth * g->kernel_height <= CK_MAX_ROWS &&
           strips_fit(1, CK_TALLEST, g->stride_width, g->kernel_width, g->in_channels);
}

int ck_carries_transposed_convolution(const ck_geometry *g) {
    return g->in_channels % 16 == 0 && g->kernel_depth * g->kernel_height <= CK_MAX_ROWS &&
           strips_fit(1, CK_TALLEST, 1, g->kernel_width, g->out_channels);
}

int ck_carries_single_channel_convolution(const ck_geometry *g) {
    int64_t rows = g->kernel_depth * g->kernel_height;
    return g->out_channels == 1 && g->in_channels % 16 == 0 && rows <= CK_MAX_ROWS &&
           strips_fit(rows, CK_MAX_LANES, g->stride_width, g->kernel_width, g->in_channels);
}

/// One row of output positions and the pairs of input rows and weights that add up to it.
typedef struct {
    int pairs;
    const float *rows[CK_MAX_ROWS];      // input rows, [width, channels]
    const float *weights[CK_MAX_ROWS];   // [taps * channels, out_channels]
    int64_t width, channels, taps;
    int64_t first, step;                 // the window of position p starts at input position first + p * step
    int64_t positions, out_channels;
    float *out;
    int64_t out_stride;                  // floats from one output position to the next
    ck_epilogue epilogue;
} row_job;

/// The window of `count` positions from `position` on, zero-padded where it leaves the row.
static void copy_padded(const row_job *job, const float *row, int64_t position, int64_t count, float *strip) {
    int64_t from = job->first + position * job->step;
    int64_t length = (count - 1) * job->step + job->taps;
    int64_t inside_from = from < 0 ? smaller(-from, length) : 0;
    int64_t inside_to = from + length > job->width ? job->width - from : length;
    if (inside_to < inside_from) inside_to = inside_from;
    memset(strip, 0, (size_t)(inside_from * job->channels) * sizeof(float));
    if (inside_to > inside_from)
        memcpy(strip + inside_from * job->channels, row + (from + inside_from) * job->channels,
               (size_t)((inside_to - inside_from) * job->channels) * sizeof(float));
    memset(strip + inside_to * job->channels, 0, (size_t)((length - inside_to) * job->channels) * sizeof(float));
}

static int is_inside(const row_job *job, int64_t position, int64_t count) {
    int64_t from = job->first + position * job->step;
    return from >= 0 && from + (count - 1) * job->step + job->taps <= job->width;
}

/// Points the tile at the windows of its positions: in place, or in a padded strip at the borders.
static void point_at_windows(const row_job *job, int first_pair, int pairs, int64_t position, int64_t count,
                             const float **windows, float *strips) {
    int64_t strip_floats = ((count - 1) * job->step + job->taps) * job->channels;
    int inside = is_inside(job, position, count);
    for (int r = 0; r < pairs; r++) {
        const float *row = job->rows[first_pair + r];
        if (inside) {
            windows[r] = row + (job->first + position * job->step) * job->channels;
        } else {
            copy_padded(job, row, position, count, strips + r * strip_floats);
            windows[r] = strips + r * strip_floats;
        }
    }
}

/// How many pairs one sweep over the row takes: as many as keep their weights in cache and their strips on the stack.
static int pairs_per_sweep(const row_job *job, int64_t block, int tallest) {
    int64_t k = job->taps * job->channels;
    int64_t strip = ((tallest - 1) * job->step + job->taps) * job->channels;
    int64_t pairs = smaller(k * block > 0 ? GROUP_FLOATS / (k * block) : 1, strip > 0 ? STRIP_FLOATS / strip : 1);
    return (int)(pairs < 1 ? 1 : smaller(pairs, CK_MAX_ROWS));
}

static void sweep(const ck_tiles *tiles, const row_job *job, int first_pair, int pairs, int vectors, int64_t channel,
                  int accumulate, int finish) {
    float strips[STRIP_FLOATS];
    ck_tile tile = {.rows = pairs, .k = job->taps * job->channels, .lda = job->step * job->channels,
                    .ldb = job->out_channels, .ldc = job->out_stride, .accumulate = accumulate, .finish = finish,
                    .shift = job->epilogue.shift ? job->epilogue.shift + channel : NULL, .slope = job->epilogue.slope};
    for (int r = 0; r < pairs; r++) tile.b[r] = job->weights[first_pair + r] + channel;
    const int heights[3] = {tiles->tallest, 4, 1};
    int64_t position = 0;
    for (int h = 0; h < 3; h++)
        for (; position + heights[h] <= job->positions; position += heights[h]) {
            point_at_windows(job, first_pair, pairs, position, heights[h], tile.a, strips);
            tile.c = job->out + position * job->out_stride + channel;
            tiles->tile[vectors - 1][h](&tile);
        }
}

static void convolve_row(const ck_tiles *tiles, const row_job *job) {
    int64_t vectors_left = job->out_channels / tiles->lanes;
    for (int64_t channel = 0; vectors_left > 0;) {
        // Four vectors go as two and two, not as three and a lone one.
        int vectors = vectors_left == 4 && tiles->widest == 3 ? 2 : (int)smaller(vectors_left, tiles->widest);
        int per_sweep = pairs_per_sweep(job, vectors * tiles->lanes, tiles->tallest);
        int pair = 0;
        do {
            int pairs = (int)smaller(job->pairs - pair, per_sweep);
            sweep(tiles, job, pair, pairs, vectors, channel, pair > 0, pair + pairs >= job->pairs);
            pair += pairs;
        } while (pair < job->pairs);
        channel += vectors * tiles->lanes;
        vectors_left -= vectors;
    }
}

typedef struct {
    int64_t n, d, h;
} row_place;

/// The row with this number of a tensor of rows [N, depth, height]. Rows are numbered in strips of a few rows through all
/// depths, so that what one depth has read of its neighbours is still in cache when the next depth wants it.
static row_place place_of(int64_t number, int64_t depth, int64_t height) {
    enum { STRIP = 8 };
    int64_t n = number / (depth * height), within = number % (depth * height);
    int64_t first = within / (STRIP * depth) * STRIP, rows = smaller(STRIP, height - first);
    int64_t rest = within - first * depth;
    return (row_place){n, rest / rows, first + rest % rows};
}

static int64_t row_number(row_place at, int64_t depth, int64_t height) {
    return (at.n * depth + at.d) * height + at.h;
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
    job->pairs = 0;
    for (int64_t kd = 0; kd < g->kernel_depth; kd++) {
        int64_t in_d = at.d * g->stride_depth + kd - g->padding_depth;
        if (in_d < 0 || in_d >= g->in_depth) continue;
        for (int64_t kh = 0; kh < g->kernel_height; kh++) {
            int64_t in_h = at.h * g->stride_height + kh - g->padding_height;
            if (in_h < 0 || in_h >= g->in_height) continue;
            job->rows[job->pairs] =
                x + ((at.n * g->in_depth + in_d) * g->in_height + in_h) * g->in_width * g->in_channels;
            job->weights[job->pairs] =
                w + (kd * g->kernel_height + kh) * g->kernel_width * g->in_channels * g->out_channels;
            job->pairs++;
        }
    }
}

/// An output row of a convolution, written to `out`.
static void convolve_row_at(const convolution_job *c, row_place at, float *out) {
    const ck_geometry *g = c->g;
    row_job job = {.width = g->in_width, .channels = g->in_channels, .taps = g->kernel_width,
                   .first = -g->padding_width, .step = g->stride_width, .positions = g->out_width,
                   .out_channels = g->out_channels, .out_stride = g->out_channels, .out = out,
                   .epilogue = c->epilogue};
    gather_rows(g, c->x, c->w, at, &job);
    convolve_row(c->tiles, &job);
}

static void convolve_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const convolution_job *c = context;
    const ck_geometry *g = c->g;
    for (int64_t number = begin; number < end; number++) {
        row_place at = place_of(number, g->out_depth, g->out_height);
        convolve_row_at(c, at, c->y + row_number(at, g->out_depth, g->out_height) * g->out_width * g->out_channels);
    }
}

int ck_convolution(const ck_geometry *g, const float *x, const float *w, ck_epilogue epilogue, float *y, int threads) {
    convolution_job job = {ck_best_tiles(), g, x, w, epilogue, y, NULL, NULL};
    ck_parallel(g->batch * g->out_depth * g->out_height, threads, convolve_rows, &job);
    return CK_OK;
}

/// Pools one row of positions in width: y = first ? max over the window : max of y and that.
CK_VECTORIZED static void pool_row(const float *restrict row, int64_t positions, int64_t window, int64_t channels,
                                   int first, float *restrict y) {
    for (int64_t p = 0; p < positions; p++, y += channels, row += window * channels)
        for (int64_t c = 0; c < channels; c++) {
            float largest = first ? row[c] : row[c] > y[c] ? row[c] : y[c];
            for (int64_t k = 1; k < window; k++)
                largest = row[k * channels + c] > largest ? row[k * channels + c] : largest;
            y[c] = largest;
        }
}

static void convolve_pooled_rows(void *context, int64_t begin, int64_t end, int thread) {
    const convolution_job *c = context;
    const ck_geometry *g = c->g;
    const int64_t *pool = c->pool;
    int64_t height = g->out_height / pool[1], depth = g->out_depth / pool[0], width = g->out_width / pool[2];
    float *row_scratch = c->rows + thread * g->out_width * g->out_channels;
    for (int64_t number = begin; number < end; number++) {
        row_place at = place_of(number, depth, height);
        float *y = c->y + row_number(at, depth, height) * width * g->out_channels;
        for (int64_t i = 0; i < pool[0] * pool[1]; i++) {
            row_place unpooled = {at.n, at.d * pool[0] + i / pool[1], at.h * pool[1] + i % pool[1]};
            convolve_row_at(c, unpooled, row_scratch);
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

// Transposed convolution ------------------------------------------------------------------------------------------

/// The taps that reach output position `at` of one axis: k = last, last - stride, …, from inputs first, first + 1, ….
typedef struct {
    int64_t taps, last, first;
} reach;

static reach reach_of(int64_t at, int64_t kernel, int64_t stride, int64_t padding) {
    int64_t residue = (at + padding) % stride;
    if (residue >= kernel) return (reach){0, 0, 0};
    int64_t taps = (kernel - 1 - residue) / stride + 1;
    int64_t last = residue + (taps - 1) * stride;
    return (reach){taps, last, (at + padding - last) / stride};
}

typedef struct {
    const ck_tiles *tiles;
    const ck_geometry *g;
    const float *x;
    const float *packed;  // per (kd, kh): the residues in width one after the other, taps falling
    ck_epilogue epilogue;
    float *y;
} transposed_job;

static void pack_weights(const ck_geometry *g, const float *w, float *packed) {
    int64_t tap_floats = g->out_channels * g->in_channels;
    for (int64_t row = 0; row < g->kernel_depth * g->kernel_height; row++)
        for (int64_t residue = 0; residue < smaller(g->stride_width, g->kernel_width); residue++)
            for (int64_t k = reach_of(residue, g->kernel_width, g->stride_width, 0).last; k >= 0;
                 k -= g->stride_width, packed += tap_floats)
                memcpy(packed, w + (row * g->kernel_width + k) * tap_floats, (size_t)tap_floats * sizeof(float));
}

/// Where pack_weights put the taps of a residue in width, in taps from the start of its (kd, kh).
static int64_t packed_tap(const ck_geometry *g, int64_t residue) {
    int64_t tap = 0;
    for (int64_t r = 0; r < residue; r++) tap += reach_of(r, g->kernel_width, g->stride_width, 0).taps;
    return tap;
}

static void gather_transposed(const transposed_job *t, row_place at, int64_t tap, row_job *job) {
    const ck_geometry *g = t->g;
    reach depth = reach_of(at.d, g->kernel_depth, g->stride_depth, g->padding_depth);
    reach height = reach_of(at.h, g->kernel_height, g->stride_height, g->padding_height);
    for (int64_t i = 0; i < depth.taps; i++)
        for (int64_t j = 0; j < height.taps; j++) {
            int64_t from_d = depth.first + i, from_h = height.first + j;
            if (from_d < 0 || from_d >= g->out_depth || from_h < 0 || from_h >= g->out_height) continue;
            int64_t kd = depth.last - i * g->stride_depth, kh = height.last - j * g->stride_height;
            job->rows[job->pairs] =
                t->x + ((at.n * g->out_depth + from_d) * g->out_height + from_h) * g->out_width * g->out_channels;
            job->weights[job->pairs] = t->packed + ((kd * g->kernel_height + kh) * g->kernel_width + tap) *
                                                       g->out_channels * g->in_channels;
            job->pairs++;
        }
}

static void convolve_transposed_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const transposed_job *t = context;
    const ck_geometry *g = t->g;
    for (int64_t number = begin; number < end; number++) {
        row_place row = place_of(number, g->in_depth, g->in_height);
        float *y = t->y + row_number(row, g->in_depth, g->in_height) * g->in_width * g->in_channels;
        for (int64_t at = 0; at < smaller(g->stride_width, g->in_width); at++) {
            reach width = reach_of(at, g->kernel_width, g->stride_width, g->padding_width);
            row_job job = {.width = g->out_width, .channels = g->out_channels, .taps = width.taps,
                           .first = width.first, .step = 1,
                           .positions = (g->in_width - at + g->stride_width - 1) / g->stride_width,
                           .out_channels = g->in_channels, .out_stride = g->stride_width * g->in_channels,
                           .out = y + at * g->in_channels, .epilogue = t->epilogue};
            if (width.taps > 0)
                gather_transposed(t, row, packed_tap(g, (at + g->padding_width) % g->stride_width), &job);
            convolve_row(t->tiles, &job);
        }
    }
}

int ck_transposed_convolution(const ck_geometry *g, const float *x, const float *w, ck_epilogue epilogue, float *y,
                              int threads) {
    int64_t floats = g->kernel_depth * g->kernel_height * g->kernel_width * g->out_channels * g->in_channels;
    float *packed = malloc((size_t)floats * sizeof(float));
    if (!packed) return CK_OUT_OF_MEMORY;
    pack_weights(g, w, packed);
    transposed_job job = {ck_best_tiles(), g, x, packed, epilogue, y};
    ck_parallel(g->batch * g->in_depth * g->in_height, threads, convolve_transposed_rows, &job);
    free(packed);
    return CK_OK;
}

// One output channel ----------------------------------------------------------------------------------------------

typedef struct {
    const ck_tiles *tiles;
    const ck_geometry *g;
    const float *x, *w;
    float shift;
    float *y;
} single_channel_job;

static void convolve_single_channel_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const single_channel_job *s = context;
    const ck_geometry *g = s->g;
    float strips[STRIP_FLOATS], tail[CK_MAX_LANES];
    for (int64_t number = begin; number < end; number++) {
        row_place at = place_of(number, g->out_depth, g->out_height);
        row_job job = {.width = g->in_width, .channels = g->in_channels, .taps = g->kernel_width,
                       .first = -g->padding_width, .step = g->stride_width, .positions = g->out_width};
        gather_rows(g, s->x, s->w, at, &job);
        ck_dot_tile tile = {.rows = job.pairs, .k = job.taps * job.channels, .lda = job.step * job.channels,
                            .shift = s->shift};
        memcpy(tile.w, job.weights, sizeof tile.w);
        float *out = s->y + row_number(at, g->out_depth, g->out_height) * g->out_width;
        for (int64_t position = 0; position < g->out_width; position += s->tiles->lanes) {
            int whole = position + s->tiles->lanes <= g->out_width;
            point_at_windows(&job, 0, job.pairs, position, s->tiles->lanes, tile.a, strips);
            tile.y = whole ? out + position : tail;
            s->tiles->dot_tile(&tile);
            if (!whole) memcpy(out + position, tail, (size_t)(g->out_width - position) * sizeof(float));
        }
    }
}

int ck_single_channel_convolution(const ck_geometry *g, const float *x, const float *w, float shift, float *y,
                                  int threads) {
    single_channel_job job = {ck_best_tiles(), g, x, w, shift, y};
    ck_parallel(g->batch * g->out_depth * g->out_height, threads, convolve_single_channel_rows, &job);
    return CK_OK;
}
