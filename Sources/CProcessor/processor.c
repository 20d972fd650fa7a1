#include "CProcessor.h"

#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__x86_64__)

typedef struct {
    unsigned a, b, c, d;
} registers;

/// What the processor says of itself under leaf 7, where the instructions are that the compiler cannot ask for.
static registers leaf_7(unsigned subleaf) {
    registers r = {.a = 7, .c = subleaf};
    __asm__("cpuid" : "+a"(r.a), "=b"(r.b), "+c"(r.c), "=d"(r.d));
    return r;
}

/// That the system saves the registers goes with AVX2.
static int has_avx_vnni(void) { return leaf_7(1).a >> 4 & 1; }

/// Matrix registers of bytes, if the system lets this process use them: it must be asked, since they are large.
static int has_amx(void) {
#if defined(__linux__)
    enum { AMX_TILE = 24, AMX_INT8 = 25, REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    unsigned d = leaf_7(0).d;
    return (d >> AMX_TILE & 1) && (d >> AMX_INT8 & 1) && syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
    return 0;
#endif
}

static int has(cp_instructions instructions) {
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                 __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    switch (instructions) {
        case CP_AVX2: return avx2;
        case CP_AVX_VNNI: return avx2 && has_avx_vnni();
        case CP_AVX512: return avx512;
        case CP_AVX512_VNNI: return avx512 && __builtin_cpu_supports("avx512vnni");
        case CP_AMX_INT8: return has(CP_AVX512_VNNI) && has_amx();
    }
    return 0;
}

static int is_held_back(cp_instructions instructions) {
    const char *limit = getenv("ANALYTICS_INSTRUCTION_SET");
    if (!limit) return 0;
    if (strcmp(limit, "baseline") == 0) return 1;
    if (strcmp(limit, "avx2") == 0) return instructions > CP_AVX2;
    if (strcmp(limit, "avxvnni") == 0) return instructions > CP_AVX_VNNI;
    return strncmp(limit, "avx512", 6) == 0 && instructions > CP_AVX512_VNNI;
}

int cp_may_use(cp_instructions instructions) {
    __builtin_cpu_init();
    return !is_held_back(instructions) && has(instructions);
}

#else

int cp_may_use(cp_instructions instructions) {
    (void)instructions;
    return 0;
}

#endif
