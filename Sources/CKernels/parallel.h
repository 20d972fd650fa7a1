// Division of work over the threads of the process.
#pragma once

#include <stdint.h>

/// Calls body(context, begin, end, part) with `threads` consecutive parts of 0..<count, on as many threads as are free, the
/// calling one among them; returns when all parts are done. May be called by several threads at once. In the body denormal
/// numbers count as zero.
void ck_parallel(int64_t count, int threads, void (*body)(void *context, int64_t begin, int64_t end, int part),
                 void *context);
