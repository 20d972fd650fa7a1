#include <string.h>

#include "bytes.h"

/// Channels that one output channel is turned into columns for: a column for each row of taps, in whole vectors.
static int64_t columns_of(const ck_geometry *g) { return (g->kernel_depth * g->kernel_height + 15) / 16 * 16; }

static int64_t rows_of(const ck_geometry *g) { return g->kernel_depth * g->kernel_height; }

int64_t ck_packed_byte_weights(const ck_geometry *g, int transposed) {
    if (transposed) return rows_of(g) * g->kernel_width * g->out_channels * g->in_channels;
    int64_t groups = ck_groups(g->kernel_width, g->in_channels);
    return g->out_channels == 1 ? groups * 4 * columns_of(g) : rows_of(g) * groups * 4 * g->out_channels;
}

int64_t ck_byte_offsets(const ck_geometry *g, int transposed) {
    if (transposed) return rows_of(g) * g->stride_width * g->in_channels;
    return g->out_channels == 1 ? columns_of(g) : rows_of(g) * g->out_channels;
}

/// For every row of taps: the residues in width one after the other, taps falling.
static void pack_transposed(const ck_geometry *g, const int8_t *w, int32_t zero, int8_t *packed, int32_t *offsets) {
    int64_t tap_bytes = g->out_channels * g->in_channels;
    for (int64_t row = 0; row < rows_of(g); row++)
        for (int64_t residue = 0; residue < g->stride_width; residue++, offsets += g->in_channels) {
            ck_reach reach = ck_reach_of(residue, g->kernel_width, g->stride_width, 0);
            memset(offsets, 0, (size_t)g->in_channels * sizeof(int32_t));
            for (int64_t k = reach.last; k >= 0; k -= g->stride_width, packed += tap_bytes) {
                int32_t tap_offsets[CK_MOST_BYTE_CHANNELS];
                ck_pack_byte_rows(w + (row * g->kernel_width + k) * tap_bytes, 1, 1, g->out_channels, g->in_channels,
                                  zero, packed, tap_offsets);
                for (int64_t c = 0; c < g->in_channels; c++) offsets[c] += tap_offsets[c];
            }
        }
}

/// One row of taps in width whose output channels are the rows of taps of the kernel.
static void pack_single_channel(const ck_geometry *g, const int8_t *w, int32_t zero, int8_t *packed, int32_t *offsets) {
    int64_t columns = columns_of(g), taps = g->kernel_width * g->in_channels;
    memset(packed, 0, (size_t)ck_packed_byte_weights(g, 0));
    memset(offsets, 0, (size_t)columns * sizeof(int32_t));
    for (int64_t row = 0; row < rows_of(g); row++)
        for (int64_t i = 0; i < taps; i++) {
            packed[(i / 4 * columns + row) * 4 + i % 4] = w[row * taps + i];
            offsets[row] += zero * w[row * taps + i];
        }
}

void ck_pack_byte_weights(const ck_geometry *g, int transposed, const int8_t *w, int32_t zero, int8_t *packed,
                          int32_t *offsets) {
    if (transposed) pack_transposed(g, w, zero, packed, offsets);
    else if (g->out_channels == 1) pack_single_channel(g, w, zero, packed, offsets);
    else
        ck_pack_byte_rows(w, rows_of(g), g->kernel_width, g->in_channels, g->out_channels, zero, packed, offsets);
}
