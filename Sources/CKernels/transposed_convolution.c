#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "rows.h"

int ck_carries_transposed_convolution(const ck_geometry *g) {
    return g->in_channels % 16 == 0 && g->kernel_depth * g->kernel_height <= CK_MAX_ROWS &&
           ck_strip_fits(1, g->kernel_width, g->out_channels);
}

typedef struct {
    const ck_tiles *tiles;
    const ck_geometry *g;
    const float *x;
    const float *packed;  // per (kd, kh): the residues in width one after the other, taps falling
    ck_epilogue epilogue;
    float *y;
} transposed_job;

static void pack_weights(const ck_geometry *g, const float *w, float *packed) {
    int64_t tap_floats = g->out_channels * g->in_channels;
    for (int64_t row = 0; row < g->kernel_depth * g->kernel_height; row++)
        for (int64_t residue = 0; residue < ck_smaller(g->stride_width, g->kernel_width); residue++)
            for (int64_t k = ck_reach_of(residue, g->kernel_width, g->stride_width, 0).last; k >= 0;
                 k -= g->stride_width, packed += tap_floats)
                memcpy(packed, w + (row * g->kernel_width + k) * tap_floats, (size_t)tap_floats * sizeof(float));
}

static void gather_transposed(const transposed_job *t, row_place at, int64_t tap, row_job *job) {
    const ck_geometry *g = t->g;
    ck_row_pairs pairs = ck_pairs_of_input(g, at);
    job->pairs = pairs.count;
    for (int i = 0; i < pairs.count; i++) {
        job->rows[i] = t->x + pairs.row[i] * g->out_width * g->out_channels;
        job->weights[i] = t->packed + (pairs.kernel[i] * g->kernel_width + tap) * g->out_channels * g->in_channels;
    }
}

static void convolve_transposed_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const transposed_job *t = context;
    const ck_geometry *g = t->g;
    for (int64_t number = begin; number < end; number++) {
        row_place row = ck_row_place(number, g->in_depth, g->in_height);
        float *y = t->y + number * g->in_width * g->in_channels;
        for (int64_t at = 0; at < ck_smaller(g->stride_width, g->in_width); at++) {
            ck_reach width = ck_reach_of(at, g->kernel_width, g->stride_width, g->padding_width);
            row_job job = {.width = g->out_width, .channels = g->out_channels, .taps = width.taps,
                           .first = width.first, .step = 1,
                           .positions = (g->in_width - at + g->stride_width - 1) / g->stride_width,
                           .out_channels = g->in_channels, .out_stride = g->stride_width * g->in_channels,
                           .out = y + at * g->in_channels, .epilogue = t->epilogue};
            if (width.taps > 0)
                gather_transposed(t, row, ck_taps_before(g, (at + g->padding_width) % g->stride_width), &job);
            ck_convolve_row(t->tiles, &job);
        }
    }
}

int ck_transposed_convolution(const ck_geometry *g, const float *x, const float *w, ck_epilogue epilogue, float *y,
                              int threads) {
    int64_t floats = g->kernel_depth * g->kernel_height * g->kernel_width * g->out_channels * g->in_channels;
    float *packed = malloc((size_t)floats * sizeof(float));
    if (!packed) return CK_OUT_OF_MEMORY;
    pack_weights(g, w, packed);
    ck_geometry joined = ck_with_long_rows(g);
    transposed_job job = {ck_best_tiles(), &joined, x, packed, epilogue, y};
    ck_parallel(joined.batch * joined.in_depth * joined.in_height, threads, convolve_transposed_rows, &job);
    free(packed);
    return CK_OK;
}
