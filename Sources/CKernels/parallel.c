// A pool of threads that never waits actively for long. The usual ones (OpenMP's) spin for milliseconds at the end of every
// piece of work: on a small machine where something else runs, that is most of the processor's time. Here whoever comes
// takes the next part that is left, so that a caller whose helpers are busy elsewhere does the work itself.
#include "parallel.h"

#include "denormals.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef struct job {
    void (*body)(void *context, int64_t begin, int64_t end, int part);
    void *context;
    int64_t count;
    int parts, taken;
    atomic_int finished;
    struct job *next;
} job;

/// Some 20 microseconds: longer than what lies between two layers of a network, shorter than going to sleep and waking up.
enum { SPINS = 400, MAX_WORKERS = 255 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_came = PTHREAD_COND_INITIALIZER, work_ended = PTHREAD_COND_INITIALIZER;
// Under the mutex: the jobs with parts left, in order; how many workers there are, and who sleeps.
static job *first_job;
static int workers, sleeping_workers, sleeping_callers;
/// Parts that nobody has taken: what a worker looks at before it goes to sleep.
static atomic_int parts_left;

static void relax(void) {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    // A yield does nothing on most cores; this barrier takes about as long as a pause.
    __asm__ volatile("isb");
#endif
}

static void run(const job *j, int part) {
    int64_t begin = j->count * part / j->parts, end = j->count * (part + 1) / j->parts;
    if (begin >= end) return;
    ck_denormal_mode before = ck_flush_denormals();
    j->body(j->context, begin, end, part);
    ck_restore_denormals(before);
}

/// The next part of a job with parts left; the mutex is held.
static int take(job *j) {
    int part = j->taken++;
    atomic_fetch_sub(&parts_left, 1);
    if (j->taken == j->parts) {
        job **link = &first_job;
        while (*link != j) link = &(*link)->next;
        *link = j->next;
    }
    return part;
}

/// The job may be gone once all its parts are counted.
static void finish(job *j) {
    int parts = j->parts;
    if (atomic_fetch_add(&j->finished, 1) + 1 < parts) return;
    pthread_mutex_lock(&mutex);
    if (sleeping_callers) pthread_cond_broadcast(&work_ended);
    pthread_mutex_unlock(&mutex);
}

static void *work(void *unused) {
    (void)unused;
    for (;;) {
        for (int i = 0; i < SPINS && atomic_load_explicit(&parts_left, memory_order_relaxed) <= 0; i++) relax();
        pthread_mutex_lock(&mutex);
        while (!first_job) {
            sleeping_workers++;
            pthread_cond_wait(&work_came, &mutex);
            sleeping_workers--;
        }
        job *j = first_job;
        int part = take(j);
        pthread_mutex_unlock(&mutex);
        run(j, part);
        finish(j);
    }
    return NULL;
}

/// Signals are for the threads that the program knows of. Where no thread can be had, there are fewer; the mutex is held.
static void start_workers(int wanted) {
    sigset_t all, before;
    if (workers >= wanted) return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (workers < wanted && workers < MAX_WORKERS) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, NULL)) break;
        pthread_detach(thread);
        workers++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void publish(job *j) {
    pthread_mutex_lock(&mutex);
    start_workers(j->parts - 1);
    job **link = &first_job;
    while (*link) link = &(*link)->next;
    *link = j;
    atomic_fetch_add(&parts_left, j->parts);
    (void)take(j);
    int woken = sleeping_workers < j->parts - 1 ? sleeping_workers : j->parts - 1;
    for (int i = 0; i < woken; i++) pthread_cond_signal(&work_came);
    pthread_mutex_unlock(&mutex);
}

/// Another part of the caller's own job, or -1.
static int take_own(job *j) {
    pthread_mutex_lock(&mutex);
    int part = j->taken < j->parts ? take(j) : -1;
    pthread_mutex_unlock(&mutex);
    return part;
}

static void wait_for(job *j) {
    for (int i = 0; i < SPINS && atomic_load(&j->finished) < j->parts; i++) relax();
    if (atomic_load(&j->finished) == j->parts) return;
    pthread_mutex_lock(&mutex);
    sleeping_callers++;
    while (atomic_load(&j->finished) < j->parts) pthread_cond_wait(&work_ended, &mutex);
    sleeping_callers--;
    pthread_mutex_unlock(&mutex);
}

void ck_parallel(int64_t count, int threads, void (*body)(void *, int64_t, int64_t, int), void *context) {
    if (count <= 0) return;
    int parts = threads < 1 ? 1 : threads < count ? threads : (int)count;
    job j = {.body = body, .context = context, .count = count, .parts = parts};
    if (parts == 1) {
        run(&j, 0);
        return;
    }
    publish(&j);
    for (int part = 0; part >= 0; part = take_own(&j)) {
        run(&j, part);
        finish(&j);
    }
    wait_for(&j);
}
