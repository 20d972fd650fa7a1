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
    int64_t positions, out_channels;
    uint8_t *bytes;                      // where the row goes: requantised,
    int32_t *sums;                       // or as sums if this is not null
    int64_t out_stride;                  // elements from one output position to the next
    const ck_byte_layer *layer;
} byte_row_job;

static inline int64_t ck_byte_row(int64_t width, int64_t channels) { return (width + 2) * channels; }
static inline int64_t ck_groups(int64_t taps, int64_t channels) { return (taps * channels + 3) / 4; }

/// Computes one row, all its positions and channels.
void ck_convolve_byte_row(const ck_byte_tiles *tiles, const byte_row_job *job);

/// Packs `rows` rows of taps w[row][taps][channels][out_channels], every row alike, and sums each up times `zero`.
void ck_pack_byte_rows(const int8_t *w, int64_t rows, int64_t taps, int64_t channels, int64_t out_channels, int32_t zero,
                       int8_t *packed, int32_t *offsets);

/// Sets the border columns of a row.
void ck_set_byte_border(uint8_t *row, int64_t width, int64_t channels, int32_t zero);
