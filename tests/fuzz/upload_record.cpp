// fuzz: registry
#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/registry/upload/upload_journal.hpp"
#include "common/registry/upload/upload_session.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

using namespace modelseal;

void fuzz(std::span<const std::byte> input) {
    const std::string_view text = core::as_text(input);
    static_cast<void>(registry::confirmed_bytes(text));
    try {
        const auto record = registry::UploadRecord::parse(text);
        if (registry::UploadRecord::parse(record.to_json()) != record) {
            std::abort();  // what is written must be read as the same
        }
    } catch (const core::Error&) {  // refused
    }
}
