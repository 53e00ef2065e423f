#include "CKernels.h"
#include "Processor.h"

#include <cstdlib>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace {

struct Call {
    gand_rows a;
    const float *panel;
    long panel_step;
    float *c;
    long c_row;
    const float *base;
    long base_row, width, k;
    const gand_rectifier *rectifier;
};

/// The product x after the rectifier, for `place` of C.
inline float rectified(const gand_rectifier *rectifier, float x, long place) {
    if (!rectifier) return x;
    return (rectifier->at ? rectifier->at[place] : x) > 0 ? x : rectifier->slope * x;
}

/// A tile from row i on, of `rows` rows and `vectors` registers in each.
template <int bytes, int rows, int vectors> [[gnu::always_inline]] inline void tile(const Call &call, long i) {
    using Lanes = typename Register<bytes>::Lanes;
    using Unaligned = typename Register<bytes>::Unaligned;
    constexpr int lanes = Register<bytes>::count, columns = vectors * lanes;
    const bool is_whole = call.width == columns;
    Lanes sum[rows][vectors];
    alignas(64) float edge[rows][columns];
    if (!call.base) {
        #pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) sum[r][v] = Lanes{};
    } else if (is_whole) {
        #pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++)
                sum[r][v] = *(const Unaligned *)(call.base + (i + r) * call.base_row + v * lanes);
    } else {
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < columns; j++)
                edge[r][j] = j < call.width ? call.base[(i + r) * call.base_row + j] : 0;
        #pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) sum[r][v] = *(const Lanes *)(edge[r] + v * lanes);
    }
    const float *x = call.a.values + i * call.a.start, *b = call.panel;
    const long row = call.a.row;
    for (long l = 0; l < call.k; l++) {
        Lanes y[vectors];
        #pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) y[v] = *(const Unaligned *)(b + v * lanes);
        #pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const Lanes factor = x[r * row];
            #pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[r][v] = __builtin_elementwise_fma(factor, y[v], sum[r][v]);
        }
        b += call.panel_step;
        x += call.a.step;
    }
    if (!is_whole) {
        #pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) *(Lanes *)(edge[r] + v * lanes) = sum[r][v];
        for (int r = 0; r < rows; r++)
            for (long j = 0; j < call.width; j++) {
                const long place = (i + r) * call.c_row + j;
                call.c[place] = rectified(call.rectifier, edge[r][j], place);
            }
        return;
    }
    if (call.rectifier) {
        const Lanes slope = call.rectifier->slope;
        const float *at = call.rectifier->at;
        #pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) {
                const Lanes x = sum[r][v], negative = slope * x;
                // Without samples, φ(x) is the larger of the two: a single instruction.
                if (at) {
                    const Lanes sample = *(const Unaligned *)(at + (i + r) * call.c_row + v * lanes);
                    sum[r][v] = sample > 0 ? x : negative;
                } else {
                    sum[r][v] = x > negative ? x : negative;
                }
            }
    }
    #pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) *(Unaligned *)(call.c + (i + r) * call.c_row + v * lanes) = sum[r][v];
}

/// The last tile, of fewer than `rows` rows.
template <int bytes, int rows, int vectors> [[gnu::always_inline]] inline void rest(const Call &call, long i, long m) {
    if constexpr (rows > 1) {
        if (m - i == rows - 1) return tile<bytes, rows - 1, vectors>(call, i);
        rest<bytes, rows - 1, vectors>(call, i, m);
    }
}

template <int bytes, int rows, int vectors> [[gnu::always_inline]] inline void tiles(const Call &call, long m) {
    long i = 0;
    for (; i + rows <= m; i += rows) tile<bytes, rows, vectors>(call, i);
    rest<bytes, rows, vectors>(call, i, m);
}

#if defined(__x86_64__)
[[gnu::target("avx512f"), gnu::noinline]] void multiply_wide(const Call &call, long m) {
    if (call.width > 16) {
        tiles<64, GAND_MOST_ROWS, 2>(call, m);
    } else {
        tiles<64, GAND_MOST_ROWS, 1>(call, m);
    }
}

[[gnu::noinline]] void multiply(const Call &call, long m) {
    if (call.width > 8) {
        tiles<32, 6, 2>(call, m);
    } else {
        tiles<32, 6, 1>(call, m);
    }
}

#else
void multiply(const Call &call, long m) { tiles<16, 6, 4>(call, m); }
#endif

typedef Register<32>::Lanes Eight;
typedef Register<32>::Unaligned UnalignedEight;

/// Eight by eight: pairs of values, pairs of pairs, halves.
[[gnu::always_inline]] inline void transpose(Eight (&x)[8]) {
    Eight y[8];
    #pragma clang loop unroll(full)
    for (int r = 0; r < 8; r += 2) {
        y[r] = __builtin_shufflevector(x[r], x[r + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        y[r + 1] = __builtin_shufflevector(x[r], x[r + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    #pragma clang loop unroll(full)
    for (int r = 0; r < 8; r += 4) {
        x[r] = __builtin_shufflevector(y[r], y[r + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        x[r + 1] = __builtin_shufflevector(y[r], y[r + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        x[r + 2] = __builtin_shufflevector(y[r + 1], y[r + 3], 0, 1, 8, 9, 4, 5, 12, 13);
        x[r + 3] = __builtin_shufflevector(y[r + 1], y[r + 3], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    #pragma clang loop unroll(full)
    for (int r = 0; r < 4; r++) {
        y[r] = __builtin_shufflevector(x[r], x[r + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        y[r + 4] = __builtin_shufflevector(x[r], x[r + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    #pragma clang loop unroll(full)
    for (int r = 0; r < 8; r++) x[r] = y[r];
}

} // namespace

gand_tile_shape gand_tile(void) {
#if defined(__x86_64__)
    if (gand_is_wide()) return {GAND_MOST_ROWS, GAND_MOST_COLUMNS};
#endif
    return {6, 16};
}

void gand_multiply_panel(
    gand_rows a, const float *panel, long panel_step, float *c, long c_row, const float *base, long base_row,
    const gand_rectifier *rectifier, long m, long width, long k) {
    const Call call = {a, panel, panel_step, c, c_row, base, base_row, width, k, rectifier};
#if defined(__x86_64__)
    if (gand_is_wide()) return multiply_wide(call, m);
#endif
    multiply(call, m);
}

void gand_pack_columns(const float *b, long column, long width, long k, float *panel) {
    const long columns = gand_tile().columns;
    long j = 0;
    for (; j + 8 <= width; j += 8) {
        const float *from = b + j * column;
        long l = 0;
        for (; l + 8 <= k; l += 8) {
            Eight x[8];
            #pragma clang loop unroll(full)
            for (int r = 0; r < 8; r++) x[r] = *(const UnalignedEight *)(from + r * column + l);
            transpose(x);
            #pragma clang loop unroll(full)
            for (int r = 0; r < 8; r++) *(UnalignedEight *)(panel + (l + r) * columns + j) = x[r];
        }
        for (; l < k; l++)
            for (int r = 0; r < 8; r++) panel[l * columns + j + r] = from[r * column + l];
    }
    for (; j < columns; j++)
        for (long l = 0; l < k; l++) panel[l * columns + j] = j < width ? b[j * column + l] : 0;
}

void gand_multiply_narrow(
    const float *a, const float *b, float *c, long c_row, const float *base, long base_row,
    const gand_rectifier *rectifier, long m, long k) {
    for (long i = 0; i < m; i += 8) {
        const long rows = m - i < 8 ? m - i : 8;
        // The last row stands in for rows past the end.
        const float *x[8];
        #pragma clang loop unroll(full)
        for (int r = 0; r < 8; r++) x[r] = a + (i + (r < rows ? r : rows - 1)) * k;
        Eight sum[8] = {};
        long l = 0;
        for (; l + 8 <= k; l += 8) {
            const Eight y = *(const UnalignedEight *)(b + l);
            #pragma clang loop unroll(full)
            for (int r = 0; r < 8; r++)
                sum[r] = __builtin_elementwise_fma((Eight) * (const UnalignedEight *)(x[r] + l), y, sum[r]);
        }
        transpose(sum);
        Eight total = sum[0];
        #pragma clang loop unroll(full)
        for (int r = 1; r < 8; r++) total += sum[r];
        for (; l < k; l++) {
            Eight column;
            #pragma clang loop unroll(full)
            for (int r = 0; r < 8; r++) column[r] = x[r][l];
            total = __builtin_elementwise_fma(column, (Eight)b[l], total);
        }
        if (rows == 8 && c_row == 1 && base_row <= 1 && !rectifier) {
            // C is a contiguous column.
            const Eight first = base_row ? (Eight) * (const UnalignedEight *)(base + i) : (Eight)(base ? *base : 0);
            *(UnalignedEight *)(c + i) = total + first;
            continue;
        }
        for (int r = 0; r < rows; r++) {
            const long place = (i + r) * c_row;
            c[place] = rectified(rectifier, total[r] + (base ? base[(i + r) * base_row] : 0), place);
        }
    }
}

namespace {
unsigned long set_subnormals(bool are_flushed) {
#if defined(__x86_64__)
    const unsigned control = _mm_getcsr();
    const unsigned mask = 0x8040; // flush to zero, and denormals are zero
    _mm_setcsr(are_flushed ? control | mask : control & ~mask);
#elif defined(__aarch64__)
    unsigned long control;
    const unsigned long mask = 1ul << 24;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" ::"r"(are_flushed ? control | mask : control & ~mask));
#else
    const unsigned long control = 0;
#endif
    return control;
}
} // namespace

unsigned long gand_flush_subnormals(void) { return set_subnormals(true); }

unsigned long gand_keep_subnormals(void) { return set_subnormals(false); }

void gand_restore(unsigned long control) {
#if defined(__x86_64__)
    _mm_setcsr((unsigned)control);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"(control));
#endif
}

bool gand_processor_is_supported(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return true;
#endif
}

float *gand_scratch(void) {
    struct Room {
        float *values = static_cast<float *>(std::aligned_alloc(64, sizeof(float) * GAND_SCRATCH_COUNT));
        ~Room() { std::free(values); }
    };
    static thread_local const Room room;
    if (!room.values) std::abort();
    return room.values;
}
