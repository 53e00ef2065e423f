// oneDNN's matrix product, called so that it never starts threads of its own.
#pragma once
#include <dnnl.h>

// libgomp's; declared here because clang does not find gcc's <omp.h>.
extern void omp_set_num_threads(int);
