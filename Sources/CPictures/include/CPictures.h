// What scaling and converting pictures spends its time on. Products are rounded before they are added (see Package.swift)
// and sums have one order, so that all processors give the same. Pointers are borrowed for the call.
#pragma once

#include <stdint.h>

/// sums[i] = the sum over rows of weights[r] * row r's byte i. `first` is row 0's byte 0, the others lie `stride` bytes apart.
void pix_sum_rows(const uint8_t *first, int64_t stride, const float *weights, int64_t rows, int64_t width, float *sums);

/// The old samples that a new one is made of.
typedef struct {
    int64_t first;   // the first of them
    int64_t count;   // how many there are
    int64_t weights; // the place of the first one's weight among all weights
} pix_window;

/// One row of RGB pixels, new[count, 3] from old[…, 3], which begins with sample `begin` and has a float of slack at its end;
/// rounded, and held in 0…255.
void pix_filter_row(const float *old, int64_t begin, const pix_window *windows, const float *weights, int64_t count,
                   uint8_t *new_row);

/// rgb[width, 3] from three planes.
void pix_pack_row(const uint8_t *red, const uint8_t *green, const uint8_t *blue, int64_t width, uint8_t *rgb);
