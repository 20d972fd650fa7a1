#include <dnnl.h>

#include "COneDNN.h"
#include "threads.h"

int od_matrix_multiply(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
                       const float *b, float beta, float *c, int threads) {
    omp_set_num_threads(threads);
    int64_t lda = transpose_a ? m : k, ldb = transpose_b ? k : n;
    return dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1, a, lda, b, ldb, beta, c, n);
}
