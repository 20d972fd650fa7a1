#include "bytes.h"

#include <string.h>

#include "parallel.h"
#include "CProcessor.h"

/// The sums that the row's positions start from.
static void set_start(const byte_row_job *job, int64_t channel, int64_t count, int32_t *start) {
    if (job->layer) memcpy(start, job->layer->shift + channel, (size_t)count * sizeof(int32_t));
    else memset(start, 0, (size_t)count * sizeof(int32_t));
    for (int r = 0; r < job->pairs; r++)
        if (job->offsets[r])
            for (int64_t c = 0; c < count; c++) start[c] -= job->offsets[r][channel + c];
}

static const int heights[CK_BYTE_HEIGHTS] = {[CK_EIGHT] = 8, [CK_FOUR] = 4, [CK_ONE] = 1, [CK_FOURTEEN] = 14, [CK_SEVEN] = 7};

/// The tile for the next of the positions that are left of a row: one that divides the row, else as tall as is worth it.
static int height_for(void (*const *tiles)(const ck_byte_tile *), int64_t positions, int64_t left) {
    const int dividing[] = {CK_FOURTEEN, CK_EIGHT, CK_SEVEN};
    for (int i = 0; i < 3; i++)
        if (tiles[dividing[i]] && positions % heights[dividing[i]] == 0) return dividing[i];
    if (positions >= 8 && left > 4) return CK_EIGHT;
    return positions >= 4 ? CK_FOUR : CK_ONE;
}

/// Moves a tile to a position of the row.
static void place(ck_byte_tile *tile, const byte_row_job *job, int64_t position, int64_t channel) {
    for (int r = 0; r < job->pairs; r++) tile->a[r] = job->rows[r] + position * job->step;
    if (job->sums) tile->sums = job->sums + position * job->out_stride + channel;
    else tile->bytes = job->bytes + position * job->out_stride + channel;
}

void ck_convolve_byte_block(const ck_byte_tiles *tiles, const byte_row_job *job, int64_t channel, int vectors) {
    enum { MOST_BLOCK_CHANNELS = 64 };
    int32_t start[MOST_BLOCK_CHANNELS];
    set_start(job, channel, vectors * tiles->lanes, start);
    ck_byte_tile tile;  // set one by one: clearing the rest would take a hundredth of an embedder's time
    tile.rows = job->pairs;
    tile.groups = job->groups;
    tile.lda = job->step;
    tile.ldb = 4 * vectors * tiles->lanes;
    tile.start = start;
    tile.ldc = job->out_stride;
    tile.sums = NULL;
    if (job->layer) {
        tile.factor = job->layer->factor + channel;
        tile.slope = job->layer->slope;
        tile.zero = job->layer->zero;
    }
    for (int r = 0; r < job->pairs; r++) tile.b[r] = job->weights[r] + 4 * channel * job->groups;
    if (tiles->row[0]) {
        place(&tile, job, 0, channel);
        tiles->row[vectors - 1](&tile, job->positions);
        return;
    }
    for (int64_t position = 0, next; position < job->positions; position = next) {
        int64_t left = job->positions - position;
        int h = height_for(tiles->tile[vectors - 1], job->positions, left);
        // The last tile may do some positions again, rather than leave them to smaller ones.
        if (left < heights[h]) position = job->positions - heights[h];
        next = position + heights[h];
        place(&tile, job, position, channel);
        tiles->tile[vectors - 1][h](&tile);
    }
}

void ck_convolve_byte_row(const ck_byte_tiles *tiles, const byte_row_job *job) {
    int64_t left = job->out_channels / tiles->lanes;
    for (int64_t channel = 0, vectors; left > 0; channel += vectors * tiles->lanes, left -= vectors) {
        vectors = ck_block_vectors(tiles, left, job->products);
        ck_convolve_byte_block(tiles, job, channel, (int)vectors);
    }
}

void ck_pack_byte_taps(byte_weights from, int64_t taps, int64_t channels, int64_t outputs, int64_t out_channels,
                       int64_t products, int32_t zero, int8_t *packed, int32_t *offsets) {
    const ck_byte_tiles *tiles = ck_best_byte_tiles();
    int64_t groups = ck_groups(taps, channels), left = out_channels / tiles->lanes;
    memset(packed, 0, (size_t)(groups * out_channels * 4));
    memset(offsets, 0, (size_t)out_channels * sizeof(int32_t));
    for (int64_t first = 0, block; left > 0; first += block, left -= block / tiles->lanes, packed += groups * block * 4) {
        block = ck_block_vectors(tiles, left, products) * tiles->lanes;
        for (int64_t i = 0; i < taps * channels; i++)
            for (int64_t c = 0; c < block && first + c < outputs; c++) {
                int8_t value = from.w[i / channels * from.tap + i % channels * from.channel + (first + c) * from.output];
                packed[(i / 4 * block + c) * 4 + i % 4] = value;
                offsets[first + c] += zero * value;
            }
    }
}

void ck_set_byte_border(uint8_t *row, int64_t width, int64_t channels, int64_t stride, int32_t zero) {
    memset(row, zero, (size_t)channels);
    memset(row + (width + 1) * stride, zero, (size_t)channels);
}

typedef struct {
    const float *x;
    int64_t width, channels;
    float factor;
    int32_t zero;
    uint8_t *y;
} quantize_job;

/// As a tile's requantisation: rounding by one addition that nothing can be fused with.
CP_VECTORIZED static void quantize_row(const float *restrict x, int64_t count, float factor, int32_t zero,
                                       uint8_t *restrict y) {
    float lowest = (float)-zero, highest = (float)(255 - zero), rounding = (float)(CK_ROUNDING + zero);
    for (int64_t i = 0; i < count; i++) {
        float scaled = x[i] * factor;
        scaled = scaled > lowest ? scaled : lowest;
        scaled = scaled < highest ? scaled : highest;
        union {
            float value;
            uint32_t bits;
        } rounded = {scaled + rounding};
        y[i] = (uint8_t)rounded.bits;
    }
}

static void quantize_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const quantize_job *job = context;
    int64_t channels = job->channels, count = job->width * channels, stride = ck_byte_row(job->width, channels);
    for (int64_t row = begin; row < end; row++) {
        uint8_t *y = job->y + row * stride;
        ck_set_byte_border(y, job->width, channels, channels, job->zero);
        quantize_row(job->x + row * count, count, job->factor, job->zero, y + channels);
    }
}

void ck_quantize(const float *x, int64_t rows, int64_t width, int64_t channels, float factor, int32_t zero, uint8_t *y,
                 int threads) {
    quantize_job job = {x, width, channels, factor, zero, y};
    ck_parallel(rows, threads, quantize_rows, &job);
}
