#include <dnnl.h>
#include <stdlib.h>
#include <string.h>

#include "COneDNN.h"
#include "descriptors.h"
#include "threads.h"

/// One operand: as the caller has it, as the primitive wants it, and the reorder between the two where they differ.
typedef struct {
    dnnl_memory_t plain, wanted;
    dnnl_primitive_t reorder;
} operand;

struct od_convolution {
    int threads;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_t primitive;
    operand first, second, result;
    int first_argument, second_argument, result_argument;
};

#define TRY(call)                                   \
    do {                                            \
        dnnl_status_t status_ = (call);             \
        if (status_ != dnnl_success) return status_; \
    } while (0)

static dnnl_status_t make_reorder(dnnl_engine_t engine, const od_memory_desc *from, const od_memory_desc *to,
                                  dnnl_primitive_t *made) {
    dnnl_primitive_desc_t description = NULL;
    TRY(dnnl_reorder_primitive_desc_create(&description, od_desc(from), engine, od_desc(to), engine, NULL));
    dnnl_status_t status = dnnl_primitive_create(made, description);
    dnnl_primitive_desc_destroy(description);
    return status;
}

static dnnl_status_t make_operand(dnnl_engine_t engine, const od_memory_desc *plain, const od_memory_desc *wanted,
                                  int is_result, operand *o) {
    TRY(dnnl_memory_create(&o->plain, od_desc(plain), engine, DNNL_MEMORY_NONE));
    if (dnnl_memory_desc_equal(od_desc(plain), od_desc(wanted))) return dnnl_success;
    TRY(dnnl_memory_create(&o->wanted, od_desc(wanted), engine, DNNL_MEMORY_ALLOCATE));
    return is_result ? make_reorder(engine, wanted, plain, &o->reorder)
                     : make_reorder(engine, plain, wanted, &o->reorder);
}

static void destroy_operand(operand *o) {
    if (o->reorder) dnnl_primitive_destroy(o->reorder);
    if (o->wanted) dnnl_memory_destroy(o->wanted);
    if (o->plain) dnnl_memory_destroy(o->plain);
}

static dnnl_status_t build(od_convolution *c, const od_geometry *g, od_direction direction) {
    od_convolution_descs descs;
    TRY(dnnl_engine_create(&c->engine, dnnl_cpu, 0));
    TRY(dnnl_stream_create(&c->stream, c->engine, dnnl_stream_default_flags));
    dnnl_status_t status = od_describe_convolution(c->engine, g, direction, &descs);
    if (status == dnnl_success) status = dnnl_primitive_create(&c->primitive, descs.primitive);
    const od_memory_desc *plain[3] = {&descs.source, &descs.weights, &descs.destination};
    const od_memory_desc *wanted[3] = {&descs.wanted_source, &descs.wanted_weights, &descs.wanted_destination};
    static const int order[3][3] = {{0, 1, 2}, {2, 1, 0}, {0, 2, 1}};  // first, second, result of each direction
    static const int arguments[2][3] = {{DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
                                        {DNNL_ARG_DIFF_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST}};
    operand *operands[3] = {&c->first, &c->second, &c->result};
    int *names[3] = {&c->first_argument, &c->second_argument, &c->result_argument};
    for (int i = 0; i < 3 && status == dnnl_success; i++) {
        int role = order[direction][i];
        int is_gradient = direction != OD_FORWARD && (role == 2 || i == 2);
        *names[i] = arguments[is_gradient][role];
        status = make_operand(c->engine, plain[role], wanted[role], i == 2, operands[i]);
    }
    od_release_descs(&descs);
    return status;
}

int od_convolution_create(const od_geometry *geometry, od_direction direction, int threads, od_convolution **made) {
    *made = NULL;
    od_convolution *c = calloc(1, sizeof *c);
    if (!c) return dnnl_out_of_memory;
    c->threads = threads;
    omp_set_num_threads(threads);
    dnnl_status_t status = build(c, geometry, direction);
    if (status != dnnl_success) {
        od_convolution_destroy(c);
        return status;
    }
    *made = c;
    return dnnl_success;
}

static dnnl_status_t run_reorder(od_convolution *c, dnnl_primitive_t reorder, dnnl_memory_t from, dnnl_memory_t to) {
    dnnl_exec_arg_t arguments[2] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    return dnnl_primitive_execute(reorder, c->stream, 2, arguments);
}

static dnnl_status_t bring(od_convolution *c, operand *o, const float *data) {
    TRY(dnnl_memory_set_data_handle(o->plain, (void *)data));
    return o->reorder ? run_reorder(c, o->reorder, o->plain, o->wanted) : dnnl_success;
}

int od_convolution_run(od_convolution *c, const float *first, const float *second, float *result) {
    omp_set_num_threads(c->threads);
    TRY(bring(c, &c->first, first));
    TRY(bring(c, &c->second, second));
    TRY(dnnl_memory_set_data_handle(c->result.plain, result));
    dnnl_exec_arg_t arguments[3] = {
        {c->first_argument, c->first.reorder ? c->first.wanted : c->first.plain},
        {c->second_argument, c->second.reorder ? c->second.wanted : c->second.plain},
        {c->result_argument, c->result.reorder ? c->result.wanted : c->result.plain}};
    TRY(dnnl_primitive_execute(c->primitive, c->stream, 3, arguments));
    if (c->result.reorder) TRY(run_reorder(c, c->result.reorder, c->result.wanted, c->result.plain));
    return dnnl_stream_wait(c->stream);
}

void od_convolution_destroy(od_convolution *c) {
    if (!c) return;
    destroy_operand(&c->first);
    destroy_operand(&c->second);
    destroy_operand(&c->result);
    if (c->primitive) dnnl_primitive_destroy(c->primitive);
    if (c->stream) dnnl_stream_destroy(c->stream);
    if (c->engine) dnnl_engine_destroy(c->engine);
    free(c);
}
