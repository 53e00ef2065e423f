#include "CKernels.h"
#include "Processor.h"

#include <cstring>
#include <utility>

// The warnings are about registers as arguments; inlining removes all such calls.
#pragma clang diagnostic ignored "-Wpsabi"

namespace {

/// In every 128 bits: two neighbouring values, alternating between both registers.
template <int first> struct Interleaved {
    static constexpr int at(int i, int lanes) { return i / 4 * 4 + first + i % 4 / 2 + i % 2 * lanes; }
};
/// In every 128 bits: two neighbouring values of one register, then two of the other.
template <int first> struct Paired {
    static constexpr int at(int i, int lanes) { return i / 4 * 4 + first + i % 2 + i % 4 / 2 * lanes; }
};

template <class Order, class Lanes, int... i>
[[gnu::always_inline]] inline Lanes shuffled(Lanes x, Lanes y, std::integer_sequence<int, i...>) {
    return __builtin_shufflevector(x, y, Order::at(i, sizeof...(i))...);
}

template <int bytes> struct Blocks {
    static constexpr int lanes = bytes / 4;
    typedef typename Register<bytes>::Lanes Floats;
    typedef typename Register<bytes>::Unaligned UnalignedFloats;
    typedef unsigned Words __attribute__((ext_vector_type(lanes)));
    typedef int Integers __attribute__((ext_vector_type(lanes)));
    typedef unsigned HalfWords __attribute__((ext_vector_type(lanes / 2)));
    typedef unsigned long long Wide __attribute__((ext_vector_type(lanes / 2)));
    using Order = std::make_integer_sequence<int, lanes>;

    const gand_random random;
    const long blocks_per_row;
    /// The counters of the lanes, in two halves.
    Wide rows[2], blocks[2];

    /// Begins at a block of a row; the lanes are in the order that `store` needs.
    [[gnu::always_inline]] Blocks(gand_random random, long row, long block, long blocks_per_row)
        : random(random), blocks_per_row(blocks_per_row) {
        for (int number = 0; number < lanes; number++) {
            const int lane = number % (lanes / 4) * 4 + number / (lanes / 4);
            rows[lane / (lanes / 2)][lane % (lanes / 2)] = row;
            blocks[lane / (lanes / 2)][lane % (lanes / 2)] = block++;
            if (block == blocks_per_row) {
                row++;
                block = 0;
            }
        }
    }

    [[gnu::always_inline]] void advance() {
        const Wide step = lanes / blocks_per_row, rest = lanes % blocks_per_row, end = blocks_per_row;
        #pragma clang loop unroll(full)
        for (int half = 0; half < 2; half++) {
            rows[half] += step;
            blocks[half] += rest;
            const Wide is_over = (Wide)(blocks[half] >= end);
            rows[half] -= is_over;
            blocks[half] -= is_over & end;
        }
    }

    template <int... i>
    [[gnu::always_inline]] static Words join(Wide low, Wide high, std::integer_sequence<int, i...>) {
        return __builtin_shufflevector(
            __builtin_convertvector(low, HalfWords), __builtin_convertvector(high, HalfWords), i...);
    }

    /// Philox 4 × 32-10 of every lane's counter. The upper halves of the lanes may be anything: a product of lower halves
    /// is a single instruction.
    [[gnu::always_inline]] void draw(Words (&words)[4]) const {
        Wide x[2][4];
        #pragma clang loop unroll(full)
        for (int half = 0; half < 2; half++) {
            x[half][0] = rows[half];
            x[half][1] = rows[half] >> 32;
            x[half][2] = blocks[half];
            x[half][3] = (Wide)(unsigned long long)random.stream;
        }
        unsigned k0 = (unsigned)random.seed, k1 = (unsigned)(random.seed >> 32);
        #pragma clang loop unroll(full)
        for (int round = 0; round < 10; round++) {
            #pragma clang loop unroll(full)
            for (int half = 0; half < 2; half++) {
                Wide (&c)[4] = x[half];
                const Wide p0 = (c[0] & 0xFFFFFFFFull) * 0xD2511F53ull, p1 = (c[2] & 0xFFFFFFFFull) * 0xCD9E8D57ull;
                c[0] = (p1 >> 32) ^ c[1] ^ (unsigned long long)k0;
                c[1] = p1;
                c[2] = (p0 >> 32) ^ c[3] ^ (unsigned long long)k1;
                c[3] = p0;
            }
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        #pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) words[i] = join(x[0][i], x[1][i], Order());
    }

    /// Numbers in [0, 1) on a grid of 2⁻²⁴.
    [[gnu::always_inline]] static Floats uniform(Words words, int offset = 0) {
        return __builtin_convertvector((Integers)(words >> 8) + offset, Floats) * 0x1p-24f;
    }

    /// x · y + z, rounded once.
    [[gnu::always_inline]] static Floats fused(Floats x, Floats y, Floats z) {
        return __builtin_elementwise_fma(x, y, z);
    }

    /// log(x) for normal positive x: the exponent, plus Cephes' polynomial of the mantissa on [√½, √2) (Moshier 1989).
    [[gnu::always_inline]] static Floats logarithm(Floats x) {
        const Words bits = (Words)x;
        const Floats mantissa = (Floats)((bits & 0x007FFFFFu) | 0x3F000000u);
        const Integers is_small = mantissa < 0.70710677f;
        const Floats exponent = __builtin_convertvector((Integers)(bits >> 23) - 126 + is_small, Floats);
        const Floats m = mantissa - 1 + (Floats)((Integers)mantissa & is_small);
        const Floats z = m * m;
        Floats y = fused(7.0376836e-2f, m, -1.151461e-1f);
        y = fused(y, m, 1.1676999e-1f);
        y = fused(y, m, -1.2420141e-1f);
        y = fused(y, m, 1.4249323e-1f);
        y = fused(y, m, -1.6668058e-1f);
        y = fused(y, m, 2.0000715e-1f);
        y = fused(y, m, -2.4999994e-1f);
        y = fused(y, m, 3.3333331e-1f);
        y = fused(exponent, -2.1219444e-4f, y * m * z);
        y = fused(-0.5f, z, y);
        return fused(exponent, 0.693359375f, m + y);
    }

    /// Box and Muller's transform of two words.
    [[gnu::always_inline]] static void make_normal(Words first, Words second, Floats &cosines, Floats &sines) {
        // In (0, 1], so that the logarithm is finite.
        const Floats radius = __builtin_elementwise_sqrt(-2 * logarithm(uniform(first, 1)));
        // The distance to the nearest quarter turn, and Cephes' polynomials on [−π/4, π/4].
        const Floats turns = uniform(second) * 4, shifted = turns + 12582912.f;
        const Words quarter = (Words)shifted;
        // π/2, rounded down.
        const Floats r = (turns - (shifted - 12582912.f)) * 1.57079625f, z = r * r;
        const Floats sine = fused(
            r * z, fused(z, fused(z, -1.9515296e-4f, 8.332161e-3f), -1.6666655e-1f), r);
        const Floats cosine = fused(
            z * z, fused(z, fused(z, 2.4433157e-5f, -1.3887316e-3f), 4.1666646e-2f), fused(-0.5f, z, 1));
        const Integers is_odd = (quarter & 1) == 1;
        // The sign bits: the sine's in the second half turn, the cosine's in the two quarters around the half.
        const Words sine_sign = (quarter & 2) << 30, cosine_sign = ((quarter + 1) & 2) << 30;
        sines = radius * (Floats)((Words)(is_odd ? cosine : sine) ^ sine_sign);
        cosines = radius * (Floats)((Words)(is_odd ? sine : cosine) ^ cosine_sign);
    }

    [[gnu::always_inline]] static void make(
        gand_distribution distribution, const Words (&words)[4], Floats (&values)[4]) {
        if (distribution == GAND_NORMAL) {
            make_normal(words[0], words[1], values[0], values[1]);
            make_normal(words[2], words[3], values[2], values[3]);
            return;
        }
        #pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) values[i] = distribution == GAND_WORDS ? (Floats)words[i] : uniform(words[i]);
    }

    /// Stores the blocks in order, four values each: the order of the lanes puts a register's blocks side by side.
    [[gnu::always_inline]] static void store(const Floats (&x)[4], float *values) {
        constexpr Order order;
        const Floats low0 = shuffled<Interleaved<0>>(x[0], x[1], order);
        const Floats low1 = shuffled<Interleaved<0>>(x[2], x[3], order);
        const Floats high0 = shuffled<Interleaved<2>>(x[0], x[1], order);
        const Floats high1 = shuffled<Interleaved<2>>(x[2], x[3], order);
        *(UnalignedFloats *)values = shuffled<Paired<0>>(low0, low1, order);
        *(UnalignedFloats *)(values + lanes) = shuffled<Paired<2>>(low0, low1, order);
        *(UnalignedFloats *)(values + 2 * lanes) = shuffled<Paired<0>>(high0, high1, order);
        *(UnalignedFloats *)(values + 3 * lanes) = shuffled<Paired<2>>(high0, high1, order);
    }
};

template <int bytes>
[[gnu::always_inline]] inline void fill(
    gand_distribution distribution, gand_random random, long row, long block, long blocks_per_row, long count,
    float *values) {
    typedef Blocks<bytes> Drawn;
    Drawn blocks(random, row, block, blocks_per_row);
    for (long i = 0; i < count; i += Drawn::lanes, blocks.advance()) {
        typename Drawn::Words words[4];
        typename Drawn::Floats made[4];
        blocks.draw(words);
        Drawn::make(distribution, words, made);
        if (i + Drawn::lanes <= count) {
            Drawn::store(made, values + 4 * i);
        } else {
            float last[4 * Drawn::lanes];
            Drawn::store(made, last);
            std::memcpy(values + 4 * i, last, sizeof(float) * 4 * (count - i));
        }
    }
}

#if defined(__x86_64__)
[[gnu::target("avx512f"), gnu::noinline]] void fill_wide(
    gand_distribution distribution, gand_random random, long row, long block, long blocks_per_row, long count,
    float *values) {
    fill<64>(distribution, random, row, block, blocks_per_row, count, values);
}
#endif

} // namespace

void gand_fill_random(
    gand_distribution distribution, gand_random random, long row, long block, long blocks_per_row, long count,
    float *values) {
#if defined(__x86_64__)
    if (gand_is_wide()) return fill_wide(distribution, random, row, block, blocks_per_row, count, values);
#endif
    fill<narrow_bytes>(distribution, random, row, block, blocks_per_row, count, values);
}
