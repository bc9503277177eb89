#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

// Macros of a form Swift does not read.
static const uint64_t galley_SSL_OP_ENABLE_MIDDLEBOX_COMPAT = SSL_OP_ENABLE_MIDDLEBOX_COMPAT;
static const uint64_t galley_SSL_OP_NO_TICKET = SSL_OP_NO_TICKET;
static const uint64_t galley_SSL_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t galley_SSL_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
