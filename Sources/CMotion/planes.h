// A level of the pyramid, and the planes that the search works in.
#pragma once

#include "CMotion.h"

enum {
    CM_PATCH = 8,
    CM_BORDER = 16,      // replicated pixels around every plane: patches may leave the picture by less
    CM_MAX_LEVELS = 14,
    CM_LEAST_SIDE = 12,  // no level is smaller than this, unless the picture is
};

/// How much a patch counts where patches overlap.
#define CM_NOISE_WEIGHT 4.0f   // structure that counts half, in units of the noise's
#define CM_LEAST_TRUST 0.001f  // so that weights never vanish
#define CM_UNDECIDED 0.05f     // share left to a patch that may move or not

/// What the pictures' own noise asks for where it is more than the parameters allow for.
#define CM_REGULARISATION_PER_NOISE 2.0f  // cm_parameters.noise for each gray level of it
#define CM_STILLNESS_PER_NOISE 1.0f       // cm_parameters.stillness for each squared gray level

/// What the refinement keeps per pixel.
enum {
    CM_U, CM_V,                // flow from the later picture to the earlier one, in pixels of the level
    CM_DU, CM_DV,              // its increment
    CM_WEIGHT,                 // of the densification
    CM_WARPED,                 // the earlier picture, warped
    CM_IX, CM_IY, CM_IZ,
    CM_IXX, CM_IXY, CM_IYY, CM_IXZ, CM_IYZ,
    CM_INSIDE,                 // 0 where the flow leads out of the picture
    CM_DIFFUSIVITY, CM_RIGHT, CM_DOWN,
    CM_A12, CM_B1, CM_B2, CM_INVERSE11, CM_INVERSE22,
    CM_PLANES
};

typedef struct {
    int width, height;
    int64_t stride;
    float *earlier, *later;    // pictures, CM_BORDER replicated pixels around
    float *gradient_x, *gradient_y;  // of the later picture
    float *plane[CM_PLANES];
    int columns, rows;         // of patches
    float *patch_u, *patch_v, *patch_trust;  // one per patch
} cm_level;

struct cm_estimator {
    cm_parameters parameters;
    int levels;                // the first has the pictures' size
    cm_level level[CM_MAX_LEVELS];
    void *memory;
};

typedef struct {
    const char *name;
    void (*push)(cm_estimator *, const uint8_t *gray);
    void (*flow)(cm_estimator *, float *flow);
} cm_kernels;
