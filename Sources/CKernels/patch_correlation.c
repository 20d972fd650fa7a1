#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "CProcessor.h"
#include "CKernels.h"

enum { SIDE = 5, REACH = SIDE / 2, TAPS = SIDE * SIDE, SEARCHED = 2 };

static const float SOFTENING = 0.01f;

enum { LANES = 8 };
typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4)));

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

/// One channel of a map with a border of zeros, [height + 2 REACH][width + 2 REACH].
static void padded_plane(const correlation_job *job, const float *map, int64_t channel, float *plane) {
    int64_t stride = job->width + 2 * REACH;
    memset(plane, 0, (size_t)((job->height + 2 * REACH) * stride) * sizeof(float));
    for (int64_t y = 0; y < job->height; y++)
        for (int64_t x = 0; x < job->width; x++)
            plane[(y + REACH) * stride + x + REACH] = map[(y * job->width + x) * job->channels + channel];
}

/// The patches of one row of positions, of as many rows of a plane as a patch has: their means taken off, and scaled so that a
/// product of two patches is their normalised cross-correlation: out[TAPS] rows, `positions` apart. `spreads` receives each
/// patch's deviation; `means` is scratch.
CP_VECTORIZED static void normalise_row(const float *plane, int64_t width, int64_t positions, float *restrict out,
                                        float *restrict spreads, float *restrict means) {
    int64_t stride = width + 2 * REACH;
    for (int64_t x = 0; x < width; x++) means[x] = spreads[x] = 0;
    for (int i = 0; i < TAPS; i++) {
        const float *row = plane + i / SIDE * stride + i % SIDE;
        for (int64_t x = 0; x < width; x++) means[x] += row[x];
    }
    for (int64_t x = 0; x < width; x++) means[x] /= TAPS;
    for (int i = 0; i < TAPS; i++) {
        const float *row = plane + i / SIDE * stride + i % SIDE;
        for (int64_t x = 0; x < width; x++) {
            float difference = row[x] - means[x];
            spreads[x] += difference * difference;
            out[i * positions + x] = difference;
        }
    }
    for (int64_t x = 0; x < width; x++) {
        spreads[x] = sqrtf(spreads[x] / (TAPS - 1));
        means[x] = 1 / ((spreads[x] + SOFTENING) * sqrtf(TAPS - 1));
    }
    for (int i = 0; i < TAPS; i++)
        for (int64_t x = 0; x < width; x++) out[i * positions + x] *= means[x];
}

/// The normalised patch of every position of one channel, out[TAPS][positions], and its deviation.
static void normalised_patches(const correlation_job *job, const float *map, int64_t channel, float *out, float *spreads,
                               float *scratch) {
    int64_t width = job->width, positions = job->height * width, stride = width + 2 * REACH;
    float *means = scratch, *plane = scratch + width;
    padded_plane(job, map, channel, plane);
    for (int64_t y = 0; y < job->height; y++)
        normalise_row(plane + y * stride, width, positions, out + y * width, spreads + y * width, means);
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

/// The first of the largest.
CP_VECTORIZED static int64_t place_of_largest(const float *values, int64_t count) {
    lanes most = {0};
    most -= INFINITY;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) most = __builtin_elementwise_max(most, *(const lanes *)(values + i));
    float largest = -INFINITY;
    for (int j = 0; j < LANES; j++) largest = most[j] > largest ? most[j] : largest;
    for (; i < count; i++) largest = values[i] > largest ? values[i] : largest;
    for (i = 0; i < count; i++)
        if (values[i] == largest) return i;
    return 0;  // nothing but what is no number
}

static void respond(void *context, int64_t begin, int64_t end, int thread) {
    const correlation_job *job = context;
    int64_t width = job->width, height = job->height, positions = width * height;
    float *e = job->scratch + thread * job->scratch_floats, *f = e + TAPS * positions, *spreads = f + TAPS * positions;
    float *sums = spreads + positions, *scratch = sums + (2 * SEARCHED + 1) * width;
    for (int64_t channel = begin; channel < end; channel++) {
        normalised_patches(job, job->e, channel, e, spreads, scratch);
        normalised_patches(job, job->f, channel, f, spreads, scratch);
        double total = 0;
        for (int64_t y = 0; y < height; y++) {
            int64_t first = y < SEARCHED ? 0 : y - SEARCHED;
            int64_t last = y + SEARCHED < height ? y + SEARCHED + 1 : height;
            int64_t count = (last - first) * width;
            for (int64_t x = 0; x < width; x++) {
                int64_t position = y * width + x;
                correlate(e + position, f + first * width, positions, count, sums);
                int64_t best = place_of_largest(sums, count);
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
    float *scratch = spread_f + positions;
    for (int64_t channel = begin; channel < end; channel++) {
        normalised_patches(job, job->e, channel, e, spread_e, scratch);
        normalised_patches(job, job->f, channel, f, spread_f, scratch);
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
    // Patches of both maps and their gradients, deviations, a row of correlations, and what normalising takes.
    job->scratch_floats = (4 * TAPS + 2) * job->height * job->width + (2 * SEARCHED + 2) * job->width +
                          (job->height + 2 * REACH) * (job->width + 2 * REACH);
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
