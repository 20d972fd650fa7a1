#if defined(__x86_64__)
#include <immintrin.h>

#include "byte_tiles.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,amx-tile,amx-int8"))), \
                             apply_to = function)
#define NAME(x) x##_amx
#define LANES 16
#define LARGER(a, b) _mm512_max_ps((__m512)(a), (__m512)(b))
#define SMALLER(a, b) _mm512_min_ps((__m512)(a), (__m512)(b))
#include "byte_results.inc"

// Matrix registers: sums of up to 16 positions and 16 channels in each of the first four, 64 bytes of each position, and as
// many weights of each channel. What is left of a row of taps, less than 64 bytes, has two registers of its own shape.
enum { POSITIONS = 4, WEIGHTS, LAST_POSITIONS, LAST_WEIGHTS, REGISTERS };
enum { TALLEST = 16, GROUPS = 16 };  // positions, and groups of four bytes, in a register

typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} configuration;

static void configure(int height, int last_groups) {
    configuration c = {.palette = 1};
    for (int i = 0; i < REGISTERS; i++) {
        c.row_bytes[i] = 64;
        c.rows[i] = (uint8_t)height;
    }
    c.rows[WEIGHTS] = GROUPS;
    c.row_bytes[LAST_POSITIONS] = (uint16_t)(4 * last_groups);
    c.rows[LAST_WEIGHTS] = (uint8_t)last_groups;
    // A register of no rows has no columns either.
    if (!last_groups) c.rows[LAST_POSITIONS] = c.row_bytes[LAST_WEIGHTS] = 0;
    _tile_loadconfig(&c);
}

// Registers are named in instructions: sums of tile p and vector v are in register p * V + v.
#define ZERO(R) _tile_zero(R);
#define WITH_WEIGHTS(R, v, A, B)                                    \
    _tile_loadd(B, b + (v) * 64, ldb);                              \
    _tile_dpbusd(R, A, B);
#define STORE(R, p, v) _tile_stored(R, sums + (p) * height * V * LANES + (v) * LANES, V * LANES * 4);

#define FOR_1_1(A, B) _tile_loadd(A, a, lda); WITH_WEIGHTS(0, 0, A, B)
#define FOR_1_2(A, B) FOR_1_1(A, B) WITH_WEIGHTS(1, 1, A, B)
#define FOR_1_3(A, B) FOR_1_2(A, B) WITH_WEIGHTS(2, 2, A, B)
#define FOR_1_4(A, B) FOR_1_3(A, B) WITH_WEIGHTS(3, 3, A, B)
#define FOR_2_1(A, B) FOR_1_1(A, B) _tile_loadd(A, a + height * lda, lda); _tile_dpbusd(1, A, B);
#define FOR_2_2(A, B) \
    FOR_1_2(A, B) _tile_loadd(A, a + height * lda, lda); _tile_dpbusd(3, A, B); WITH_WEIGHTS(2, 0, A, B)

#define ZERO_1 ZERO(0)
#define ZERO_2 ZERO_1 ZERO(1)
#define ZERO_3 ZERO_2 ZERO(2)
#define ZERO_4 ZERO_3 ZERO(3)
#define STORE_1_1 STORE(0, 0, 0)
#define STORE_1_2 STORE_1_1 STORE(1, 0, 1)
#define STORE_1_3 STORE_1_2 STORE(2, 0, 2)
#define STORE_1_4 STORE_1_3 STORE(3, 0, 3)
#define STORE_2_1 STORE_1_1 STORE(1, 1, 0)
#define STORE_2_2 STORE_1_2 STORE(2, 1, 0) STORE(3, 1, 1)

/// The sums of P tiles of `height` positions, from position `first` on.
#define SUMS(P, COLUMNS, REGISTERS_USED)                                                                            \
    static void sums_##P##_##COLUMNS(const ck_byte_tile *t, int64_t first, int64_t height, int32_t *sums) {         \
        enum { V = COLUMNS };                                                                                       \
        const int64_t lda = t->lda, ldb = t->ldb;                                                                   \
        ZERO_##REGISTERS_USED                                                                                       \
        for (int r = 0; r < t->rows; r++) {                                                                         \
            const uint8_t *a = t->a[r] + first * lda;                                                               \
            const int8_t *b = t->b[r];                                                                              \
            for (int64_t left = t->groups / GROUPS; left > 0; left--, a += 4 * GROUPS, b += GROUPS * ldb) {         \
                FOR_##P##_##COLUMNS(POSITIONS, WEIGHTS)                                                             \
            }                                                                                                       \
            if (t->groups % GROUPS) { FOR_##P##_##COLUMNS(LAST_POSITIONS, LAST_WEIGHTS) }                           \
        }                                                                                                           \
        STORE_##P##_##COLUMNS                                                                                       \
    }
SUMS(1, 1, 1)
SUMS(1, 2, 2)
SUMS(1, 3, 3)
SUMS(1, 4, 4)
SUMS(2, 1, 2)
SUMS(2, 2, 4)

/// Adds what sums start from, and ends them.
INLINE void finish(const ck_byte_tile *t, int64_t first, int64_t positions, const int32_t *sums, const int V) {
    const ck_byte_tile tile = *t;  // bytes that are written may not change a copy
    integers_amx start[V];
    UNROLL for (int v = 0; v < V; v++) start[v] = *(const integers_amx *)(tile.start + v * LANES);
    for (int64_t p = first; p < first + positions; p++, sums += V * LANES) {
        integers_amx sum[V];
        UNROLL for (int v = 0; v < V; v++) sum[v] = start[v] + *(const integers_amx *)(sums + v * LANES);
        store_amx(&tile, p, sum, 1, V);
    }
}

typedef void sums_of_tiles(const ck_byte_tile *, int64_t first, int64_t height, int32_t *sums);

/// A row in tiles of one height, two at a time where there are registers for them; the last ones may do some positions again.
INLINE void convolve_row(const ck_byte_tile *t, int64_t positions, const int V, sums_of_tiles *one, sums_of_tiles *two) {
    int64_t tiles = (positions + TALLEST - 1) / TALLEST, height = (positions + tiles - 1) / tiles;
    int32_t sums[4 * TALLEST * LANES] __attribute__((aligned(64)));
    configure((int)height, (int)(t->groups % GROUPS));
    for (int64_t done = 0; done < positions;) {
        int64_t together = two && positions - done > height && positions >= 2 * height ? 2 : 1;
        int64_t first = ck_smaller(done, positions - together * height);
        (together == 2 ? two : one)(t, first, height, sums);
        finish(t, first, together * height, sums, V);
        done = first + together * height;
    }
    _tile_release();
}

static void row_1(const ck_byte_tile *t, int64_t positions) { convolve_row(t, positions, 1, sums_1_1, sums_2_1); }
static void row_2(const ck_byte_tile *t, int64_t positions) { convolve_row(t, positions, 2, sums_1_2, sums_2_2); }
static void row_3(const ck_byte_tile *t, int64_t positions) { convolve_row(t, positions, 3, sums_1_3, 0); }
static void row_4(const ck_byte_tile *t, int64_t positions) { convolve_row(t, positions, 4, sums_1_4, 0); }

const ck_byte_tiles ck_byte_tiles_amx = {
    .name = "amx", .lanes = LANES, .widest = 4, .row = {row_1, row_2, row_3, row_4}, .pool_row = pool_row_amx};
#pragma clang attribute pop
#endif
