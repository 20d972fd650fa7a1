// Static division of work over the OpenMP threads that oneDNN uses as well: one pool of threads, no second one that
// spins beside it. Called through the ABI of libgomp, since clang's own OpenMP would bring another runtime.
#pragma once

#include <stdint.h>

/// Calls body(context, begin, end, thread) on `threads` threads with consecutive parts of 0..<count.
void ck_parallel(int64_t count, int threads, void (*body)(void *context, int64_t begin, int64_t end, int thread),
                 void *context);
