#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "CProcessor.h"
#include "CKernels.h"

enum { SIDE = 5, REACH = SIDE / 2, TAPS = SIDE * SIDE, SEARCHED = 2 };

static const float SOFTENING = 0.01f;

typedef struct {
    int64_t height, width, channels;
    const float *e, *f;
    int32_t *best;
    double *responses;    // [channels]
    float factor;         // of the gradient; 0 in the forward pass
    float *ge, *gf;
    float *scratch;       // per thread
    int64_t scratch_floats;
} correlation_job;

/// The patch of every position of one channel, its mean taken off and scaled so that a product of two patches is their
/// normalised cross-correlation: out[TAPS][positions]. `spreads`, unless null, receives each patch's deviation.
static void normalised_patches(const correlation_job *job, const float *map, int64_t channel, float *out,
                               float *spreads) {
    int64_t height = job->height, width = job->width, positions = height * width;
    for (int64_t y = 0; y < height; y++)
        for (int64_t x = 0; x < width; x++) {
            float patch[TAPS], mean = 0, square = 0;
            for (int i = 0; i < TAPS; i++) {
                int64_t row = y + i / SIDE - REACH, column = x + i % SIDE - REACH;
                int inside = row >= 0 && row < height && column >= 0 && column < width;
                patch[i] = inside ? map[(row * width + column) * job->channels + channel] : 0;
                mean += patch[i];
            }
            mean /= TAPS;
            for (int i = 0; i < TAPS; i++) square += (patch[i] - mean) * (patch[i] - mean);
            float spread = sqrtf(square / (TAPS - 1));
            float scale = 1 / ((spread + SOFTENING) * sqrtf(TAPS - 1));
            int64_t position = y * width + x;
            if (spreads) spreads[position] = spread;
            for (int i = 0; i < TAPS; i++) out[i * positions + position] = (patch[i] - mean) * scale;
        }
}

/// sums[q] = sum over taps of patch[tap * stride] * candidates[tap * stride + q].
CP_VECTORIZED static void correlate(const float *patch, const float *candidates, int64_t stride, int64_t count,
                                    float *restrict sums) {
    for (int64_t q = 0; q < count; q++) sums[q] = 0;
    for (int i = 0; i < TAPS; i++) {
        float value = patch[i * stride];
        const float *row = candidates + i * stride;
        for (int64_t q = 0; q < count; q++) sums[q] += value * row[q];
    }
}

static void respond(void *context, int64_t begin, int64_t end, int thread) {
    const correlation_job *job = context;
    int64_t width = job->width, height = job->height, positions = width * height;
    float *e = job->scratch + thread * job->scratch_floats, *f = e + TAPS * positions, *sums = f + TAPS * positions;
    for (int64_t channel = begin; channel < end; channel++) {
        normalised_patches(job, job->e, channel, e, NULL);
        normalised_patches(job, job->f, channel, f, NULL);
        double total = 0;
        for (int64_t y = 0; y < height; y++) {
            int64_t first = y < SEARCHED ? 0 : y - SEARCHED;
            int64_t last = y + SEARCHED < height ? y + SEARCHED + 1 : height;
            int64_t count = (last - first) * width;
            for (int64_t x = 0; x < width; x++) {
                int64_t position = y * width + x, best = 0;
                correlate(e + position, f + first * width, positions, count, sums);
                for (int64_t q = 1; q < count; q++) best = sums[q] > sums[best] ? q : best;
                job->best[channel * positions + position] = (int32_t)(first * width + best);
                total += sums[best];
            }
        }
        job->responses[channel] = total;
    }
}

/// Adds to one position's patch what the gradient of its normalised form makes of it.
static void spread_gradient(const correlation_job *job, int64_t channel, int64_t position, const float *patches,
                            const float *gradients, const float *spreads, float *result) {
    int64_t width = job->width, positions = width * job->height;
    float softened = spreads[position] + SOFTENING, scale = 1 / (softened * sqrtf(TAPS - 1));
    float mean = 0, along = 0;
    for (int i = 0; i < TAPS; i++) {
        float gradient = gradients[i * positions + position];
        mean += gradient;
        along += gradient * patches[i * positions + position];
    }
    mean /= TAPS;
    // x̂ = u * scale; the derivative of the spread brings -x̂ (ĝ · x̂) softened / spread, in units of the softened spread.
    float pull = spreads[position] > 1e-8f ? along * softened / spreads[position] : 0;
    for (int i = 0; i < TAPS; i++) {
        int64_t row = position / width + i / SIDE - REACH, column = position % width + i % SIDE - REACH;
        if (row < 0 || row >= job->height || column < 0 || column >= width) continue;
        float gradient = gradients[i * positions + position] - mean - pull * patches[i * positions + position];
        result[(row * width + column) * job->channels + channel] += gradient * scale;
    }
}

static void respond_backwards(void *context, int64_t begin, int64_t end, int thread) {
    const correlation_job *job = context;
    int64_t positions = job->width * job->height, size = TAPS * positions;
    float *e = job->scratch + thread * job->scratch_floats;
    float *f = e + size, *ge = f + size, *gf = ge + size, *spread_e = gf + size, *spread_f = spread_e + positions;
    for (int64_t channel = begin; channel < end; channel++) {
        normalised_patches(job, job->e, channel, e, spread_e);
        normalised_patches(job, job->f, channel, f, spread_f);
        memset(gf, 0, (size_t)size * sizeof(float));
        for (int64_t p = 0; p < positions; p++) {
            int64_t q = job->best[channel * positions + p];
            for (int i = 0; i < TAPS; i++) {
                ge[i * positions + p] = job->factor * f[i * positions + q];
                gf[i * positions + q] += job->factor * e[i * positions + p];
            }
        }
        for (int64_t p = 0; p < positions; p++) {
            spread_gradient(job, channel, p, e, ge, spread_e, job->ge);
            spread_gradient(job, channel, p, f, gf, spread_f, job->gf);
        }
    }
}

static int run(correlation_job *job, int threads, void (*body)(void *, int64_t, int64_t, int)) {
    if (threads < 1) threads = 1;
    job->scratch_floats = (4 * TAPS + 2 + 2 * SEARCHED + 1) * job->height * job->width;
    job->scratch = malloc((size_t)(threads * job->scratch_floats) * sizeof(float));
    if (!job->scratch) return CK_OUT_OF_MEMORY;
    ck_parallel(job->channels, threads, body, job);
    free(job->scratch);
    return CK_OK;
}

int ck_patch_correlation(const float *e, const float *f, int64_t height, int64_t width, int64_t channels, int32_t *best,
                         double *responses, int threads) {
    correlation_job job = {height, width, channels, e, f, best, responses, 0, NULL, NULL, NULL, 0};
    return run(&job, threads, respond);
}

int ck_patch_correlation_gradient(const float *e, const float *f, int64_t height, int64_t width, int64_t channels,
                                  const int32_t *best, float factor, float *ge, float *gf, int threads) {
    correlation_job job = {height, width, channels, e, f, (int32_t *)best, NULL, factor, ge, gf, NULL, 0};
    return run(&job, threads, respond_backwards);
}
