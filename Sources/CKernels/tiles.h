// The register tiles that everything else is made of, one table of them per instruction set.
#pragma once

#include <stdint.h>

enum {
    CK_MAX_ROWS = 32,         // (A, B) pairs that one tile sums
    CK_TALLEST = 14,          // positions of the tallest tile of any instruction set
    CK_GRADIENT_COLUMNS = 8,  // columns of the widest gradient tile of any instruction set
    CK_GRADIENT_COLUMNS_AT_ONCE = 48,  // columns whose sums are asked for in one go: whole tiles of every instruction set
    CK_GRADIENT_ROWS = 16,    // rows of positions that one gradient tile sums
};

/// `v >= 0 ? v : slope * v` of a vector. What is no number stays so, which maximum and minimum would make 0.
#define CK_LEAK(v, slope)                                                           \
    ({                                                                              \
        __typeof__(v) positive_ = (v), leaked_ = positive_ * (slope);               \
        __typeof__(positive_ < leaked_) below_ = positive_ < (__typeof__(v)){0};    \
        (__typeof__(v))(((__typeof__(below_))leaked_ & below_) |                    \
                        ((__typeof__(below_))positive_ & ~below_));                 \
    })

/// C[p, v] = (accumulate ? C[p, v] : 0) + sum over pairs r and over k of A_r[p, k] * B_r[k, v], for one tile of positions
/// p and channels v; then, if `finish`, the epilogue y = y + shift[v]; y = y >= 0 ? y : slope * y.
typedef struct {
    int positions;                // no more than the table's `tallest` for the vectors of channels
    int rows;
    const float *a[CK_MAX_ROWS];  // position p starts at a + p * lda
    const float *b[CK_MAX_ROWS];  // row k starts at b + k * ldb
    int64_t k, lda, ldb;
    float *c;                     // position p starts at c + p * ldc
    int64_t ldc;
    int accumulate, finish;
    const float *shift;           // of this tile's channels, or null
    float slope;
} ck_tile;

/// G[j, v] += sum over rows r and positions p of A_j[row_r + p * lda] * B_r[p, v], for the columns j of A and the channels
/// v of one tile.
typedef struct {
    int columns;                       // no more than the table's `gradient_columns`
    int rows;
    int64_t positions;
    const float *a[CK_GRADIENT_COLUMNS];
    int64_t row[CK_GRADIENT_ROWS];     // where the row starts, in floats from a column's start
    int64_t lda;
    const float *b[CK_GRADIENT_ROWS];  // position p starts at b + p * ldb
    int64_t ldb;
    float *g;                          // column j's sums start at g + j * ldg
    int64_t ldg;
} ck_gradient_tile;

typedef struct {
    const char *name;
    int lanes;                                              // floats in a vector
    int widest;                                             // vectors of channels in the widest tile
    int tallest[3];                                         // [vectors - 1]: positions in the tallest tile
    void (*tile[3])(const ck_tile *);                       // [vectors - 1]
    void (*gradient_tile[3])(const ck_gradient_tile *);     // [vectors - 1]
    int gradient_columns;                                   // columns of the widest of these
} ck_tiles;

/// The table for the best instruction set that this machine has.
const ck_tiles *ck_best_tiles(void);

/// Adds the products of `count` columns of A with all `channels` of B to as many rows of `sums`, [count, channels]: of what the
/// tile says of rows, positions, `row`, `lda`, `ldb`, and of `b` from the first channel on.
void ck_sum_gradients(const ck_tiles *tiles, ck_gradient_tile tile, const float *const *columns, int64_t count,
                      int64_t channels, float *sums);
