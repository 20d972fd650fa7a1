// The kernels of this project's own networks, over channels-last float tensors [N, D, H, W, C].
//
// Convolution here is a matrix product whose left operand is not copied, but for Winograd's algorithm: in a channels-last
// tensor the window of one output position over a row of taps is contiguous, and the window of the next position starts
// `stride * C` floats further. A register tile of positions by channels walks over it. Borders in width are copied to a
// small zero-padded strip, borders in height and depth are skipped.
//
// Every function may run on several threads (`threads` >= 1, never inherited from the environment). Work is divided
// statically and sums have a fixed order, so that results depend neither on the number of threads nor on timing.
// All pointers are borrowed for the call. Functions that can fail return 0, or CK_OUT_OF_MEMORY.
#pragma once

#include <stdint.h>

enum { CK_OK = 0, CK_OUT_OF_MEMORY = 1 };

/// Geometry of a convolution from `in` to `out` (for a transposed one: of the convolution that it is the adjoint of).
typedef struct {
    int64_t batch;
    int64_t in_depth, in_height, in_width, in_channels;
    int64_t out_depth, out_height, out_width, out_channels;
    int64_t kernel_depth, kernel_height, kernel_width;
    int64_t stride_depth, stride_height, stride_width;
    int64_t padding_depth, padding_height, padding_width;
    int64_t out_stride;  // numbers from one output position to the next, for output into some channels of a wider tensor; 0
                         // for out_channels. For convolutions without pooling, also by Winograd, and for pooling.
} ck_geometry;

/// What follows a convolution in the same pass: y = act(sum + shift[channel]); y = y >= 0 ? y : slope * y.
typedef struct {
    const float *shift;  // [out_channels], or null for none
    float slope;         // 1 for the identity, 0 for ReLU, between for leaky ReLU
} ck_epilogue;

/// The instruction set chosen on this machine: "avx512", "avx2", "neon" or "baseline".
const char *ck_instruction_set(void);

// Convolution -----------------------------------------------------------------------------------------------------

/// Whether ck_convolution, ck_transposed_convolution, ck_weight_gradient or ck_single_channel_convolution can do `g`:
/// the side that is summed into has a multiple of 16 channels, and rows of taps fit the strips of the border. The last takes
/// one channel out, a multiple of 16 in, three taps in width, and strides of 1.
int ck_carries_convolution(const ck_geometry *g);
int ck_carries_transposed_convolution(const ck_geometry *g);
int ck_carries_weight_gradient(const ck_geometry *g);
int ck_carries_single_channel_convolution(const ck_geometry *g);

/// y[N, oD, oH, oW, oC] = epilogue(conv(x[N, iD, iH, iW, iC], w[kD, kH, kW, iC, oC])).
int ck_convolution(const ck_geometry *g, const float *x, const float *w, ck_epilogue epilogue, float *y, int threads);

/// The same, followed by max pooling over windows of pool[D, H, W] that tile the output exactly: y has its sizes divided
/// by those of the window. The unpooled rows never leave the cache. Returns CK_OUT_OF_MEMORY where they do not fit.
int ck_convolution_max_pool(const ck_geometry *g, const float *x, const float *w, ck_epilogue epilogue,
                            const int64_t pool[3], float *y, int threads);

/// The same two for 3×3 taps in height and width, with a quarter of the multiplications and sums that differ in the last
/// digits: x, weights that ck_winograd_weights made, and pool {1, 1, 1}, or windows of 1 or 2 (1, 2 or 4 in height and
/// width) that tile the output exactly.
int ck_carries_winograd(const ck_geometry *g);
/// Floats of transformed weights.
int64_t ck_winograd_weight_count(const ck_geometry *g);
/// transformed[point, kD, iC, oC] from w[kD, 3, 3, iC, oC], or from its taps in reverse order.
void ck_winograd_weights(const ck_geometry *g, const float *w, int reversed, float *transformed);
int ck_winograd(const ck_geometry *g, const float *x, const float *weights, ck_epilogue epilogue, const int64_t pool[3],
                float *y, int threads);

/// The adjoint of the convolution g: y[N, iD, iH, iW, iC] = epilogue(conv^T(x[N, oD, oH, oW, oC])), with
/// w[kD, kH, kW, oC, iC]; decomposed into one dense convolution per residue of the stride (sub-pixel form).
int ck_transposed_convolution(const ck_geometry *g, const float *x, const float *w, ck_epilogue epilogue, float *y,
                              int threads);

/// The same for 3×3 taps at stride 2 in height and width that double a picture exactly, with seven tenths of the
/// multiplications and sums that differ in the last digits: weights that ck_winograd_transposed_weights made.
int ck_carries_winograd_transposed(const ck_geometry *g);
/// Floats of transformed weights.
int64_t ck_winograd_transposed_weight_count(const ck_geometry *g);
/// transformed[point, kD, oC, iC] from w[kD, 3, 3, oC, iC].
void ck_winograd_transposed_weights(const ck_geometry *g, const float *w, float *transformed);
int ck_winograd_transposed(const ck_geometry *g, const float *x, const float *weights, ck_epilogue epilogue, float *y,
                           int threads);

/// gw[kD, kH, kW, iC, oC] = sum over positions of the window of x times gy[N, oD, oH, oW, oC]; overwrites gw.
int ck_weight_gradient(const ck_geometry *g, const float *x, const float *gy, float *gw, int threads);
/// The same by Winograd's algorithm, for what ck_carries_winograd.
int ck_winograd_weight_gradient(const ck_geometry *g, const float *x, const float *gy, float *gw, int threads);

/// One output channel: y[N, oD, oH, oW, 1] = conv(x, w[kD, kH, 3, iC, 1]) + shift; no activation. By Winograd's algorithm in
/// width: sums differ in the last digits.
int ck_single_channel_convolution(const ck_geometry *g, const float *x, const float *w, float shift, float *y,
                                  int threads);

// Convolution in 8-bit integers ------------------------------------------------------------------------------------
//
// An activation is bytes q that stand for scale * (q - zero): [depth, height, 1 + width + 1, channels], one picture
// wide column of `zero` at either side of every row, so that no window leaves its row. CK_BYTE_SLACK bytes after the
// last row may be read. There is no batch axis: geometries have batch 1, and the pictures of a batch are steps in depth that
// no kernel spans. Sums are exact, and the bytes that come out are the same for every instruction set and number of threads.
//
// A part of the result in depth is asked for by out_depth and a padding_depth that is smaller by the steps left out,
// less than zero too; for a transposed convolution by in_depth and a padding_depth that is larger by them.

enum { CK_BYTE_SLACK = 64 };

/// Weights as ck_pack_byte_weights lays them out, and what becomes of a sum: with s = sum + shift[channel] less what the
/// input's zero adds to it, y = act(s * factor[channel]), rounded, plus `zero`.
typedef struct {
    const int8_t *weights;   // 64-byte aligned
    const int32_t *offsets;  // what the input's zero adds to a sum, for every row of taps
    const int32_t *shift;    // [out_channels]
    const float *factor;     // [out_channels]; all positive
    float slope;             // 0…1, as in ck_epilogue
    int32_t zero;            // the result's, 0…255
} ck_byte_layer;

/// The instruction set of these kernels: "amx", "avx512vnni", "avxvnni", "avx2" or "baseline".
const char *ck_byte_instruction_set(void);
/// Whether that one multiplies bytes faster than floats.
int ck_multiplies_bytes_fast(void);

int ck_carries_byte_convolution(const ck_geometry *g);
int ck_carries_byte_transposed_convolution(const ck_geometry *g);
int ck_carries_byte_single_channel_convolution(const ck_geometry *g);

/// The sizes of packed weights, in bytes, and of their offsets, in numbers.
int64_t ck_packed_byte_weights(const ck_geometry *g, int transposed);
int64_t ck_byte_offsets(const ck_geometry *g, int transposed);
/// The largest sum of those weights of one sign whose products are summed in 16 bits: of each eight of a row of taps, w[kW, iC],
/// the first two of either half, and the last two of either half.
enum { CK_LARGEST_FOUR = 128 };
/// Packs w[kD, kH, kW, iC, oC], or for a transposed convolution w[kD, kH, kW, oC, iC], for an input with this zero.
void ck_pack_byte_weights(const ck_geometry *g, int transposed, const int8_t *w, int32_t zero, int8_t *packed,
                          int32_t *offsets);

/// The bytes of x[depth * height, width, channels]: round(x * factor) + zero, held in 0…255.
void ck_quantize(const float *x, int64_t rows, int64_t width, int64_t channels, float factor, int32_t zero, uint8_t *y,
                 int threads);
/// A convolution, followed by max pooling over windows of pool[D, H, W] that tile the output exactly, unless null.
int ck_byte_convolution(const ck_geometry *g, const uint8_t *x, const ck_byte_layer *layer, const int64_t pool[3],
                        uint8_t *y, int threads);
/// Pooling over windows of up to 256 places in height and width. The largest byte of every window, on another scale: `factor`
/// times its distance from `in_zero`, rounded, from `zero`.
void ck_byte_max_pool(const ck_geometry *g, const uint8_t *x, float factor, int32_t in_zero, int32_t zero, uint8_t *y,
                      int threads);
/// The mean of every window, the padding counted in as `zero`, which x and y share.
int ck_carries_byte_average_pool(const ck_geometry *g);
int ck_byte_average_pool(const ck_geometry *g, const uint8_t *x, int32_t zero, uint8_t *y, int threads);
/// What the bytes of each picture stand for on average: y[pictures, channels] from x[pictures * height, 1 + width + 1, channels].
void ck_byte_means(const uint8_t *x, int64_t pictures, int64_t height, int64_t width, int64_t channels, float scale,
                   int32_t zero, float *y);
/// The adjoint of the convolution g, as ck_transposed_convolution.
int ck_byte_transposed_convolution(const ck_geometry *g, const uint8_t *x, const ck_byte_layer *layer, uint8_t *y,
                                   int threads);
/// One output channel, through a table of values: y[D, H, W] = table[round(s * factor)] with the index counted from the
/// table's middle and held in its 2 * reach + 1 entries.
int ck_byte_single_channel_convolution(const ck_geometry *g, const uint8_t *x, const ck_byte_layer *layer,
                                       const float *table, int32_t reach, float *y, int threads);

// Batch normalisation and leaky ReLU in one pass, over x[rows, channels] -------------------------------------------

/// The mean and the biased variance of every channel.
int ck_moments(const float *x, int64_t rows, int64_t channels, float *mean, float *variance, int threads);

/// y = act(x * scale[c] + shift[c]), act(z) = z >= 0 ? z : slope * z. y may be x.
void ck_scale_shift(const float *x, int64_t rows, int64_t channels, const float *scale, const float *shift,
                    float slope, float *y, int threads);

/// With z = x * scale + shift and g = gy * act'(z): sum_g[c] = sum of g, sum_gx[c] = sum of g * x.
int ck_scale_shift_sums(const float *x, const float *gy, int64_t rows, int64_t channels, const float *scale,
                        const float *shift, float slope, float *sum_g, float *sum_gx, int threads);

/// gx = a[c] * g + b[c] * x + d[c], with g as above: the input gradient of batch normalisation. gx may be gy.
void ck_scale_shift_gradient(const float *x, const float *gy, int64_t rows, int64_t channels, const float *scale,
                             const float *shift, float slope, const float *a, const float *b, const float *d,
                             float *gx, int threads);

/// sums[c] = sum over rows of x[rows, c].
int ck_column_sums(const float *x, int64_t rows, int64_t channels, float *sums, int threads);

/// to[row * to_stride + i] = from[row * from_stride + i] for i < width: some columns of a matrix into some of another.
void ck_copy_columns(const float *from, int64_t from_stride, int64_t rows, int64_t width, float *to,
                     int64_t to_stride, int threads);

// Pooling (out_channels == in_channels) ----------------------------------------------------------------------------

/// The largest value of every window, and, unless taps is null, which tap of the window it was (the first of equals).
void ck_max_pool(const ck_geometry *g, const float *x, float *y, uint8_t *taps, int threads);
/// Scatters gy back to where the largest values were; overwrites gx.
void ck_max_pool_gradient(const ck_geometry *g, const float *gy, const uint8_t *taps, float *gx, int threads);
/// The mean of every window over all its taps, those in the padding included.
void ck_average_pool(const ck_geometry *g, const float *x, float *y, int threads);
void ck_average_pool_gradient(const ck_geometry *g, const float *gy, float *gx, int threads);

// Normalised cross-correlation of 5×5 patches, over maps [height, width, channels] --------------------------------------

/// For the patch around every position of `e`, channel by channel, the most similar patch of `f` in the same row and two
/// rows above and below, at any column: its position best[channels, height, width], and the sum of those similarities,
/// each in -1…1, over the positions of every channel, responses[channels]. Beyond the edges maps are 0.
int ck_patch_correlation(const float *e, const float *f, int64_t height, int64_t width, int64_t channels, int32_t *best,
                         double *responses, int threads);
/// Adds the gradient of `factor` times the sum of all those similarities to ge and gf, which are shaped like e and f.
int ck_patch_correlation_gradient(const float *e, const float *f, int64_t height, int64_t width, int64_t channels,
                                  const int32_t *best, float factor, float *ge, float *gf, int threads);

// Element by element -------------------------------------------------------------------------------------------------

/// y = x >= 0 ? x : slope * x, and its gradient gx = gy * (x >= 0 ? 1 : slope). Results may overwrite inputs.
void ck_leaky_relu(const float *x, int64_t count, float slope, float *y, int threads);
void ck_leaky_relu_gradient(const float *x, const float *gy, int64_t count, float slope, float *gx, int threads);
/// y = 1 / (1 + exp(-x)), and its gradient from y: gx = gy * y * (1 - y).
void ck_sigmoid(const float *x, int64_t count, float *y, int threads);
void ck_sigmoid_gradient(const float *y, const float *gy, int64_t count, float *gx, int threads);
/// y += x.
void ck_add(const float *x, int64_t count, float *y, int threads);
/// y[i] = (x[i] - target[i]) * factor, and the sum of the squared differences.
double ck_difference(const float *x, const float *target, int64_t count, float factor, float *y);

/// One step of Adam (Kingma and Ba, 2015, algorithm 1) with decay * w added to the gradient, and rate * decoupled_decay * w taken
/// off the weights beside it (Loshchilov and Hutter, 2019, in PyTorch's form); `step` counts from 1.
void ck_adam(float *w, const float *gradient, float *m, float *v, int64_t count, float rate, float beta1, float beta2,
             float epsilon, float decay, float decoupled_decay, int64_t step);

// Vectors in half precision (IEEE 754 binary16, as bit patterns) -----------------------------------------------------

/// The nearest half-precision numbers, of two that are as near the even one; and back, which is exact.
void ck_halves_from_floats(const float *x, int64_t count, uint16_t *y);
void ck_floats_from_halves(const uint16_t *x, int64_t count, float *y);

/// A row of a matrix, and its dot product with the vector that was searched for.
typedef struct {
    int64_t row;
    float dot;
} ck_match;

/// The rows of rows[count, dimension] with the largest dot products with the query, the largest first and of equals the
/// first row first: min(wanted, count) of them. Rows and query must be finite. A row's dot product is the same on any
/// number of threads, but has the rounding of its instruction set.
int ck_search_halves(const float *query, const uint16_t *rows, int64_t count, int64_t dimension, int64_t wanted,
                     ck_match *matches, int threads);

/// The sum of 64-bit words, modulo 2^64: the shortest time in which memory can be read at all.
int ck_sum_words(const uint64_t *words, int64_t count, uint64_t *sum, int threads);
