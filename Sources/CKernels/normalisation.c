#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "parallel.h"
#include "CProcessor.h"

/// Sums of so many rows are kept in single precision before they are added up in double.
enum { ROWS_PER_SUM = 512 };

typedef struct {
    const float *x, *gy;
    int64_t rows, channels;
    const float *scale, *shift;
    float slope;
    double *sums;  // [parts, 2 * channels]
} sums_job;

CP_VECTORIZED static void add_moments(const float *x, int64_t rows, int64_t channels, float *restrict first,
                                      float *restrict second) {
    for (int64_t r = 0; r < rows; r++, x += channels)
        for (int64_t c = 0; c < channels; c++) {
            first[c] += x[c];
            second[c] += x[c] * x[c];
        }
}

CP_VECTORIZED static void add_gradient_sums(const sums_job *job, const float *x, const float *gy, int64_t rows,
                                            float *restrict first, float *restrict second) {
    const float *scale = job->scale, *shift = job->shift;
    const float slope = job->slope;
    const int64_t channels = job->channels;
    for (int64_t r = 0; r < rows; r++, x += channels, gy += channels)
        for (int64_t c = 0; c < channels; c++) {
            float g = x[c] * scale[c] + shift[c] >= 0 ? gy[c] : gy[c] * slope;
            first[c] += g;
            second[c] += g * x[c];
        }
}

/// One part of ROWS_PER_SUM rows; parts do not depend on the number of threads, so neither does the result.
static void sum_parts(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const sums_job *job = context;
    const int64_t channels = job->channels;
    float *partial = malloc((size_t)(2 * channels) * sizeof(float));
    if (!partial) return;  // the caller sees the part's marker and reports it
    for (int64_t part = begin; part < end; part++) {
        int64_t from = part * ROWS_PER_SUM, left = job->rows - from;
        int64_t rows = left < ROWS_PER_SUM ? left : ROWS_PER_SUM;
        memset(partial, 0, (size_t)(2 * channels) * sizeof(float));
        if (job->gy)
            add_gradient_sums(job, job->x + from * channels, job->gy + from * channels, rows, partial,
                              partial + channels);
        else
            add_moments(job->x + from * channels, rows, channels, partial, partial + channels);
        double *sums = job->sums + part * (2 * channels + 1);
        for (int64_t c = 0; c < 2 * channels; c++) sums[c] = partial[c];
        sums[2 * channels] = 1;
    }
    free(partial);
}

/// first[c] and second[c]: the two sums over all rows.
static int sum_rows(sums_job *job, double *totals, int threads) {
    int64_t parts = (job->rows + ROWS_PER_SUM - 1) / ROWS_PER_SUM, width = 2 * job->channels + 1;
    job->sums = calloc((size_t)(parts * width), sizeof(double));
    if (!job->sums) return CK_OUT_OF_MEMORY;
    ck_parallel(parts, threads, sum_parts, job);
    memset(totals, 0, (size_t)width * sizeof(double));
    for (int64_t part = 0; part < parts; part++)
        for (int64_t c = 0; c < width; c++) totals[c] += job->sums[part * width + c];
    free(job->sums);
    return totals[width - 1] == (double)parts ? CK_OK : CK_OUT_OF_MEMORY;
}

int ck_moments(const float *x, int64_t rows, int64_t channels, float *mean, float *variance, int threads) {
    double *totals = malloc((size_t)(2 * channels + 1) * sizeof(double));
    if (!totals) return CK_OUT_OF_MEMORY;
    sums_job job = {.x = x, .rows = rows, .channels = channels};
    int status = sum_rows(&job, totals, threads);
    for (int64_t c = 0; status == CK_OK && c < channels; c++) {
        double m = totals[c] / (double)rows, v = totals[channels + c] / (double)rows - m * m;
        mean[c] = (float)m;
        variance[c] = v > 0 ? (float)v : 0;
    }
    free(totals);
    return status;
}

int ck_scale_shift_sums(const float *x, const float *gy, int64_t rows, int64_t channels, const float *scale,
                        const float *shift, float slope, float *sum_g, float *sum_gx, int threads) {
    double *totals = malloc((size_t)(2 * channels + 1) * sizeof(double));
    if (!totals) return CK_OUT_OF_MEMORY;
    sums_job job = {x, gy, rows, channels, scale, shift, slope, NULL};
    int status = sum_rows(&job, totals, threads);
    for (int64_t c = 0; status == CK_OK && c < channels; c++) {
        sum_g[c] = (float)totals[c];
        sum_gx[c] = (float)totals[channels + c];
    }
    free(totals);
    return status;
}

int ck_column_sums(const float *x, int64_t rows, int64_t channels, float *sums, int threads) {
    float *variance = malloc((size_t)channels * sizeof(float));
    if (!variance) return CK_OUT_OF_MEMORY;
    int status = ck_moments(x, rows, channels, sums, variance, threads);
    for (int64_t c = 0; status == CK_OK && c < channels; c++) sums[c] *= (float)rows;
    free(variance);
    return status;
}

typedef struct {
    const float *x, *gy;
    int64_t channels;
    const float *scale, *shift;
    float slope;
    const float *a, *b, *d;
    float *out;
} rows_job;

CP_VECTORIZED static void scale_shift_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const rows_job *job = context;
    const int64_t channels = job->channels;
    const float *scale = job->scale, *shift = job->shift, slope = job->slope;
    for (int64_t r = begin; r < end; r++) {
        const float *x = job->x + r * channels;
        float *y = job->out + r * channels;
#pragma clang loop vectorize(assume_safety)
        for (int64_t c = 0; c < channels; c++) {
            float z = x[c] * scale[c] + shift[c];
            y[c] = z >= 0 ? z : z * slope;
        }
    }
}

void ck_scale_shift(const float *x, int64_t rows, int64_t channels, const float *scale, const float *shift,
                    float slope, float *y, int threads) {
    rows_job job = {.x = x, .channels = channels, .scale = scale, .shift = shift, .slope = slope, .out = y};
    ck_parallel(rows, threads, scale_shift_rows, &job);
}

CP_VECTORIZED static void gradient_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const rows_job *job = context;
    const int64_t channels = job->channels;
    const float *scale = job->scale, *shift = job->shift, slope = job->slope;
    const float *a = job->a, *b = job->b, *d = job->d;
    for (int64_t r = begin; r < end; r++) {
        const float *x = job->x + r * channels, *gy = job->gy + r * channels;
        float *gx = job->out + r * channels;
#pragma clang loop vectorize(assume_safety)
        for (int64_t c = 0; c < channels; c++) {
            float g = x[c] * scale[c] + shift[c] >= 0 ? gy[c] : gy[c] * slope;
            gx[c] = a[c] * g + b[c] * x[c] + d[c];
        }
    }
}

void ck_scale_shift_gradient(const float *x, const float *gy, int64_t rows, int64_t channels, const float *scale,
                             const float *shift, float slope, const float *a, const float *b, const float *d,
                             float *gx, int threads) {
    rows_job job = {x, gy, channels, scale, shift, slope, a, b, d, gx};
    ck_parallel(rows, threads, gradient_rows, &job);
}
