// Dense optical flow between two gray pictures: dense inverse search (Kroeger, Timofte, Dai and Van Gool, "Fast Optical
// Flow using Dense Inverse Search", ECCV 2016) with a variational refinement of every scale (after Brox, Bruhn,
// Papenberg and Weickert, ECCV 2004).
//
// One thread, no global state, and a fixed order of all sums: the same pictures give the same bits on every run.
#pragma once

#include <stdint.h>

/// How the flow is sought. `cm_default_parameters` has the ones that were measured.
typedef struct {
    int patch_stride;        // between the 8×8 patches of a level, in its pixels
    int patch_iterations;    // steps of the inverse search per patch and pass
    int refinements;         // rounds of linearised refinement per level
    int relaxations;         // sweeps of successive over-relaxation per round
    float noise;             // gray levels of structure that must not become motion, and ...
    float stillness;         // ... mean squared difference that a patch must save to be taken for moving: both the least, since
                             // pictures that are noisier than that allows for ask for more
    float brightness;        // weights of the refinement: constancy of brightness, ...
    float gradient;          // ... constancy of the gradient, ...
    float smoothness;        // ... and smoothness of the flow
} cm_parameters;

extern const cm_parameters cm_default_parameters;

/// Room for two pictures and everything between them, for pictures of one size.
typedef struct cm_estimator cm_estimator;

/// NULL when memory is short. Sizes are 1 to 16384 pixels a side. Released with cm_estimator_free.
cm_estimator *cm_estimator_create(int width, int height, cm_parameters parameters);
void cm_estimator_free(cm_estimator *estimator);

/// Takes the next picture of width × height bytes, copied; the one before it becomes the earlier one.
void cm_estimator_push(cm_estimator *estimator, const uint8_t *gray);

/// The flow between the last two pictures pushed: for each place of the later picture, how far what is there has come, in
/// pixels. Writes width × height interleaved pairs (x to the right, y down).
void cm_estimator_flow(cm_estimator *estimator, float *flow);
