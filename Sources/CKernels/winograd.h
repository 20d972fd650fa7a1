// What convolutions by Winograd's algorithm and a weight gradient share. Of 3×3 taps at stride 1 a tile of OUTPUTS×OUTPUTS positions of the output
// and the INPUTS×INPUTS of the input that they see become POINTS points each, at which channels are multiplied.
#pragma once

#include "CKernels.h"
#include "tiles.h"

enum { TAPS = 3, OUTPUTS = 4, INPUTS = 6, POINTS = INPUTS * INPUTS, LANES = 16 };

typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4)));

// Not functions: vectors as arguments differ between instruction sets.
#define LOAD(p) (*(const lanes *)(p))
#define STORE(p, v) (*(lanes *)(p) = (v))

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

/// How many tiles a thread takes at a time: what its cache holds of so many floats each, in as many parts as give all threads
/// the same.
int64_t ck_tiles_of_part(int64_t tile_floats, int64_t tiles, int threads);

/// sums[tile, v] = the sum over the pairs of `tile`, which has everything but `positions`, `a` and `c`, of inputs_r[tile, c] times
/// b_r[c, v], of `count` tiles and `vectors` vectors of channels.
void ck_multiply_tiles(const ck_tiles *kernels, ck_tile *tile, int vectors, int64_t count, const float *const *inputs,
                       float *sums);

/// The points of the input of one tile in one step in depth; `to` is its place among those of point 0, the next point's is
/// `point_step` floats further.
void ck_transform_input_tile(const ck_geometry *g, const float *picture, const ck_tile_place *at, float *to,
                             int64_t point_step);
