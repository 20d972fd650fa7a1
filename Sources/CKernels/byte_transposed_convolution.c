#include "bytes.h"
#include "parallel.h"

// The convolution's roles are exchanged here as in ck_transposed_convolution: from a tensor like its output to one like
// its input, one dense convolution for every residue of the stride in width. A residue's taps lie together, those of others left
// out, so only channels in eights keep the fours of weights that are summed in 16 bits what they were when they were bounded.

int ck_carries_byte_transposed_convolution(const ck_geometry *g) {
    ck_reach first = ck_reach_of(0, g->kernel_width, g->stride_width, g->padding_width);
    ck_reach last = ck_reach_of(g->in_width - 1, g->kernel_width, g->stride_width, g->padding_width);
    return g->batch == 1 && g->in_channels % 16 == 0 && g->in_channels <= CK_MOST_BYTE_CHANNELS &&
           g->out_channels % 8 == 0 && g->kernel_depth * g->kernel_height <= CK_MAX_ROWS &&
           g->stride_width <= g->kernel_width && first.first >= -1 && last.first + last.taps <= g->out_width + 1;
}

typedef struct {
    const ck_byte_tiles *tiles;
    const ck_geometry *g;
    const uint8_t *x;
    const ck_byte_layer *layer;
    uint8_t *y;
} byte_transposed_job;

static void gather_transposed(const byte_transposed_job *t, row_place at, int64_t residue, int64_t first,
                              byte_row_job *job) {
    const ck_geometry *g = t->g;
    int64_t row_bytes = ck_byte_row(g->out_width, g->out_channels), tap = ck_taps_before(g, residue);
    ck_row_pairs pairs = ck_pairs_of_input(g, at);
    job->pairs = pairs.count;
    for (int i = 0; i < pairs.count; i++) {
        job->rows[i] = t->x + pairs.row[i] * row_bytes + (1 + first) * g->out_channels;
        job->weights[i] = t->layer->weights + (pairs.kernel[i] * g->kernel_width + tap) * g->out_channels * g->in_channels;
        job->offsets[i] = t->layer->offsets + (pairs.kernel[i] * g->stride_width + residue) * g->in_channels;
    }
}

static void convolve_transposed_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const byte_transposed_job *t = context;
    const ck_geometry *g = t->g;
    for (int64_t number = begin; number < end; number++) {
        row_place row = ck_row_place(number, g->in_depth, g->in_height);
        uint8_t *y = t->y + number * ck_byte_row(g->in_width, g->in_channels);
        ck_set_byte_border(y, g->in_width, g->in_channels, g->in_channels, t->layer->zero);
        for (int64_t at = 0; at < ck_smaller(g->stride_width, g->in_width); at++) {
            ck_reach width = ck_reach_of(at, g->kernel_width, g->stride_width, g->padding_width);
            byte_row_job job = {.step = g->out_channels, .groups = ck_groups(width.taps, g->out_channels),
                                .products = ck_transposed_products(g),
                                .positions = (g->in_width - at + g->stride_width - 1) / g->stride_width,
                                .out_channels = g->in_channels, .out_stride = g->stride_width * g->in_channels,
                                .bytes = y + (1 + at) * g->in_channels, .layer = t->layer};
            gather_transposed(t, row, (at + g->padding_width) % g->stride_width, width.first, &job);
            ck_convolve_byte_row(t->tiles, &job);
        }
    }
}

int ck_byte_transposed_convolution(const ck_geometry *g, const uint8_t *x, const ck_byte_layer *layer, uint8_t *y,
                                   int threads) {
    byte_transposed_job job = {ck_best_byte_tiles(), g, x, layer, y};
    ck_parallel(g->in_depth * g->in_height, threads, convolve_transposed_rows, &job);
    return CK_OK;
}
