#include "byte_tiles.h"

#include <string.h>

#include "CKernels.h"
#include "CProcessor.h"

extern const ck_byte_tiles ck_byte_tiles_baseline;
#if defined(__x86_64__)
extern const ck_byte_tiles ck_byte_tiles_amx, ck_byte_tiles_avx512, ck_byte_tiles_avxvnni, ck_byte_tiles_avx2;
#endif

static const ck_byte_tiles *chosen_tiles(void) {
#if defined(__x86_64__)
    if (cp_may_use(CP_AMX_INT8)) return &ck_byte_tiles_amx;
    if (cp_may_use(CP_AVX512_VNNI)) return &ck_byte_tiles_avx512;
    if (cp_may_use(CP_AVX_VNNI)) return &ck_byte_tiles_avxvnni;
    if (cp_may_use(CP_AVX2)) return &ck_byte_tiles_avx2;
#endif
    return &ck_byte_tiles_baseline;
}

const ck_byte_tiles *ck_best_byte_tiles(void) {
    static _Atomic(const ck_byte_tiles *) best;
    if (!best) best = chosen_tiles();
    return best;
}

const char *ck_byte_instruction_set(void) { return ck_best_byte_tiles()->name; }

int ck_multiplies_bytes_fast(void) { return strcmp(ck_byte_instruction_set(), "baseline") != 0; }
