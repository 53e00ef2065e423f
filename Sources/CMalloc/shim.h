// How glibc's allocator is tuned: Swift's Glibc module leaves it out.
#pragma once
#include <malloc.h>
