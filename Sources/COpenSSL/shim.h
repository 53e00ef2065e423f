// What of OpenSSL is called from Swift: digests.
#pragma once
#include <openssl/evp.h>
