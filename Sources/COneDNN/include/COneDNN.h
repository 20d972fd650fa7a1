// oneDNN 2.6 and 3.x behind one small interface: opaque handles, status codes, no type of oneDNN in sight.
//
// Tensors are channels-last float, [N, D, H, W, C]; weights are [kD, kH, kW, inC, outC]. Pointers are borrowed for the
// call. A handle belongs to its creator, serves one call at a time, and is freed with od_convolution_destroy. Every
// function returns 0, or a status that od_status_text explains.
#pragma once

#include <stdint.h>

typedef struct {
    int64_t input[5], output[5];                 // [N, D, H, W, C]
    int64_t kernel[3], stride[3], padding[3];    // [D, H, W]
} od_geometry;

typedef enum { OD_FORWARD, OD_INPUT_GRADIENT, OD_WEIGHT_GRADIENT } od_direction;

typedef struct od_convolution od_convolution;

/// Prepares one direction of a convolution for `threads` threads.
int od_convolution_create(const od_geometry *geometry, od_direction direction, int threads, od_convolution **made);

/// OD_FORWARD:         (x, w) -> y       first = x,  second = w
/// OD_INPUT_GRADIENT:  (gy, w) -> gx     first = gy, second = w
/// OD_WEIGHT_GRADIENT: (x, gy) -> gw     first = x,  second = gy
int od_convolution_run(od_convolution *convolution, const float *first, const float *second, float *result);

void od_convolution_destroy(od_convolution *convolution);

/// c[m, n] = op(a) * op(b) + beta * c, row-major; op transposes where asked.
int od_matrix_multiply(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
                       const float *b, float beta, float *c, int threads);

/// What a status means.
const char *od_status_text(int status);

/// The version of the library that is loaded, such as "2.6.3".
const char *od_version(void);
