#include "CKernels.h"
#include "Processor.h"

namespace {

/// Columns of `vectors` registers: every other row's sum has a register of its own.
template <int bytes, int vectors>
[[gnu::always_inline]] inline void sum_columns(
    const float *matrix, long rows, long width, const float *factors, float *sum) {
    typedef typename Register<bytes>::Lanes Lanes;
    typedef typename Register<bytes>::Unaligned Unaligned;
    constexpr int lanes = Register<bytes>::count;
    Lanes sums[2][vectors] = {};
    for (long r = 0; r < rows; r += 2) {
        #pragma clang loop unroll(full)
        for (int i = 0; i < 2; i++) {
            if (r + i == rows) break;
            const Lanes factor = factors ? factors[r + i] : 1;
            #pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++)
                sums[i][v] += factor * *(const Unaligned *)(matrix + (r + i) * width + v * lanes);
        }
    }
    #pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) *(Unaligned *)(sum + v * lanes) += sums[0][v] + sums[1][v];
}

template <int bytes>
[[gnu::always_inline]] inline void sum_rows(
    const float *matrix, long rows, long width, const float *factors, float *sum) {
    constexpr int sixteen = 64 / bytes;
    long j = 0;
    for (; j + 32 <= width; j += 32) sum_columns<bytes, 2 * sixteen>(matrix + j, rows, width, factors, sum + j);
    if (j + 16 <= width) {
        sum_columns<bytes, sixteen>(matrix + j, rows, width, factors, sum + j);
        j += 16;
    }
    for (; j < width; j++) {
        float total = 0;
        for (long r = 0; r < rows; r++) total += (factors ? factors[r] : 1) * matrix[r * width + j];
        sum[j] += total;
    }
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
