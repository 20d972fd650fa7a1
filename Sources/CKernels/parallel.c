#include "parallel.h"

extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);

typedef struct {
    int64_t count;
    void (*body)(void *, int64_t, int64_t, int);
    void *context;
} work;

static void run_part(void *data) {
    const work *w = data;
    int64_t thread = omp_get_thread_num(), threads = omp_get_num_threads();
    int64_t begin = w->count * thread / threads, end = w->count * (thread + 1) / threads;
    if (begin < end) w->body(w->context, begin, end, (int)thread);
}

void ck_parallel(int64_t count, int threads, void (*body)(void *, int64_t, int64_t, int), void *context) {
    if (threads <= 1 || count <= 1) {
        if (count > 0) body(context, 0, count, 0);
        return;
    }
    work w = {count, body, context};
    GOMP_parallel(run_part, &w, (unsigned)threads, 0);
}
