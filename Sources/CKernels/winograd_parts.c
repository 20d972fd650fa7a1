// How tiles are shared out among threads.
#include <stdlib.h>

#include "parallel.h"
#include "rows.h"
#include "winograd.h"

/// What a thread works on at a time: 1.5 MiB, so that it stays in a core's second-level cache.
enum { PART_BYTES = 3 << 19, FEWEST_TILES = 8, MOST_TILES = 64 };

int64_t ck_tiles_of_part(int64_t tile_floats, int64_t tiles, int threads) {
    int64_t most = ck_smaller(MOST_TILES, PART_BYTES / (tile_floats * (int64_t)sizeof(float)));
    if (most < FEWEST_TILES) most = FEWEST_TILES;
    int64_t rounds = (tiles + most * threads - 1) / (most * threads);
    int64_t share = (tiles + rounds * threads - 1) / (rounds * threads);
    return share < FEWEST_TILES ? FEWEST_TILES : share;
}

typedef struct {
    int64_t tiles, part_tiles, scratch_floats;
    float *scratch;
    ck_part_body body;
    const void *job;
} parts;

static void do_parts(void *context, int64_t begin, int64_t end, int thread) {
    const parts *all = context;
    for (int64_t part = begin; part < end; part++) {
        int64_t first = part * all->part_tiles;
        all->body(all->job, first, ck_smaller(all->part_tiles, all->tiles - first),
                  all->scratch + thread * all->scratch_floats);
    }
}

int ck_for_parts(int64_t tiles, int64_t part_tiles, int64_t scratch_floats, ck_part_body body, const void *job, int threads) {
    parts all = {tiles, part_tiles, scratch_floats, NULL, body, job};
    all.scratch = aligned_alloc(64, (size_t)(threads * scratch_floats) * sizeof(float));
    if (!all.scratch) return CK_OUT_OF_MEMORY;
    ck_parallel((tiles + part_tiles - 1) / part_tiles, threads, do_parts, &all);
    free(all.scratch);
    return CK_OK;
}
