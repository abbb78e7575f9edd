// Versions of models, so that an older one by the same signer can be refused.
// Spec: Semantic Versioning 2.0.0 section 11, with an optional "v" and any count of numbers.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

/// "v2.1.0", "3", "1.0.0-rc.2", "2026.04.21". Build metadata after "+" does not count.
class ModelVersion {
  public:
    /// Nothing for text that has no such order ("latest", "final").
    [[nodiscard]] static std::optional<ModelVersion> parse(std::string_view text);

    /// Missing numbers are zero: "1" equals "1.0".
    [[nodiscard]] std::strong_ordering operator<=>(const ModelVersion& other) const;

    [[nodiscard]] bool operator==(const ModelVersion& other) const {
        return (*this <=> other) == std::strong_ordering::equal;
    }

  private:
    ModelVersion() = default;

    std::vector<std::uint64_t> numbers_;  // without trailing zeros
    std::vector<std::string> prerelease_;
};

}  // namespace modelseal::sigstore
