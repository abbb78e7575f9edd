// Versions of models, ordered, so that an older one can be refused.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::seal {

/// "v2.3", "2.10.0", "v3.0.0-rc.1+build": an optional "v", numbers between dots, an optional
/// pre-release and build. Numbers are compared as numbers (v2.3 < v2.10), missing ones count as 0,
/// a pre-release comes before its release, the build does not count.
/// Spec: Semantic Versioning 2.0.0 sections 10 and 11, with any number of components.
class ModelVersion {
  public:
    /// Errors: malformed for anything else, such as "latest": it has no order.
    [[nodiscard]] static ModelVersion parse(std::string_view text);

    [[nodiscard]] std::weak_ordering operator<=>(const ModelVersion& other) const;

    bool operator==(const ModelVersion& other) const { return (*this <=> other) == 0; }

  private:
    ModelVersion() = default;

    // Decimal digits without leading zeros: there is no largest version number.
    std::vector<std::string> numbers_;
    std::vector<std::string> pre_release_;
};

}  // namespace modelseal::seal
