// When something of a trusted root counts. Spec: sigstore protobuf-specs, TimeRange.
#pragma once

#include "common/core/time.hpp"

#include <optional>

namespace modelseal::sigstore {

/// Both ends belong to it; without an end it is open.
struct Validity {
    core::Timestamp start;
    std::optional<core::Timestamp> end{};

    [[nodiscard]] bool contains(core::Timestamp time) const noexcept {
        return start <= time && (!end || time <= *end);
    }

    bool operator==(const Validity&) const = default;
};

}  // namespace modelseal::sigstore
