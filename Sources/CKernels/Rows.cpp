#include "CKernels.h"
#include "Processor.h"

// The warnings are about registers as results; inlining removes all such calls.
#pragma clang diagnostic ignored "-Wpsabi"

namespace {

/// Each of eight rows is added to a sum of its own: eight chains that do not wait for each other.
constexpr int chains = 8;

template <class Value> [[gnu::always_inline]] inline Value total(const Value (&sums)[chains]) {
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// One column at a time.
struct Single {
    static constexpr int count = 1;
    typedef float Lanes, Unaligned;
};

/// Sums a column for each lane of `vectors` registers.
template <class Kind, int vectors>
[[gnu::always_inline]] inline void sum_columns(
    const float *matrix, long rows, long width, const float *factors, float *sum) {
    typedef typename Kind::Lanes Value;
    typedef typename Kind::Unaligned Stored;
    constexpr int lanes = Kind::count;
    Value sums[vectors][chains] = {};
    const auto add = [&](long r, int i) __attribute__((always_inline)) {
        const Value factor = factors ? factors[r + i] : 1;
        #pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            const Value x = *(const Stored *)(matrix + (r + i) * width + v * lanes);
            sums[v][i] = __builtin_elementwise_fma(factor, x, sums[v][i]);
        }
    };
    long r = 0;
    for (; r + chains <= rows; r += chains) {
        #pragma clang loop unroll(full)
        for (int i = 0; i < chains; i++) add(r, i);
    }
    #pragma clang loop unroll(full)
    for (int i = 0; i < chains - 1; i++) {
        if (r + i < rows) add(r, i);
    }
    #pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) *(Stored *)(sum + v * lanes) += total(sums[v]);
}

/// Sums a single column, whose rows are contiguous.
[[gnu::always_inline]] inline void sum_column(const float *column, long rows, const float *factors, float *sum) {
    typedef Register<4 * chains>::Lanes Lanes;
    typedef Register<4 * chains>::Unaligned Unaligned;
    Lanes lanes = {};
    long r = 0;
    for (; r + chains <= rows; r += chains) {
        const Lanes factor = factors ? (Lanes) * (const Unaligned *)(factors + r) : (Lanes)1;
        lanes = __builtin_elementwise_fma(factor, (Lanes) * (const Unaligned *)(column + r), lanes);
    }
    float sums[chains];
    #pragma clang loop unroll(full)
    for (int i = 0; i < chains; i++) {
        sums[i] = lanes[i];
        if (r + i < rows) sums[i] = __builtin_elementwise_fma(factors ? factors[r + i] : 1, column[r + i], sums[i]);
    }
    *sum += total(sums);
}

template <int bytes>
[[gnu::always_inline]] inline void sum_rows(
    const float *matrix, long rows, long width, const float *factors, float *sum) {
    typedef Register<bytes> Wide;
    typedef Register<narrow_bytes> Narrow;
    if (width == 1) return sum_column(matrix, rows, factors, sum);
    // The widest registers are numerous enough for the chains of two.
    constexpr int vectors = bytes == 64 ? 2 : 1;
    long j = 0;
    for (; j + vectors * Wide::count <= width; j += vectors * Wide::count)
        sum_columns<Wide, vectors>(matrix + j, rows, width, factors, sum + j);
    for (; j + Narrow::count <= width; j += Narrow::count)
        sum_columns<Narrow, 1>(matrix + j, rows, width, factors, sum + j);
    for (; j < width; j++) sum_columns<Single, 1>(matrix + j, rows, width, factors, sum + j);
}

template <int bytes>
[[gnu::always_inline]] inline void multiply_by_slope(const gand_rectifier &rectifier, float *values, long count) {
    typedef typename Register<bytes>::Lanes Lanes;
    typedef typename Register<bytes>::Unaligned Unaligned;
    constexpr int lanes = Register<bytes>::count;
    const Lanes slope = rectifier.slope;
    long i = 0;
    for (; i + lanes <= count; i += lanes) {
        const Lanes at = *(const Unaligned *)(rectifier.at + i), x = *(Unaligned *)(values + i);
        *(Unaligned *)(values + i) = at > 0 ? x : slope * x;
    }
    for (; i < count; i++) values[i] = rectifier.at[i] > 0 ? values[i] : rectifier.slope * values[i];
}

#if defined(__x86_64__)
[[gnu::target("avx512f"), gnu::noinline]] void sum_rows_wide(
    const float *matrix, long rows, long width, const float *factors, float *sum) {
    sum_rows<64>(matrix, rows, width, factors, sum);
}

[[gnu::target("avx512f"), gnu::noinline]] void multiply_by_slope_wide(
    const gand_rectifier &rectifier, float *values, long count) {
    multiply_by_slope<64>(rectifier, values, count);
}
#endif

} // namespace

void gand_sum_rows(const float *matrix, long rows, long width, const float *factors, float *sum) {
#if defined(__x86_64__)
    if (gand_is_wide()) return sum_rows_wide(matrix, rows, width, factors, sum);
#endif
    sum_rows<narrow_bytes>(matrix, rows, width, factors, sum);
}

void gand_multiply_by_slope(gand_rectifier rectifier, float *values, long count) {
#if defined(__x86_64__)
    if (gand_is_wide()) return multiply_by_slope_wide(rectifier, values, count);
#endif
    multiply_by_slope<narrow_bytes>(rectifier, values, count);
}
