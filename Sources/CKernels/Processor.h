// The kinds of processors that the loops are compiled for.
#pragma once

/// A register of `bytes` bytes; memory need not be aligned to it.
template <int bytes> struct Register {
    static constexpr int count = bytes / 4;
    typedef float Lanes __attribute__((ext_vector_type(count)));
    typedef float Unaligned __attribute__((ext_vector_type(count), aligned(4), may_alias));
};

#if defined(__x86_64__)
/// Whether the processor has registers of 64 bytes (AVX-512), and not just narrow ones.
inline bool gand_is_wide() {
    static const bool supported = (__builtin_cpu_init(), __builtin_cpu_supports("avx512f"));
    return supported;
}
constexpr int narrow_bytes = 32;
#else
constexpr int narrow_bytes = 16;
#endif
