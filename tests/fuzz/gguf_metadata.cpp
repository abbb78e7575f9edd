// fuzz: model
#include "common/model/content/gguf_metadata.hpp"

#include "common/core/error.hpp"
#include "common/core/stream.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>
#include <exception>

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    try {
        for (const model::GgufText& text : model::read_gguf_texts(core::MemoryAccess(input))) {
            if (text.key.empty() || text.offset > input.size() ||
                text.size > input.size() - text.offset) {
                std::abort();
            }
        }
    } catch (const core::Error& error) {
        if (error.kind() != core::ErrorKind::malformed) {
            std::abort();
        }
    }
}
