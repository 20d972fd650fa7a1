// What a convolution by Winograd's algorithm and its weight gradient share. A tile of OUTPUTS×OUTPUTS positions of the output
// and the INPUTS×INPUTS of the input that they see become POINTS points each, at which channels are multiplied.
#pragma once

#include "CKernels.h"

enum { TAPS = 3, OUTPUTS = 4, INPUTS = 6, POINTS = INPUTS * INPUTS, LANES = 16 };

typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4)));

// Not functions: vectors as arguments differ between instruction sets.
#define LOAD(p) (*(const lanes *)(p))
#define STORE(p, v) (*(lanes *)(p) = (v))

/// The tiles of the pictures of a batch.
typedef struct {
    int64_t high, wide, count;
} ck_tile_grid;

/// Where a tile lies: a picture of the batch, and its first output row and column.
typedef struct {
    int64_t n, row, column;
} ck_tile_place;

static inline ck_tile_grid ck_tile_grid_of(const ck_geometry *g) {
    int64_t high = (g->out_height + OUTPUTS - 1) / OUTPUTS, wide = (g->out_width + OUTPUTS - 1) / OUTPUTS;
    return (ck_tile_grid){high, wide, g->batch * high * wide};
}

static inline ck_tile_place ck_place_of_tile(const ck_tile_grid *grid, int64_t tile) {
    int64_t across = tile / grid->wide;
    return (ck_tile_place){across / grid->high, across % grid->high * OUTPUTS, tile % grid->wide * OUTPUTS};
}

/// The points of the input of one tile in one step in depth; `to` is its place among those of point 0, the next point's is
/// `point_step` floats further.
void ck_transform_input_tile(const ck_geometry *g, const float *picture, const ck_tile_place *at, float *to,
                             int64_t point_step);
