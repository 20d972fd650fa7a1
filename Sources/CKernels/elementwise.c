#include <math.h>
#include <string.h>

#include "CKernels.h"
#include "denormals.h"
#include "parallel.h"
#include "CProcessor.h"

typedef struct {
    const float *a, *b;
    float factor;
    float *out;
} elements_job;

CP_VECTORIZED static void leaky_relu_part(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const elements_job *job = context;
    const float *x = job->a, slope = job->factor;
    float *y = job->out;
#pragma clang loop vectorize(assume_safety)
    for (int64_t i = begin; i < end; i++) y[i] = x[i] >= 0 ? x[i] : x[i] * slope;
}

void ck_leaky_relu(const float *x, int64_t count, float slope, float *y, int threads) {
    elements_job job = {x, 0, slope, y};
    ck_parallel(count, threads, leaky_relu_part, &job);
}

CP_VECTORIZED static void leaky_relu_gradient_part(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const elements_job *job = context;
    const float *x = job->a, *gy = job->b, slope = job->factor;
    float *gx = job->out;
#pragma clang loop vectorize(assume_safety)
    for (int64_t i = begin; i < end; i++) gx[i] = x[i] >= 0 ? gy[i] : gy[i] * slope;
}

void ck_leaky_relu_gradient(const float *x, const float *gy, int64_t count, float slope, float *gx, int threads) {
    elements_job job = {x, gy, slope, gx};
    ck_parallel(count, threads, leaky_relu_gradient_part, &job);
}

/// exp(x) by 2^n * 2^f with |f| <= 1/2 and the Taylor polynomial of 2^f; relative error below 3e-7 for |x| <= 87.
static inline __attribute__((always_inline)) float exponential(float x) {
    x = x < -87 ? -87 : x > 87 ? 87 : x;
    float n = __builtin_roundevenf(x * 1.44269504f);
    float f = x * 1.44269504f - n;
    float p = 1.5403530e-4f;
    p = p * f + 1.3333558e-3f;
    p = p * f + 9.6181291e-3f;
    p = p * f + 5.5504109e-2f;
    p = p * f + 2.4022651e-1f;
    p = p * f + 6.9314718e-1f;
    p = p * f + 1;
    union {
        int32_t bits;
        float value;
    } power = {((int32_t)n + 127) << 23};
    return p * power.value;
}

CP_VECTORIZED static void sigmoid_part(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const elements_job *job = context;
    const float *x = job->a;
    float *y = job->out;
#pragma clang loop vectorize(assume_safety)
    for (int64_t i = begin; i < end; i++) y[i] = 1 / (1 + exponential(-x[i]));
}

void ck_sigmoid(const float *x, int64_t count, float *y, int threads) {
    elements_job job = {x, 0, 0, y};
    ck_parallel(count, threads, sigmoid_part, &job);
}

CP_VECTORIZED static void sigmoid_gradient_part(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const elements_job *job = context;
    const float *y = job->a, *gy = job->b;
    float *gx = job->out;
#pragma clang loop vectorize(assume_safety)
    for (int64_t i = begin; i < end; i++) gx[i] = gy[i] * y[i] * (1 - y[i]);
}

void ck_sigmoid_gradient(const float *y, const float *gy, int64_t count, float *gx, int threads) {
    elements_job job = {y, gy, 0, gx};
    ck_parallel(count, threads, sigmoid_gradient_part, &job);
}

CP_VECTORIZED static void add_part(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const elements_job *job = context;
    const float *x = job->a;
    float *y = job->out;
#pragma clang loop vectorize(assume_safety)
    for (int64_t i = begin; i < end; i++) y[i] += x[i];
}

void ck_add(const float *x, int64_t count, float *y, int threads) {
    elements_job job = {x, 0, 0, y};
    ck_parallel(count, threads, add_part, &job);
}

double ck_difference(const float *x, const float *target, int64_t count, float factor, float *y) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        float difference = x[i] - target[i];
        y[i] = difference * factor;
        sum += (double)difference * difference;
    }
    return sum;
}

CP_VECTORIZED void ck_adam(float *w, const float *gradient, float *m, float *v, int64_t count, float rate, float beta1,
                           float beta2, float epsilon, float decay, float decoupled_decay, int64_t step) {
    const float correction1 = (float)(1 / (1 - pow(beta1, (double)step)));
    const float correction2 = (float)(1 / (1 - pow(beta2, (double)step)));
    // Moments of weights that have no gradient any more fall until they are denormal, and would stay so.
    ck_denormal_mode before = ck_flush_denormals();
#pragma clang loop vectorize(assume_safety)
    for (int64_t i = 0; i < count; i++) {
        float g = gradient[i] + decay * w[i];
        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        w[i] -= rate * (m[i] * correction1) / (__builtin_sqrtf(v[i] * correction2) + epsilon) + rate * decoupled_decay * w[i];
    }
    ck_restore_denormals(before);
}

typedef struct {
    const float *from;
    int64_t from_stride, width;
    float *to;
    int64_t to_stride;
} columns_job;

static void copy_rows(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const columns_job *job = context;
    for (int64_t row = begin; row < end; row++)
        memcpy(job->to + row * job->to_stride, job->from + row * job->from_stride,
               (size_t)job->width * sizeof(float));
}

void ck_copy_columns(const float *from, int64_t from_stride, int64_t rows, int64_t width, float *to,
                     int64_t to_stride, int threads) {
    columns_job job = {from, from_stride, width, to, to_stride};
    ck_parallel(rows, threads, copy_rows, &job);
}
