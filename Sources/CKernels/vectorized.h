// Marks functions whose plain loops the compiler vectorises once per instruction set, chosen when the program starts.
#pragma once

#if defined(__x86_64__)
#define CK_VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_VECTORIZED
#endif
