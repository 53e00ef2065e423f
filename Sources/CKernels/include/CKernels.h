// The innermost loops of networks and random numbers. Those that gain by it are compiled for more than one processor, which
// Swift has no way to say.
#pragma once
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    // The longest row or column of a narrow factor or product.
    GAND_PANEL_LENGTH = 2048,
    // So many terms of every sum at a time: a panel and a tile's rows fit the first cache.
    GAND_DEPTH = 256,
    // So many rows of a factor that lies across at a time: packed, they fit the second cache.
    GAND_PACKED_ROWS = 256,
    // Of the largest tile.
    GAND_MOST_ROWS = 12,
    GAND_MOST_COLUMNS = 32,
    // Of a panel, and of packed rows, of which the last tile may lack some.
    GAND_PANEL_COUNT = GAND_MOST_COLUMNS * GAND_DEPTH,
    GAND_PACKED_COUNT = (GAND_PACKED_ROWS + GAND_MOST_ROWS) * GAND_DEPTH,
    // Of both, and of 16 rows or columns of a narrow factor.
    GAND_SCRATCH_COUNT = GAND_PANEL_COUNT + GAND_PACKED_COUNT + 16 * GAND_PANEL_LENGTH,
};

/// The shape of the tiles that this processor's registers hold.
typedef struct {
    long rows, columns;
} gand_tile_shape;

/// 12 × 32 with AVX-512, 6 × 16 otherwise.
gand_tile_shape gand_tile(void);

/// Some rows of a factor: element (i, l) of the tile that begins at row t is `values[t * start + i * row + l * step]`.
typedef struct {
    const float *values;
    long start, row, step;
} gand_rows;

/// A leaky ReLU φ(x), which is x for positive x and slope · x for others, with a slope in [0, 1]. A product becomes
/// φ(product), or φ'(at) · product with values as many and as far apart as C's, if given.
typedef struct {
    float slope;
    const float *at;
} gand_rectifier;

/// C = base + A·panel, for m rows and `width` columns, at most a tile's.
///
/// - panel: k rows, `panel_step` apart, of as many values as a tile has columns; those past `width` are ignored.
/// - c: row i at `c + i * c_row`.
/// - base: row i at `base + i * base_row`; none is zero. May be C.
/// - rectifier: applied to what is stored, if given.
///
/// Every element is one chain of fused multiply-adds, in the order of the terms and beginning with the base: the same on
/// every processor, and however the terms are cut into several calls.
void gand_multiply_panel(
    gand_rows a, const float *panel, long panel_step, float *c, long c_row, const float *base, long base_row,
    const gand_rectifier *rectifier, long m, long width, long k);

/// A column of C = base + A·b, for m rows of A and b that are k long and lie together: products that are too narrow for
/// tiles. Every element is a dot product of eight chains, which are added in order, and with the base last.
void gand_multiply_narrow(
    const float *a, const float *b, float *c, long c_row, const float *base, long base_row,
    const gand_rectifier *rectifier, long m, long k);

/// Makes a panel of `width` columns that are k long and `column` apart, those that a tile has beyond them zero.
void gand_pack_columns(const float *b, long column, long width, long k, float *panel);

/// Adds the rows of a matrix to `sum`, row r `factors[r]` times where factors are given. Every element is eight chains of
/// fused multiply-adds, of every eighth row each, which are added by pairs and then to what was there: the same on every
/// processor.
void gand_sum_rows(const float *matrix, long rows, long width, const float *factors, float *sum);

/// Multiplies values by the rectifier's slopes at as many samples.
void gand_multiply_by_slope(gand_rectifier rectifier, float *values, long count);

/// Of a stream of random numbers: its seed and its number.
typedef struct {
    unsigned long long seed;
    unsigned stream;
} gand_random;

/// The bits of words, numbers in [0, 1) on a grid of 2⁻²⁴, or draws from N(0, 1) by Box and Muller's transform.
typedef enum { GAND_WORDS, GAND_UNIFORM, GAND_NORMAL } gand_distribution;

/// Overwrites `count` blocks of four values with those of a stream from a block of a row on, rows having so many blocks:
/// each a function of the stream, its row and its block alone (Philox 4 × 32-10), the same on every processor.
void gand_fill_random(
    gand_distribution distribution, gand_random random, long row, long block, long blocks_per_row, long count,
    float *values);

/// The calling thread's room, made once: GAND_SCRATCH_COUNT values.
float *gand_scratch(void);

/// Has the calling thread take for zero what is too small for a float's full precision, which processors are some hundred
/// times slower at; returns what to give to `gand_restore` for that to end.
unsigned long gand_flush_subnormals(void);
/// Takes subnormal numbers for what they are, amid what does not.
unsigned long gand_keep_subnormals(void);
void gand_restore(unsigned long control);

/// Whether the processor has the instructions that this package is compiled for.
bool gand_processor_is_supported(void);

#ifdef __cplusplus
}
#endif
