// A store whose server does not answer.
#pragma once

#include "common/core/error.hpp"
#include "common/oci/store.hpp"

#include <atomic>
#include <string>

namespace modelseal::test {

/// Fails every call that would ask somebody, and counts them.
class UnreachableStore : public oci::Store {
  public:
    explicit UnreachableStore(std::string name)
        : repository_{.registry = std::move(name), .name = "models/m", .layout = {}} {}

    [[nodiscard]] unsigned calls() const noexcept { return calls_; }

    [[nodiscard]] const oci::Repository& repository() const noexcept override {
        return repository_;
    }

    [[nodiscard]] oci::Descriptor resolve(const oci::Tag& /*tag*/) override { fail(); }

    [[nodiscard]] oci::ManifestContent fetch_manifest(const digest::Digest& /*digest*/) override {
        fail();
    }

    void fetch_blob(const oci::Descriptor& /*blob*/, core::ByteSink& /*to*/) override { fail(); }

    void fetch_parts(const oci::Descriptor& /*blob*/, oci::BlobTarget& /*to*/) override { fail(); }

    std::size_t read_blob_at(const oci::Descriptor& /*blob*/,
                             std::uint64_t /*offset*/,
                             std::span<std::byte> /*buffer*/) override {
        fail();
    }

    [[nodiscard]] std::vector<oci::Descriptor> referrers(
        const digest::Digest& /*subject*/) override {
        fail();
    }

    [[nodiscard]] std::vector<oci::Tag> tags() override { fail(); }

    [[nodiscard]] bool has_blob(const oci::Descriptor& /*blob*/) override { fail(); }

    digest::Digest push_blob(const core::RandomAccess& /*content*/,
                             const std::optional<digest::Digest>& /*expected*/,
                             const core::Advance& /*advance*/) override {
        fail();
    }

    oci::Descriptor push_manifest(const oci::MediaType& /*type*/,
                                  std::string_view /*bytes*/,
                                  const std::vector<oci::Tag>& /*tags*/) override {
        fail();
    }

  private:
    [[noreturn]] void fail() {
        ++calls_;
        throw core::Error(core::ErrorKind::unavailable,
                          core::Reason::network_error,
                          repository_.registry + " does not answer");
    }

    oci::Repository repository_;
    std::atomic<unsigned> calls_ = 0;
};

}  // namespace modelseal::test
