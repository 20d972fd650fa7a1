// What convolutions by Winograd's algorithm and a weight gradient share. Of 3×3 taps at stride 1 a tile of OUTPUTS×OUTPUTS
// positions of the output and the INPUTS×INPUTS of the input that they see become POINTS points each, at which channels are
// multiplied.
#pragma once

#include "CKernels.h"
#include "tiles.h"

enum { TAPS = 3, OUTPUTS = 4, INPUTS = 6, POINTS = INPUTS * INPUTS, LANES = 16 };
enum { LINE_BYTES = 64 };  // that are fetched from memory at a time

typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4)));

// Not functions: vectors as arguments differ between instruction sets.
#define LOAD(p) (*(const lanes *)(p))
#define STORE(p, v) (*(lanes *)(p) = (v))

/// Weights are transformed in double precision, this many at a time: their errors would be multiplied by every input.
enum { WEIGHTS = 8 };

typedef double wide __attribute__((vector_size(WEIGHTS * 8)));
typedef float narrow __attribute__((vector_size(WEIGHTS * 4), aligned(4)));

/// G times a column of three, `step` vectors apart.
static inline __attribute__((always_inline)) void ck_transform_taps(const wide *w, int step, wide *t, int to) {
    wide w0 = w[0], w1 = w[step], w2 = w[2 * step];
    wide even = -(w0 + w2) / 6, odd = w1 / 6, near = w0 / 24 + w2 / 6, far = w1 / 12;
    t[0] = w0 / 4;
    t[to] = even - odd;
    t[2 * to] = even + odd;
    t[3 * to] = near + far;
    t[4 * to] = near - far;
    t[5 * to] = w2;
}

/// Bᵀ times a column of six, `step` floats apart.
static inline __attribute__((always_inline)) void ck_transform_inputs(const float *d, int64_t step, float *t, int64_t to) {
    lanes d0 = LOAD(d), d1 = LOAD(d + step), d2 = LOAD(d + 2 * step), d3 = LOAD(d + 3 * step), d4 = LOAD(d + 4 * step),
          d5 = LOAD(d + 5 * step);
    lanes even = d4 - 4 * d2, odd = d3 - 4 * d1, near = d4 - d2, far = 2 * (d3 - d1);
    STORE(t, 4 * d0 - 5 * d2 + d4);
    STORE(t + to, even + odd);
    STORE(t + 2 * to, even - odd);
    STORE(t + 3 * to, near + far);
    STORE(t + 4 * to, near - far);
    STORE(t + 5 * to, 4 * d1 - 5 * d3 + d5);
}

/// Aᵀ times a column of six, `step` floats apart.
static inline __attribute__((always_inline)) void ck_transform_sums(const float *m, int64_t step, float *t, int64_t to) {
    lanes m0 = LOAD(m), m1 = LOAD(m + step), m2 = LOAD(m + 2 * step), m3 = LOAD(m + 3 * step), m4 = LOAD(m + 4 * step),
          m5 = LOAD(m + 5 * step);
    lanes sum = m1 + m2, difference = m1 - m2, far_sum = m3 + m4, far_difference = m3 - m4;
    STORE(t, m0 + sum + far_sum);
    STORE(t + to, difference + 2 * far_difference);
    STORE(t + 2 * to, sum + 4 * far_sum);
    STORE(t + 3 * to, difference + 8 * far_difference + m5);
}

/// The tiles of the pictures of a batch, `side` positions high and wide.
typedef struct {
    int64_t side, high, wide, count;
} ck_tile_grid;

/// Where a tile lies: a picture of the batch, and its first row and column.
typedef struct {
    int64_t n, row, column;
} ck_tile_place;

static inline ck_tile_grid ck_tile_grid_of(int64_t batch, int64_t height, int64_t width, int64_t side) {
    int64_t high = (height + side - 1) / side, wide = (width + side - 1) / side;
    return (ck_tile_grid){side, high, wide, batch * high * wide};
}

static inline ck_tile_place ck_place_of_tile(const ck_tile_grid *grid, int64_t tile) {
    int64_t across = tile / grid->wide;
    return (ck_tile_place){across / grid->high, across % grid->high * grid->side, tile % grid->wide * grid->side};
}

/// The part of a picture that a tile sees: so many rows and columns from `row` and `column` on, of which those from `top` to
/// before `bottom` and from `left` to before `right` lie in it.
typedef struct {
    int64_t row, column, top, bottom, left, right;
} ck_tile_view;

/// Whether all of it lies in the picture, of a tile that sees `side` rows and columns.
static inline int ck_is_inside(const ck_tile_view *view, int64_t side) {
    return view->top == 0 && view->left == 0 && view->bottom == side && view->right == side;
}

/// Copies what lies in the picture, LANES channels of it, to its place in to[side, side, LANES]. The view begins at `corner`, of a
/// tile at the border maybe before the picture, with rows `down` and columns `along` floats apart.
static inline __attribute__((always_inline)) void ck_copy_inside(const ck_tile_view *view, const float *picture,
                                                                 int64_t corner, int64_t down, int64_t along, int64_t side,
                                                                 float *to) {
    for (int64_t i = view->top; i < view->bottom; i++)
        for (int64_t j = view->left; j < view->right; j++)
            STORE(to + (i * side + j) * LANES, LOAD(picture + (corner + i * down + j * along)));
}

/// How many tiles a thread takes at a time: what its cache holds of so many floats each, in as many parts as give all threads
/// the same.
int64_t ck_tiles_of_part(int64_t tile_floats, int64_t tiles, int threads);

/// What is done with `count` tiles from number `first` on, in a thread's scratch.
typedef void (*ck_part_body)(const void *job, int64_t first, int64_t count, float *scratch);

/// Does it with all tiles, `part_tiles` at a time, on so many threads, each of which has `scratch_floats` to itself.
int ck_for_parts(int64_t tiles, int64_t part_tiles, int64_t scratch_floats, ck_part_body body, const void *job, int threads);

/// sums[tile, v] = the sum over the pairs r of `tile`, which has `rows`, `k`, `lda`, `ldb` and `ldc`, of inputs_r[tile, c] times
/// weights_r[c, v], of `count` tiles and all `channels` v, whole vectors of them.
void ck_multiply_tiles(const ck_tiles *kernels, ck_tile *tile, int64_t channels, int64_t count, const float *const *inputs,
                       const float *const *weights, float *sums);

/// The points of the input of one tile in one step in depth; `to` is its place among those of point 0, the next point's is
/// `point_step` floats further.
void ck_transform_input_tile(const ck_geometry *g, const float *picture, const ck_tile_place *at, float *to,
                             int64_t point_step);
