#include "byte_tiles.h"

#include <string.h>

#include "CKernels.h"

extern const ck_byte_tiles ck_byte_tiles_baseline;
#if defined(__x86_64__)
extern const ck_byte_tiles ck_byte_tiles_avx512, ck_byte_tiles_avxvnni, ck_byte_tiles_avx2;

/// Whether the processor has AVX-VNNI (and its system saves the registers, which goes with AVX2): leaf 7, subleaf 1.
static int has_avx_vnni(void) {
    unsigned a = 7, b, c = 1, d;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return a >> 4 & 1;
}
#endif

/// The tiles of floats decide what the machine is held to; see ANALYTICS_INSTRUCTION_SET.
static const ck_byte_tiles *chosen_tiles(void) {
#if defined(__x86_64__)
    const char *floats = ck_instruction_set();
    __builtin_cpu_init();
    if (strcmp(floats, "avx512") == 0 && __builtin_cpu_supports("avx512vnni")) return &ck_byte_tiles_avx512;
    if (strcmp(floats, "baseline") == 0) return &ck_byte_tiles_baseline;
    return has_avx_vnni() ? &ck_byte_tiles_avxvnni : &ck_byte_tiles_avx2;
#else
    return &ck_byte_tiles_baseline;
#endif
}

const ck_byte_tiles *ck_best_byte_tiles(void) {
    static _Atomic(const ck_byte_tiles *) best;
    if (!best) best = chosen_tiles();
    return best;
}

const char *ck_byte_instruction_set(void) { return ck_best_byte_tiles()->name; }

int ck_multiplies_bytes_fast(void) {
    const char *name = ck_byte_instruction_set();
    return strcmp(name, "avx512vnni") == 0 || strcmp(name, "avxvnni") == 0;
}
