// The one place where oneDNN 2 and 3 differ: 2 passes memory descriptors by value and builds a primitive descriptor from
// an operation descriptor; 3 has opaque memory descriptors and no operation descriptors.
#pragma once

#include <dnnl.h>

#include "COneDNN.h"

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t od_memory_desc;
static inline dnnl_memory_desc_t od_desc(const od_memory_desc *d) { return *d; }
#else
typedef dnnl_memory_desc_t od_memory_desc;
static inline const dnnl_memory_desc_t *od_desc(const od_memory_desc *d) { return d; }
#endif

/// A convolution's primitive descriptor with the layouts of the caller and those that the primitive wants.
typedef struct {
    dnnl_primitive_desc_t primitive;
    od_memory_desc source, weights, destination;
    od_memory_desc wanted_source, wanted_weights, wanted_destination;
} od_convolution_descs;

dnnl_status_t od_describe_convolution(dnnl_engine_t engine, const od_geometry *g, od_direction direction,
                                      od_convolution_descs *made);

void od_release_descs(od_convolution_descs *descs);
