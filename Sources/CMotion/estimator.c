#include <stdlib.h>
#include <string.h>

#include "CProcessor.h"
#include "planes.h"

extern const cm_kernels cm_kernels_baseline;
#if defined(__x86_64__)
extern const cm_kernels cm_kernels_avx512, cm_kernels_avx2;
#endif

const cm_parameters cm_default_parameters = {
    .patch_stride = 4, .patch_iterations = 8, .refinements = 4, .relaxations = 4,
    .noise = 2, .stillness = 1, .brightness = 5, .gradient = 10, .smoothness = 20,
};

static const cm_kernels *chosen_kernels(void) {
#if defined(__x86_64__)
    if (cp_may_use(CP_AVX512)) return &cm_kernels_avx512;
    if (cp_may_use(CP_AVX2)) return &cm_kernels_avx2;
#endif
    return &cm_kernels_baseline;
}

static const cm_kernels *best_kernels(void) {
    static _Atomic(const cm_kernels *) best;
    if (!best) best = chosen_kernels();
    return best;
}

static int64_t plane_floats(const cm_level *level) {
    return level->stride * (level->height + 2 * CM_BORDER);
}

static int patches(int side, int stride) { return side <= CM_PATCH ? 1 : 1 + (side - CM_PATCH + stride - 1) / stride; }

/// Lays the level out from `memory` on; returns the floats that it takes. With NULL only counts.
static int64_t lay_out(cm_level *level, float *memory) {
    int64_t plane = plane_floats(level), patch = (int64_t)level->columns * level->rows, at = 0;
    int64_t origin = CM_BORDER * level->stride + CM_BORDER;
    float **planes[] = {&level->earlier, &level->later, &level->gradient_x, &level->gradient_y};
    float **lists[] = {&level->patch_u, &level->patch_v, &level->patch_trust};
    for (int i = 0; i < 4; i++, at += plane)
        if (memory) *planes[i] = memory + at + origin;
    for (int i = 0; i < CM_PLANES; i++, at += plane)
        if (memory) level->plane[i] = memory + at + origin;
    for (int i = 0; i < 3; i++, at += patch)
        if (memory) *lists[i] = memory + at;
    return (at + 15) / 16 * 16;
}

cm_estimator *cm_estimator_create(int width, int height, cm_parameters parameters) {
    cm_estimator *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    e->parameters = parameters;
    int64_t floats = 0;
    for (int i = 0; i < CM_MAX_LEVELS; i++) {
        cm_level *level = &e->level[i];
        level->width = width;
        level->height = height;
        level->stride = (width + 2 * CM_BORDER + 15) / 16 * 16;
        level->columns = patches(width, parameters.patch_stride);
        level->rows = patches(height, parameters.patch_stride);
        floats += lay_out(level, NULL);
        e->levels = i + 1;
        width = (width + 1) / 2;
        height = (height + 1) / 2;
        if (width < CM_LEAST_SIDE || height < CM_LEAST_SIDE) break;
    }
    e->memory = aligned_alloc(64, (size_t)floats * sizeof(float));
    if (!e->memory) {
        free(e);
        return NULL;
    }
    memset(e->memory, 0, (size_t)floats * sizeof(float));
    float *memory = e->memory;
    for (int i = 0; i < e->levels; i++) memory += lay_out(&e->level[i], memory);
    return e;
}

void cm_estimator_free(cm_estimator *e) {
    if (!e) return;
    free(e->memory);
    free(e);
}

void cm_estimator_push(cm_estimator *e, const uint8_t *gray) { best_kernels()->push(e, gray); }
void cm_estimator_flow(cm_estimator *e, float *flow) { best_kernels()->flow(e, flow); }
