// Numbers too small for a normalised mantissa, which the kernels take for zero.
#pragma once

#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// What becomes of denormal numbers on this thread, as it was before.
typedef uint64_t ck_denormal_mode;

/// From now on denormal numbers count as zero on this thread. Weights that decay and gradients behind a dead channel end there,
/// and a single product with one takes a hundred times as long as with any other number.
static inline ck_denormal_mode ck_flush_denormals(void) {
#if defined(__x86_64__)
    enum { FLUSH_RESULTS = 1 << 15, TAKE_FOR_ZERO = 1 << 6 };
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | FLUSH_RESULTS | TAKE_FOR_ZERO);
    return before;
#elif defined(__aarch64__)
    ck_denormal_mode before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" ::"r"(before | 1ull << 24));
    return before;
#else
    return 0;
#endif
}

/// Back to what ck_flush_denormals found.
static inline void ck_restore_denormals(ck_denormal_mode before) {
#if defined(__x86_64__)
    _mm_setcsr((unsigned)before);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"(before));
#else
    (void)before;
#endif
}
