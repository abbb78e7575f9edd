// What was compressed with gzip, as a stream. Spec: RFC 1952.
#pragma once

#include "common/core/stream.hpp"

#include <memory>

namespace modelseal::archive {

/// Reads the uncompressed bytes, in constant memory. A checksum protects against nobody, so the
/// compressed bytes (or these) are to be checked against a digest.
class GunzipSource final : public core::ByteSource {
  public:
    /// `from` outlives this object. Errors: malformed when it does not begin as gzip does; those of
    /// `from`.
    explicit GunzipSource(core::ByteSource& from);
    GunzipSource(const GunzipSource&) = delete;
    GunzipSource& operator=(const GunzipSource&) = delete;
    GunzipSource(GunzipSource&&) = delete;
    GunzipSource& operator=(GunzipSource&&) = delete;
    ~GunzipSource() override;

    /// Errors: malformed when the compressed stream is damaged or ends early; those of `from`.
    std::size_t read(std::span<std::byte> buffer) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace modelseal::archive
