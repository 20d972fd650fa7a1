#include "tiles.h"

#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

extern const ck_tiles ck_tiles_baseline;
#if defined(__x86_64__)
extern const ck_tiles ck_tiles_avx512, ck_tiles_avx2;
#endif

/// ANALYTICS_INSTRUCTION_SET=avx2 or baseline holds a better machine back, for tests and measurements.
static const ck_tiles *chosen_tiles(void) {
#if defined(__x86_64__)
    const char *limit = getenv("ANALYTICS_INSTRUCTION_SET");
    int avx2_at_most = limit && strcmp(limit, "avx2") == 0;
    int baseline_only = limit && strcmp(limit, "baseline") == 0;
    __builtin_cpu_init();
    if (!avx2_at_most && !baseline_only && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
        return &ck_tiles_avx512;
    if (!baseline_only && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &ck_tiles_avx2;
#endif
    return &ck_tiles_baseline;
}

const ck_tiles *ck_best_tiles(void) {
    static _Atomic(const ck_tiles *) best;
    if (!best) best = chosen_tiles();
    return best;
}

const char *ck_instruction_set(void) { return ck_best_tiles()->name; }
