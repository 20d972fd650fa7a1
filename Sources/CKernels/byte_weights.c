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
            byte_weights from = {w + (row * g->kernel_width + reach.last) * tap_bytes, -g->stride_width * tap_bytes,
                                 g->in_channels, 1};
            ck_pack_byte_taps(from, reach.taps, g->out_channels, g->in_channels, g->in_channels, ck_transposed_products(g),
                              zero, packed, offsets);
            packed += reach.taps * tap_bytes;
        }
}

static void pack_forward(const ck_geometry *g, const int8_t *w, int32_t zero, int8_t *packed, int32_t *offsets) {
    int64_t tap_bytes = g->out_channels * g->in_channels, groups = ck_groups(g->kernel_width, g->in_channels);
    for (int64_t row = 0; row < rows_of(g); row++) {
        byte_weights from = {w + row * g->kernel_width * tap_bytes, tap_bytes, g->out_channels, 1};
        ck_pack_byte_taps(from, g->kernel_width, g->in_channels, g->out_channels, g->out_channels, ck_forward_products(g),
                          zero, packed + row * groups * g->out_channels * 4, offsets + row * g->out_channels);
    }
}

void ck_pack_byte_weights(const ck_geometry *g, int transposed, const int8_t *w, int32_t zero, int8_t *packed,
                          int32_t *offsets) {
    if (transposed) return pack_transposed(g, w, zero, packed, offsets);
    if (g->out_channels > 1) return pack_forward(g, w, zero, packed, offsets);
    // One row of taps in width whose output channels are the rows of taps of the kernel.
    byte_weights from = {w, g->in_channels, 1, g->kernel_width * g->in_channels};
    ck_pack_byte_taps(from, g->kernel_width, g->in_channels, rows_of(g), columns_of(g), ck_column_products(g), zero, packed,
                      offsets);
}
