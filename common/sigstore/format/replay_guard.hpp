// Keeping a signature of a file from being one of something else. A key signs files as they are,
// and artifacts by what is said about them: whoever has such a statement signed as a file has a
// signature of an artifact.
#pragma once

#include "common/core/stream.hpp"
#include "common/sigstore/format/payload_detector.hpp"

#include <span>
#include <string>

namespace modelseal::sigstore {

/// Looks at the bytes that are about to be signed, on their way.
class ReplayGuard final : public core::ByteSink {
  public:
    void write(std::span<const std::byte> bytes) override;

    /// Call it after the last byte and before anything is signed.
    /// Errors: mismatch (unsafe_content) for content that begins as every message of a DSSE
    /// envelope does, or that holds a simple-signing payload.
    void require_harmless() const;

  private:
    std::string start_;
    PayloadDetector payload_;
};

}  // namespace modelseal::sigstore
