// One row of a convolution in 8-bit integers at a time.
#pragma once

#include "byte_tiles.h"

enum { CK_MOST_BYTE_CHANNELS = 512 };  // out_channels, so that a row's starting sums fit on the stack

/// One row of output positions and the pairs of input rows and weights that add up to it.
typedef struct {
    int pairs;
    const uint8_t *rows[CK_MAX_ROWS];    // the window of position 0 in each
    const int8_t *weights[CK_MAX_ROWS];
    const int32_t *offsets[CK_MAX_ROWS];
    int64_t step;                        // bytes from the window of one position to the next
    int64_t groups;                      // of four bytes in a window
    int64_t products;                    // of a sum over all taps of the kernel, as the weights were packed for
    int64_t positions, out_channels;
    uint8_t *bytes;                      // where the row goes: requantised,
    int32_t *sums;                       // or as sums if this is not null
    int64_t out_stride;                  // elements from one output position to the next
    const ck_byte_layer *layer;
} byte_row_job;

static inline int64_t ck_byte_row(int64_t width, int64_t channels) { return (width + 2) * channels; }
static inline int64_t ck_groups(int64_t taps, int64_t channels) { return (taps * channels + 3) / 4; }

/// Products of one sum, in bytes of the channels that go in: of a convolution, of a residue of the adjoint of one, and of a
/// column of a convolution to a single channel.
static inline int64_t ck_forward_products(const ck_geometry *g) {
    return g->kernel_depth * g->kernel_height * ck_groups(g->kernel_width, g->in_channels) * 4;
}
static inline int64_t ck_transposed_products(const ck_geometry *g) {
    int64_t taps = (g->kernel_depth + g->stride_depth - 1) / g->stride_depth *
                   ((g->kernel_height + g->stride_height - 1) / g->stride_height) *
                   ((g->kernel_width + g->stride_width - 1) / g->stride_width);
    return taps * g->out_channels;
}
static inline int64_t ck_column_products(const ck_geometry *g) { return ck_groups(g->kernel_width, g->in_channels) * 4; }

/// Output channels are computed, and their weights packed, in blocks that a tile does at once: those of all taps that one
/// position sums lie together and fit the first cache where they can. The vectors of the block before which so many are left,
/// for sums of `products` bytes a channel.
static inline int ck_block_vectors(const ck_byte_tiles *tiles, int64_t vectors_left, int64_t products) {
    enum { BLOCK_BYTES = 40 << 10 };
    int64_t fitting = BLOCK_BYTES / (products * tiles->lanes);
    return ck_vectors_of_tile(vectors_left, fitting < 1 ? 1 : ck_smaller(tiles->widest, fitting));
}

/// Computes some channels of one row, a block of vectors from `channel` on, at all its positions.
void ck_convolve_byte_block(const ck_byte_tiles *tiles, const byte_row_job *job, int64_t channel, int vectors);
/// Computes one row, all its positions and channels.
void ck_convolve_byte_row(const ck_byte_tiles *tiles, const byte_row_job *job);

/// Weights w[tap, channel, output] as they stand in a kernel: numbers from one to the next along each axis.
typedef struct {
    const int8_t *w;
    int64_t tap, channel, output;
} byte_weights;

/// Packs a row of taps for `outputs` of `out_channels` (zeros for the others) in blocks, and sums each output's up times `zero`.
void ck_pack_byte_taps(byte_weights from, int64_t taps, int64_t channels, int64_t outputs, int64_t out_channels,
                       int64_t products, int32_t zero, int8_t *packed, int32_t *offsets);

/// Sets the border columns of a row whose positions are `stride` bytes apart.
void ck_set_byte_border(uint8_t *row, int64_t width, int64_t channels, int64_t stride, int32_t zero);
