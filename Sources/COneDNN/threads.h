// The thread count of OpenMP belongs to the calling thread: it is set before each call, never inherited.
#pragma once

extern void omp_set_num_threads(int threads);
