// What the processor can do, as far as kernels are written for it.
#pragma once

/// Instructions that some kernels are compiled for, each a step beyond what every processor of the kind has.
typedef enum {
    CP_AVX2,         // with FMA
    CP_AVX_VNNI,     // and products of bytes
    CP_AVX512,       // F, VL, BW and DQ
    CP_AVX512_VNNI,  // and products of bytes
    CP_AMX_INT8,     // and matrix registers of bytes
} cp_instructions;

/// Whether kernels of this kind may run here: the machine has them, and ANALYTICS_INSTRUCTION_SET does not hold it back, for
/// tests and measurements: to nothing of these ("baseline"), to AVX2 ("avx2"), to AVX2 and AVX-VNNI ("avxvnni"), or to all but
/// matrix registers ("avx512", "avx512vnni"). Whoever asks for matrix registers asks the system for them, for all threads of the
/// process.
int cp_may_use(cp_instructions instructions);

/// Marks functions whose plain loops the compiler vectorises once per instruction set, chosen when the program starts.
#if defined(__x86_64__)
#define CP_VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CP_VECTORIZED
#endif
