#include "rows.h"

#include <string.h>

/// Floats of weights that stay in the first-level cache while a row is swept: 24 KiB.
enum { GROUP_FLOATS = 6144 };

/// The window of `count` positions from `position` on, zero-padded where it leaves the row.
static void copy_padded(const row_job *job, const float *row, int64_t position, int64_t count, float *strip) {
    int64_t from = job->first + position * job->step;
    int64_t length = (count - 1) * job->step + job->taps;
    int64_t inside_from = from < 0 ? ck_smaller(-from, length) : 0;
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

/// The positions of the tallest tiles that a row is cut into. Low tiles make less of the registers. Where a position has several
/// sums eight positions suffice, but a taller tile that takes a whole row is better still.
static int64_t tallest_tile(const ck_tiles *tiles, const row_job *job, int vectors) {
    enum { ENOUGH = 8 };
    int64_t tallest = tiles->tallest[vectors - 1];
    return job->positions > tallest && vectors > 1 ? ck_smaller(tallest, ENOUGH) : tallest;
}

/// How many pairs one sweep over the row takes: as many as keep their weights in cache and their strips on the stack. Over
/// a short row weights are read so few times that it does not pay to come back for the rest of them.
static int pairs_per_sweep(const row_job *job, int64_t block, int64_t tallest) {
    int64_t k = job->taps * job->channels;
    int64_t strip = ((tallest - 1) * job->step + job->taps) * job->channels;
    int64_t group = job->positions <= 2 * tallest ? GROUP_FLOATS * CK_MAX_ROWS : GROUP_FLOATS;
    int64_t pairs = ck_smaller(k * block > 0 ? group / (k * block) : 1, strip > 0 ? CK_STRIP_FLOATS / strip : 1);
    return (int)(pairs < 1 ? 1 : ck_smaller(pairs, CK_MAX_ROWS));
}

static void sweep(const ck_tiles *tiles, const row_job *job, int first_pair, int pairs, int vectors, int64_t tallest,
                  int64_t channel, int accumulate, int finish) {
    float strips[CK_STRIP_FLOATS];
    ck_tile tile = {.rows = pairs, .k = job->taps * job->channels, .lda = job->step * job->channels,
                    .ldb = job->out_channels, .ldc = job->out_stride, .accumulate = accumulate, .finish = finish,
                    .shift = job->epilogue.shift ? job->epilogue.shift + channel : NULL, .slope = job->epilogue.slope};
    for (int r = 0; r < pairs; r++) tile.b[r] = job->weights[first_pair + r] + channel;
    int64_t count = ck_tile_count(job->positions, tallest);
    for (int64_t i = 0; i < count; i++) {
        ck_tile_span span = ck_span_of_tile(i, count, job->positions);
        tile.positions = span.count;
        point_at_windows(job, first_pair, pairs, span.first, span.count, tile.a, strips);
        tile.c = job->out + span.first * job->out_stride + channel;
        tiles->tile[vectors - 1](&tile);
    }
}

void ck_convolve_row(const ck_tiles *tiles, const row_job *job) {
    int64_t vectors_left = job->out_channels / tiles->lanes;
    for (int64_t channel = 0; vectors_left > 0;) {
        int vectors = ck_vectors_of_tile(vectors_left, tiles->widest);
        int64_t tallest = tallest_tile(tiles, job, vectors);
        int per_sweep = pairs_per_sweep(job, vectors * tiles->lanes, tallest);
        int pair = 0;
        do {
            int pairs = (int)ck_smaller(job->pairs - pair, per_sweep);
            sweep(tiles, job, pair, pairs, vectors, tallest, channel, pair > 0, pair + pairs >= job->pairs);
            pair += pairs;
        } while (pair < job->pairs);
        channel += vectors * tiles->lanes;
        vectors_left -= vectors;
    }
}
