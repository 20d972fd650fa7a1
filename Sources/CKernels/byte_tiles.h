// The register tiles of convolutions in 8-bit integers, one table of them per instruction set. All give the same bytes:
// sums are exact integers, and what follows is single operations that no compiler can fuse.
#pragma once

#include <stdint.h>

#include "rows.h"

enum { CK_ROUNDING = 12582912 };  // 1.5 * 2^23: a float of this size has no room for a fraction

/// sum[p, v] = start[v] + sum over pairs r and over k of A_r[p, k] * B_r[k, v], unsigned bytes by signed bytes, for one
/// tile of positions p and channels v, `groups` of four k at a time. Then
/// - if `sums`, the sums themselves are the result;
/// - else y = sum * factor[v]; y = max(y, slope * y); the result is y + zero, rounded to even and held in 0…255.
typedef struct {
    int rows;
    const uint8_t *a[CK_MAX_ROWS];  // position p starts at a + p * lda
    const int8_t *b[CK_MAX_ROWS];   // group k starts at b + k * ldb: four bytes of each channel
    int64_t groups, lda, ldb;
    const int32_t *start;           // of this tile's channels
    int32_t *sums;                  // position p starts at sums + p * ldc; or null
    uint8_t *bytes;                 // position p starts at bytes + p * ldc
    int64_t ldc;
    const float *factor;            // of this tile's channels
    float slope;
    int32_t zero;
} ck_byte_tile;

/// The heights of tiles, in positions. Rows of 7, 14 and 28, as pictures of 56 have after some halvings, have some of their
/// own where there are registers for them.
enum { CK_EIGHT, CK_FOUR, CK_ONE, CK_FOURTEEN, CK_SEVEN, CK_BYTE_HEIGHTS };

typedef struct {
    const char *name;
    int lanes;                                        // channels in a vector
    int widest;                                       // vectors of channels in the widest tile
    void (*tile[3][CK_BYTE_HEIGHTS])(const ck_byte_tile *);  // [vectors - 1][height], or null
    /// In place of tiles, or null: all positions of a row, where `a`, `sums` and `bytes` are those of the first. [vectors - 1]
    void (*row[4])(const ck_byte_tile *, int64_t positions);
    /// Pools positions in width, channels a multiple of 16: the largest of each window, and of y unless it is the first.
    void (*pool_row)(const uint8_t *row, int64_t positions, int64_t window, int64_t channels, int is_first, uint8_t *y);
} ck_byte_tiles;

/// The table for the best instruction set that this machine has.
const ck_byte_tiles *ck_best_byte_tiles(void);
