// One row of output at a time: what every convolution is made of.
#pragma once

#include "CKernels.h"
#include "tiles.h"

enum { CK_STRIP_FLOATS = 21504 };  // zero-padded copies of border windows, on the stack

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

/// Floats from one output position to the next.
static inline int64_t ck_out_stride(const ck_geometry *g) { return g->out_stride ? g->out_stride : g->out_channels; }

/// Where a row is in a tensor of rows [N, depth, height].
typedef struct {
    int64_t n, d, h;
} row_place;

static inline row_place ck_row_place(int64_t number, int64_t depth, int64_t height) {
    return (row_place){number / height / depth, number / height % depth, number % height};
}

static inline int64_t ck_smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/// Whether the windows of one tile at the border fit their strip.
static inline int ck_strip_fits(int64_t step, int64_t taps, int64_t channels) {
    return ((CK_TALLEST - 1) * step + taps) * channels <= CK_STRIP_FLOATS;
}

/// Positions that one tile takes.
typedef struct {
    int64_t first;
    int count;
} ck_tile_span;

/// How many tiles positions are cut into: as few as there can be.
static inline int64_t ck_tile_count(int64_t positions, int64_t tallest) { return (positions + tallest - 1) / tallest; }

/// The positions of a tile, of so many that are nearly of one height.
static inline ck_tile_span ck_span_of_tile(int64_t tile, int64_t tiles, int64_t positions) {
    int64_t first = positions * tile / tiles;
    return (ck_tile_span){first, (int)(positions * (tile + 1) / tiles - first)};
}

/// How many of the vectors of output channels that are left one tile takes.
static inline int ck_vectors_of_tile(int64_t vectors_left, int64_t widest) {
    // Four vectors go as two and two, not as three and a lone one.
    return vectors_left == 4 && widest == 3 ? 2 : (int)ck_smaller(vectors_left, widest);
}

/// Whether every output position sees the input position in its place, and no other.
static inline int ck_has_single_taps(const ck_geometry *g) {
    return g->kernel_depth * g->kernel_height * g->kernel_width == 1 &&
           g->stride_depth * g->stride_height * g->stride_width == 1 && g->padding_depth == 0 &&
           g->padding_height == 0 && g->padding_width == 0;
}

/// A convolution of single taps knows no rows: rows are joined to longer ones, which fill the tall tiles, as long as there
/// are enough of them to share between threads.
static inline ck_geometry ck_with_long_rows(const ck_geometry *g) {
    enum { ENOUGH_ROWS = 16, LONG_ROW = 512 };
    ck_geometry joined = *g;
    if (!ck_has_single_taps(g)) return joined;
    int64_t rows = g->batch * g->out_depth * g->out_height, factor = g->out_height;
    while (factor > 1 && (g->out_height % factor != 0 || factor * g->out_width > LONG_ROW || rows / factor < ENOUGH_ROWS))
        factor--;
    joined.in_height = joined.out_height = g->out_height / factor;
    joined.in_width = joined.out_width = g->out_width * factor;
    return joined;
}

/// The taps that reach output position `at` of one axis: k = last, last - stride, …, from inputs first, first + 1, ….
typedef struct {
    int64_t taps, last, first;
} ck_reach;

static inline ck_reach ck_reach_of(int64_t at, int64_t kernel, int64_t stride, int64_t padding) {
    int64_t residue = (at + padding) % stride;
    if (residue >= kernel) return (ck_reach){0, 0, 0};
    int64_t taps = (kernel - 1 - residue) / stride + 1;
    int64_t last = residue + (taps - 1) * stride;
    return (ck_reach){taps, last, (at + padding - last) / stride};
}

/// The rows of a tensor and of a kernel that add up to one row of a convolution, by their numbers: the tensor's of
/// [N, depth, height], the kernel's of [depth, height].
typedef struct {
    int count;
    int64_t row[CK_MAX_ROWS], kernel[CK_MAX_ROWS];
} ck_row_pairs;

/// Those of an output row.
static inline ck_row_pairs ck_pairs_of_output(const ck_geometry *g, row_place at) {
    ck_row_pairs pairs = {.count = 0};
    for (int64_t kd = 0; kd < g->kernel_depth; kd++) {
        int64_t d = at.d * g->stride_depth + kd - g->padding_depth;
        if (d < 0 || d >= g->in_depth) continue;
        for (int64_t kh = 0; kh < g->kernel_height; kh++) {
            int64_t h = at.h * g->stride_height + kh - g->padding_height;
            if (h < 0 || h >= g->in_height) continue;
            pairs.row[pairs.count] = (at.n * g->in_depth + d) * g->in_height + h;
            pairs.kernel[pairs.count++] = kd * g->kernel_height + kh;
        }
    }
    return pairs;
}

/// Those of an input row of the transposed convolution: rows of its output.
static inline ck_row_pairs ck_pairs_of_input(const ck_geometry *g, row_place at) {
    ck_row_pairs pairs = {.count = 0};
    ck_reach depth = ck_reach_of(at.d, g->kernel_depth, g->stride_depth, g->padding_depth);
    ck_reach height = ck_reach_of(at.h, g->kernel_height, g->stride_height, g->padding_height);
    for (int64_t i = 0; i < depth.taps; i++)
        for (int64_t j = 0; j < height.taps; j++) {
            int64_t d = depth.first + i, h = height.first + j;
            if (d < 0 || d >= g->out_depth || h < 0 || h >= g->out_height) continue;
            int64_t kd = depth.last - i * g->stride_depth, kh = height.last - j * g->stride_height;
            pairs.row[pairs.count] = (at.n * g->out_depth + d) * g->out_height + h;
            pairs.kernel[pairs.count++] = kd * g->kernel_height + kh;
        }
    return pairs;
}

/// Where the taps of a residue of the stride in width lie among those of a row of taps that is sorted by residue.
static inline int64_t ck_taps_before(const ck_geometry *g, int64_t residue) {
    int64_t taps = 0;
    for (int64_t r = 0; r < residue; r++) taps += ck_reach_of(r, g->kernel_width, g->stride_width, 0).taps;
    return taps;
}

/// Computes one row, all its positions and channels.
void ck_convolve_row(const ck_tiles *tiles, const row_job *job);
