#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "half.h"
#include "parallel.h"
#include "tiles.h"
#include "CProcessor.h"

/// By the same rule as everything else, see tiles.c; every processor with AVX2 that was ever sold has F16C as well.
static const ck_half_dots *best_dots(void) {
#if defined(__x86_64__)
    const char *name = ck_best_tiles()->name;
    if (strcmp(name, ck_half_dots_avx512.name) == 0) return &ck_half_dots_avx512;
    if (strcmp(name, ck_half_dots_avx2.name) == 0 && __builtin_cpu_supports("f16c")) return &ck_half_dots_avx2;
#endif
    return &ck_half_dots_baseline;
}

// Conversion -------------------------------------------------------------------------------------------------------

static uint16_t half_from_float(float value) {
    uint32_t bits = ck_bits_of_float(value), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return (uint16_t)(sign | 0x7e00u | (magnitude >> 13 & 0x1ffu));  // NaN
    if (magnitude >= 0x477ff000u) return (uint16_t)(sign | 0x7c00u);  // rounds to 2^16 or more
    if (magnitude < 0x38800000u) {
        // Below 2^-14: the sum with 2^-1 has its last bit at 2^-24, as the subnormal halves do, and rounds as they must.
        float shifted = ck_float_from_bits(magnitude) + 0.5f;
        return (uint16_t)(sign | (ck_bits_of_float(shifted) - 0x3f000000u));
    }
    uint32_t odd = magnitude >> 13 & 1;
    return (uint16_t)(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
}

void ck_halves_from_floats(const float *x, int64_t count, uint16_t *y) {
    for (int64_t i = 0; i < count; i++) y[i] = half_from_float(x[i]);
}

void ck_floats_from_halves(const uint16_t *x, int64_t count, float *y) {
    for (int64_t i = 0; i < count; i++) y[i] = ck_float_from_half(x[i]);
}

// Search -----------------------------------------------------------------------------------------------------------

/// Whether `a` comes after `b`: a smaller dot product, or of equals the later row.
static int is_worse(ck_match a, ck_match b) { return a.dot < b.dot || (a.dot == b.dot && a.row > b.row); }

/// The best matches so far as a heap, the worst of them on top.
typedef struct {
    ck_match *matches;
    int64_t count, capacity;
} best_matches;

static void sift_down(best_matches *best, ck_match match) {
    int64_t at = 0;
    for (int64_t child; (child = 2 * at + 1) < best->count; at = child) {
        if (child + 1 < best->count && is_worse(best->matches[child + 1], best->matches[child])) child++;
        if (!is_worse(best->matches[child], match)) break;
        best->matches[at] = best->matches[child];
    }
    best->matches[at] = match;
}

static void sift_up(best_matches *best, ck_match match) {
    int64_t at = best->count++;
    for (int64_t parent; at > 0 && is_worse(match, best->matches[parent = (at - 1) / 2]); at = parent)
        best->matches[at] = best->matches[parent];
    best->matches[at] = match;
}

static inline void offer(best_matches *best, ck_match match) {
    if (best->count < best->capacity)
        sift_up(best, match);
    else if (is_worse(best->matches[0], match))
        sift_down(best, match);
}

typedef struct {
    const ck_half_dots *dots;
    const float *query;
    const uint16_t *rows;
    int64_t dimension;
    best_matches *best;  // one for each thread
} search_job;

static void search_part(void *context, int64_t begin, int64_t end, int thread) {
    const search_job *job = context;
    best_matches *best = &job->best[thread];
    float dots[CK_HALF_ROWS];
    int64_t row = begin;
    for (; row + CK_HALF_ROWS <= end; row += CK_HALF_ROWS) {
        job->dots->four(job->query, job->rows + row * job->dimension, job->dimension, dots);
        for (int i = 0; i < CK_HALF_ROWS; i++) offer(best, (ck_match){row + i, dots[i]});
    }
    for (; row < end; row++) {
        job->dots->one(job->query, job->rows + row * job->dimension, job->dimension, dots);
        offer(best, (ck_match){row, dots[0]});
    }
}

static int in_order(const void *a, const void *b) {
    return is_worse(*(const ck_match *)a, *(const ck_match *)b) ? 1 : -1;
}

int ck_search_halves(const float *query, const uint16_t *rows, int64_t count, int64_t dimension, int64_t wanted,
                     ck_match *matches, int threads) {
    if (wanted > count) wanted = count;
    if (wanted <= 0) return CK_OK;
    ck_match *memory = malloc((size_t)(threads * wanted) * sizeof *memory);
    best_matches *best = malloc((size_t)threads * sizeof *best);
    int status = memory && best ? CK_OK : CK_OUT_OF_MEMORY;
    if (status == CK_OK) {
        for (int t = 0; t < threads; t++) best[t] = (best_matches){memory + t * wanted, 0, wanted};
        search_job job = {best_dots(), query, rows, dimension, best};
        ck_parallel(count, threads, search_part, &job);
        // Together, whatever thread found them: the order of rows decides, not that of threads.
        int64_t found = best[0].count;
        for (int t = 1; t < threads; t++) {
            memmove(memory + found, best[t].matches, (size_t)best[t].count * sizeof *memory);
            found += best[t].count;
        }
        qsort(memory, (size_t)found, sizeof *memory, in_order);
        memcpy(matches, memory, (size_t)wanted * sizeof *memory);
    }
    free(memory);
    free(best);
    return status;
}

// Reading ----------------------------------------------------------------------------------------------------------

typedef struct {
    const uint64_t *words;
    uint64_t *sums;  // one for each thread
} read_job;

CP_VECTORIZED static void read_part(void *context, int64_t begin, int64_t end, int thread) {
    const read_job *job = context;
    uint64_t sum = 0;
    for (int64_t i = begin; i < end; i++) sum += job->words[i];
    job->sums[thread] = sum;
}

int ck_sum_words(const uint64_t *words, int64_t count, uint64_t *sum, int threads) {
    uint64_t *sums = calloc((size_t)threads, sizeof *sums);
    if (!sums) return CK_OUT_OF_MEMORY;
    read_job job = {words, sums};
    ck_parallel(count, threads, read_part, &job);
    *sum = 0;
    for (int t = 0; t < threads; t++) *sum += sums[t];
    free(sums);
    return CK_OK;
}
