#include "bytes.h"

#include <string.h>

#include "parallel.h"
#include "vectorized.h"

/// The sums that the row's positions start from.
static void set_start(const byte_row_job *job, int32_t *start) {
    int64_t channels = job->out_channels;
    if (job->layer) memcpy(start, job->layer->shift, (size_t)channels * sizeof(int32_t));
    else memset(start, 0, (size_t)channels * sizeof(int32_t));
    for (int r = 0; r < job->pairs; r++)
        if (job->offsets[r])
            for (int64_t c = 0; c < channels; c++) start[c] -= job->offsets[r][c];
}

static void sweep(const ck_byte_tiles *tiles, const byte_row_job *job, int vectors, int64_t channel,
                  const int32_t *start) {
    ck_byte_tile tile = {.rows = job->pairs, .groups = job->groups, .lda = job->step, .ldb = 4 * job->out_channels,
                         .start = start + channel, .ldc = job->out_stride};
    if (job->layer) {
        tile.factor = job->layer->factor + channel;
        tile.slope = job->layer->slope;
        tile.zero = job->layer->zero;
    }
    for (int r = 0; r < job->pairs; r++) tile.b[r] = job->weights[r] + 4 * channel;
    const int heights[3] = {8, 4, 1};
    int64_t position = 0;
    for (int h = 0; h < 3; h++)
        for (; position + heights[h] <= job->positions; position += heights[h]) {
            for (int r = 0; r < job->pairs; r++) tile.a[r] = job->rows[r] + position * job->step;
            if (job->sums) tile.sums = job->sums + position * job->out_stride + channel;
            else tile.bytes = job->bytes + position * job->out_stride + channel;
            tiles->tile[vectors - 1][h](&tile);
        }
}

void ck_convolve_byte_row(const ck_byte_tiles *tiles, const byte_row_job *job) {
    int32_t start[CK_MOST_BYTE_CHANNELS];
    set_start(job, start);
    int64_t vectors_left = job->out_channels / tiles->lanes;
    for (int64_t channel = 0; vectors_left > 0;) {
        // Four vectors go as two and two, not as three and a lone one.
        int vectors = vectors_left == 4 && tiles->widest == 3 ? 2 : (int)ck_smaller(vectors_left, tiles->widest);
        sweep(tiles, job, vectors, channel, start);
        channel += vectors * tiles->lanes;
        vectors_left -= vectors;
    }
}

void ck_pack_byte_rows(const int8_t *w, int64_t rows, int64_t taps, int64_t channels, int64_t out_channels, int32_t zero,
                       int8_t *packed, int32_t *offsets) {
    int64_t k = taps * channels, groups = ck_groups(taps, channels);
    memset(packed, 0, (size_t)(rows * groups * out_channels * 4));
    memset(offsets, 0, (size_t)(rows * out_channels) * sizeof(int32_t));
    for (int64_t row = 0; row < rows; row++)
        for (int64_t i = 0; i < k; i++)
            for (int64_t c = 0; c < out_channels; c++) {
                int8_t value = w[(row * k + i) * out_channels + c];
                packed[((row * groups + i / 4) * out_channels + c) * 4 + i % 4] = value;
                offsets[row * out_channels + c] += zero * value;
            }
}

void ck_set_byte_border(uint8_t *row, int64_t width, int64_t channels, int32_t zero) {
    memset(row, zero, (size_t)channels);
    memset(row + (width + 1) * channels, zero, (size_t)channels);
}

typedef struct {
    const float *x;
    int64_t width, channels;
    float factor;
    int32_t zero;
    uint8_t *y;
} quantize_job;

/// As a tile's requantisation: rounding by one addition that nothing can be fused with.
CK_VECTORIZED static void quantize_row(const float *restrict x, int64_t count, float factor, int32_t zero,
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
        ck_set_byte_border(y, job->width, channels, job->zero);
        quantize_row(job->x + row * count, count, job->factor, job->zero, y + channels);
    }
}

void ck_quantize(const float *x, int64_t rows, int64_t width, int64_t channels, float factor, int32_t zero, uint8_t *y,
                 int threads) {
    quantize_job job = {x, width, channels, factor, zero, y};
    ck_parallel(rows, threads, quantize_rows, &job);
}
