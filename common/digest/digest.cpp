#include "common/digest/digest.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::digest {

namespace {
constexpr std::string_view prefix = "sha256:";
}  // namespace

Digest Digest::parse(std::string_view text) {
    if (text.starts_with(prefix)) {
        const auto bytes = core::from_hex(text.substr(prefix.size()));
        if (bytes && bytes->size() == size) {
            return from_bytes(std::span<const std::byte, size>(bytes->data(), size));
        }
    }
    throw core::Error(
        core::ErrorKind::malformed,
        core::concat(core::in_quotes(text),
                     " is not a digest: sha256: and 64 lower-case hexadecimal digits"));
}

Digest Digest::parse_lenient(std::string_view text) {
    const std::string lower = core::ascii_lower(text);
    return parse(lower.starts_with(prefix) ? lower : core::concat(prefix, lower));
}

Digest Digest::from_bytes(std::span<const std::byte, size> bytes) noexcept {
    Digest digest;
    std::copy(bytes.begin(), bytes.end(), digest.bytes_.begin());
    return digest;
}

std::string Digest::to_string() const {
    return core::concat(prefix, hex());
}

std::string Digest::hex() const {
    return core::to_hex(bytes_);
}

}  // namespace modelseal::digest
