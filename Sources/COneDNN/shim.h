// oneDNN's matrix product, called so that it never starts threads of its own, and room for our own.
#pragma once
#include <dnnl.h>

// libgomp's; declared here because clang does not find gcc's <omp.h>.
extern void omp_set_num_threads(int);

// The longest row or column that the tiled product packs.
enum { GAND_PANEL_LENGTH = 2048 };

// The calling thread's room for a panel of 16 columns, a tile of 4 by 16 and a row: neither heap nor a large stack frame.
static inline float *gand_scratch(void) {
    static _Thread_local _Alignas(64) float scratch[17 * GAND_PANEL_LENGTH + 64];
    return scratch;
}
