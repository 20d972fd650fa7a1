#include "descriptors.h"

#include <string.h>

#define TRY(call)                                   \
    do {                                            \
        dnnl_status_t status_ = (call);             \
        if (status_ != dnnl_success) return status_; \
    } while (0)

/// oneDNN counts dimensions as [N, C, D, H, W] and [outC, inC, kD, kH, kW], whatever the layout in memory.
static void logical_sizes(const int64_t tensor[5], dnnl_dims_t sizes) {
    const int64_t order[5] = {tensor[0], tensor[4], tensor[1], tensor[2], tensor[3]};
    memcpy(sizes, order, sizeof order);
}

static dnnl_status_t describe(od_memory_desc *made, const dnnl_dims_t sizes, dnnl_format_tag_t tag) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_create_with_tag(made, 5, sizes, dnnl_f32, tag);
#else
    return dnnl_memory_desc_init_by_tag(made, 5, sizes, dnnl_f32, tag);
#endif
}

static dnnl_status_t copy_of(const_dnnl_primitive_desc_t primitive, dnnl_query_t what, od_memory_desc *made) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_clone(made, dnnl_primitive_desc_query_md(primitive, what, 0));
#else
    const dnnl_memory_desc_t *found = dnnl_primitive_desc_query_md(primitive, what, 0);
    if (!found) return dnnl_unimplemented;
    *made = *found;
    return dnnl_success;
#endif
}

#if DNNL_VERSION_MAJOR >= 3

static dnnl_status_t create_primitive_desc(dnnl_engine_t engine, const od_geometry *g, od_direction direction,
                                           const od_convolution_descs *d, od_memory_desc any_weights,
                                           dnnl_primitive_desc_t *made) {
    static const dnnl_dims_t undilated = {0, 0, 0};
    if (direction == OD_INPUT_GRADIENT)
        return dnnl_convolution_backward_data_primitive_desc_create(made, engine, dnnl_convolution_direct, d->source,
                                                                    any_weights, d->destination, g->stride, undilated,
                                                                    g->padding, g->padding, NULL, NULL);
    if (direction == OD_WEIGHT_GRADIENT)
        return dnnl_convolution_backward_weights_primitive_desc_create(
            made, engine, dnnl_convolution_direct, d->source, any_weights, NULL, d->destination, g->stride, undilated,
            g->padding, g->padding, NULL, NULL);
    return dnnl_convolution_forward_primitive_desc_create(made, engine, dnnl_forward_inference, dnnl_convolution_direct,
                                                          d->source, any_weights, NULL, d->destination, g->stride,
                                                          undilated, g->padding, g->padding, NULL);
}

#else

/// The hint that the gradients' descriptors of oneDNN ask for is left out: they do not need it on a CPU.
static dnnl_status_t create_primitive_desc(dnnl_engine_t engine, const od_geometry *g, od_direction direction,
                                           const od_convolution_descs *d, od_memory_desc any_weights,
                                           dnnl_primitive_desc_t *made) {
    dnnl_convolution_desc_t operation;
    if (direction == OD_INPUT_GRADIENT)
        TRY(dnnl_convolution_backward_data_desc_init(&operation, dnnl_convolution_direct, &d->source, &any_weights,
                                                     &d->destination, g->stride, g->padding, g->padding));
    else if (direction == OD_WEIGHT_GRADIENT)
        TRY(dnnl_convolution_backward_weights_desc_init(&operation, dnnl_convolution_direct, &d->source, &any_weights,
                                                        NULL, &d->destination, g->stride, g->padding, g->padding));
    else
        TRY(dnnl_convolution_forward_desc_init(&operation, dnnl_forward_inference, dnnl_convolution_direct, &d->source,
                                               &any_weights, NULL, &d->destination, g->stride, g->padding,
                                               g->padding));
    return dnnl_primitive_desc_create(made, &operation, NULL, engine, NULL);
}

#endif

static dnnl_status_t release_weights(od_memory_desc weights) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_destroy(weights);
#else
    (void)weights;
    return dnnl_success;
#endif
}

dnnl_status_t od_describe_convolution(dnnl_engine_t engine, const od_geometry *g, od_direction direction,
                                      od_convolution_descs *made) {
    memset(made, 0, sizeof *made);
    dnnl_dims_t source, destination;
    logical_sizes(g->input, source);
    logical_sizes(g->output, destination);
    const dnnl_dims_t weights = {g->output[4], g->input[4], g->kernel[0], g->kernel[1], g->kernel[2]};
    od_memory_desc any_weights;
    TRY(describe(&made->source, source, dnnl_ndhwc));
    TRY(describe(&made->destination, destination, dnnl_ndhwc));
    TRY(describe(&made->weights, weights, dnnl_dhwio));
    TRY(describe(&any_weights, weights, dnnl_format_tag_any));
    dnnl_status_t status = create_primitive_desc(engine, g, direction, made, any_weights, &made->primitive);
    release_weights(any_weights);
    if (status != dnnl_success) return status;
    TRY(copy_of(made->primitive, direction == OD_INPUT_GRADIENT ? dnnl_query_diff_src_md : dnnl_query_src_md,
                &made->wanted_source));
    TRY(copy_of(made->primitive, direction == OD_WEIGHT_GRADIENT ? dnnl_query_diff_weights_md : dnnl_query_weights_md,
                &made->wanted_weights));
    return copy_of(made->primitive, direction == OD_FORWARD ? dnnl_query_dst_md : dnnl_query_diff_dst_md,
                   &made->wanted_destination);
}

void od_release_descs(od_convolution_descs *d) {
    if (d->primitive) dnnl_primitive_desc_destroy(d->primitive);
#if DNNL_VERSION_MAJOR >= 3
    od_memory_desc *all[6] = {&d->source, &d->weights, &d->destination,
                              &d->wanted_source, &d->wanted_weights, &d->wanted_destination};
    for (int i = 0; i < 6; i++)
        if (*all[i]) dnnl_memory_desc_destroy(*all[i]);
#endif
}
