#include <dnnl.h>
#include <stdio.h>

#include "COneDNN.h"

const char *od_status_text(int status) {
    switch (status) {
        case dnnl_success: return "success";
        case dnnl_out_of_memory: return "out of memory";
        case dnnl_invalid_arguments: return "invalid arguments";
        case dnnl_unimplemented: return "not implemented for this shape on this machine";
        case dnnl_runtime_error: return "a kernel failed while running";
        default: return "unknown status";
    }
}

const char *od_version(void) {
    static _Thread_local char text[32];
    const dnnl_version_t *v = dnnl_version();
    snprintf(text, sizeof text, "%d.%d.%d", v->major, v->minor, v->patch);
    return text;
}
