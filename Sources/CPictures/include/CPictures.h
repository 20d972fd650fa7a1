// What scaling pictures spends its time on.
#pragma once

#include <stdint.h>

/// sums[i] = the sum over rows of weights[r] * row r's byte i, in the order of the rows and with every product rounded (see
/// Package.swift), so that all processors give the same. `first` is row 0's byte 0, the others lie `stride` bytes apart; pointers are borrowed for the call.
void cp_sum_rows(const uint8_t *first, int64_t stride, const float *weights, int64_t rows, int64_t width, float *sums);
