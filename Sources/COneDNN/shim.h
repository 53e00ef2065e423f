// oneDNN's matrix product, called so that it never starts threads of its own, and room for our own.
#pragma once
#include <dnnl.h>

// libgomp's; declared here because clang does not find gcc's <omp.h>.
extern void omp_set_num_threads(int);

// The longest row or column of a narrow factor or product.
enum { GAND_PANEL_LENGTH = 2048 };

// The calling thread's room for a panel of 16 columns, a tile of 6 by 16, packed rows, and 16 long rows: neither heap nor a
// large stack frame.
static inline float *gand_scratch(void) {
    static _Thread_local _Alignas(64) float scratch[(16 + 98) * 256 + 6 * 16 + 16 * GAND_PANEL_LENGTH];
    return scratch;
}

/// Whether the processor has the instructions that this package is compiled for.
static inline int processor_is_supported(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 1;
#endif
}
