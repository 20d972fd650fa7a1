#include "tiles.h"

#include "CKernels.h"
#include "CProcessor.h"

extern const ck_tiles ck_tiles_baseline;
#if defined(__x86_64__)
extern const ck_tiles ck_tiles_avx512, ck_tiles_avx2;
#endif

static const ck_tiles *chosen_tiles(void) {
#if defined(__x86_64__)
    if (cp_may_use(CP_AVX512)) return &ck_tiles_avx512;
    if (cp_may_use(CP_AVX2)) return &ck_tiles_avx2;
#endif
    return &ck_tiles_baseline;
}

const ck_tiles *ck_best_tiles(void) {
    static _Atomic(const ck_tiles *) best;
    if (!best) best = chosen_tiles();
    return best;
}

const char *ck_instruction_set(void) { return ck_best_tiles()->name; }
