// What of zlib is called from Swift: streams of inflate and deflate.
#pragma once
#include <zlib.h>
