#include "core/model/compression.h"

#include <zstd.h>

#include <memory>
#include <new>

namespace synoptic {
namespace {

/** A context is some hundred kilobytes: each thread keeps one for all that it packs. */
ZSTD_CCtx& compressor() {
    thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
    if (!context) throw std::bad_alloc();
    return *context;
}

ZSTD_DCtx& expander() {
    thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    if (!context) throw std::bad_alloc();
    return *context;
}

}  // namespace

std::string compress(std::string_view bytes, int level, std::string_view like) {
    ZSTD_CCtx& context = compressor();
    ZSTD_CCtx_reset(&context, ZSTD_reset_session_and_parameters);
    ZSTD_CCtx_setParameter(&context, ZSTD_c_compressionLevel, level);
    if (!like.empty()) ZSTD_CCtx_refPrefix(&context, like.data(), like.size());
    std::string packed(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size = ZSTD_compress2(&context, packed.data(), packed.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(size)) throw std::bad_alloc();  // there is room enough: only memory can be missing
    packed.resize(size);
    packed.shrink_to_fit();
    return packed;
}

bool expand_into(char* into, std::size_t size, std::string_view packed, std::string_view like) {
    ZSTD_DCtx& context = expander();
    ZSTD_DCtx_reset(&context, ZSTD_reset_session_and_parameters);
    if (!like.empty()) ZSTD_DCtx_refPrefix(&context, like.data(), like.size());
    return ZSTD_decompressDCtx(&context, into, size, packed.data(), packed.size()) == size;
}

std::optional<std::string> expand(std::string_view packed, std::size_t size, std::string_view like) {
    std::optional<std::string> bytes(std::in_place, size, '\0');
    if (!expand_into(bytes->data(), size, packed, like)) bytes.reset();
    return bytes;
}

}  // namespace synoptic
