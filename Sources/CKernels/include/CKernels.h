// The innermost loops of networks and random numbers. Loops that gain by it are compiled for several processors, which
// Swift cannot express.
#pragma once
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    // The longest row or column of a narrow factor or product.
    GAND_PANEL_LENGTH = 2048,
    // Terms of every sum in one block: a panel and a tile's rows fit the first cache.
    GAND_DEPTH = 256,
    // Rows in one block of a factor that is stored across: packed, they fit the second cache.
    GAND_PACKED_ROWS = 256,
    // The largest tile.
    GAND_MOST_ROWS = 12,
    GAND_MOST_COLUMNS = 32,
    // Values of a panel, and of packed rows, with room for an incomplete last tile.
    GAND_PANEL_COUNT = GAND_MOST_COLUMNS * GAND_DEPTH,
    GAND_PACKED_COUNT = (GAND_PACKED_ROWS + GAND_MOST_ROWS) * GAND_DEPTH,
    // Values of both, and of 16 rows or columns of a narrow factor.
    GAND_SCRATCH_COUNT = GAND_PANEL_COUNT + GAND_PACKED_COUNT + 16 * GAND_PANEL_LENGTH,
};

/// The shape of the tiles that this processor's registers hold.
typedef struct {
    long rows, columns;
} gand_tile_shape;

/// 12 × 32 with AVX-512, 6 × 16 otherwise.
gand_tile_shape gand_tile(void);

/// Rows of a factor: element (i, l) of the tile that begins at row t is `values[t * start + i * row + l * step]`.
typedef struct {
    const float *values;
    long start, row, step;
} gand_rows;

/// A leaky ReLU φ(x): x for positive x and slope · x otherwise, with a slope in [0, 1]. A product becomes φ(product)
/// or, if `at` is given, φ'(at) · product; `at` has the layout of C.
typedef struct {
    float slope;
    const float *at;
} gand_rectifier;

/// C = base + A·panel, for m rows and `width` columns, at most a tile's.
///
/// - panel: k rows, `panel_step` apart, each of a tile's columns; those past `width` are ignored.
/// - c: row i at `c + i * c_row`.
/// - base: row i at `base + i * base_row`; NULL stands for zeros. May be C.
/// - rectifier: applied to the stored values, if given.
///
/// Every element is one chain of fused multiply-adds, in the order of the terms and beginning with the base: the same
/// on every processor, and for any division of the terms into calls.
void gand_multiply_panel(
    gand_rows a, const float *panel, long panel_step, float *c, long c_row, const float *base, long base_row,
    const gand_rectifier *rectifier, long m, long width, long k);

/// A column of C = base + A·b, for m contiguous rows of A and b of length k: products that are too narrow for tiles.
/// Every element is a dot product of eight chains, which are added in order, and with the base last.
void gand_multiply_narrow(
    const float *a, const float *b, float *c, long c_row, const float *base, long base_row,
    const gand_rectifier *rectifier, long m, long k);

/// Overwrites a panel with `width` columns of length k, `column` apart in `b`, and with zeros up to a tile's columns.
void gand_pack_columns(const float *b, long column, long width, long k, float *panel);

/// Adds the rows of a matrix (rows × width) to `sum` (width), each times its factor if factors are given. Every element
/// is eight chains of fused multiply-adds, each of every eighth row, which are added by pairs and then to `sum`: the
/// same on every processor.
void gand_sum_rows(const float *matrix, long rows, long width, const float *factors, float *sum);

/// Multiplies `count` values by the rectifier's slopes at its `count` samples.
void gand_multiply_by_slope(gand_rectifier rectifier, float *values, long count);

/// A stream of random numbers: its seed and its number.
typedef struct {
    unsigned long long seed;
    unsigned stream;
} gand_random;

/// The bits of random words, numbers in [0, 1) on a grid of 2⁻²⁴, or draws from N(0, 1) by Box and Muller's transform.
typedef enum { GAND_WORDS, GAND_UNIFORM, GAND_NORMAL } gand_distribution;

/// Overwrites `count` blocks of four values, from `block` of `row` on, with `blocks_per_row` blocks in each row: each
/// block is a function of the stream, its row and its number alone (Philox 4 × 32-10), the same on every processor.
void gand_fill_random(
    gand_distribution distribution, gand_random random, long row, long block, long blocks_per_row, long count,
    float *values);

/// The calling thread's scratch memory, allocated once: GAND_SCRATCH_COUNT values.
float *gand_scratch(void);

/// Makes the calling thread flush subnormal numbers to zero, at which processors are about a hundred times slower;
/// returns the earlier state for `gand_restore`.
unsigned long gand_flush_subnormals(void);
/// Makes the calling thread keep subnormal numbers, within a `gand_flush_subnormals`; returns the earlier state for
/// `gand_restore`.
unsigned long gand_keep_subnormals(void);
void gand_restore(unsigned long control);

/// Whether the processor has the instructions that the loops are compiled for.
bool gand_processor_is_supported(void);

#ifdef __cplusplus
}
#endif
