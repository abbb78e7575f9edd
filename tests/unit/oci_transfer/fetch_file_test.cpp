// What of a transfer that failed is left to the next one.
#include "common/oci/transfer/fetch_file.hpp"

#include "common/digest/sha256.hpp"
#include "common/oci/transfer/partial_file.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/unreachable_store.hpp"

#include <cerrno>
#include <filesystem>

#include <doctest/doctest.h>

using namespace modelseal;
using core::Error;
using core::ErrorKind;
using core::Reason;

namespace {

/// Gives 2 MiB of a blob and fails.
class FailingStore final : public test::UnreachableStore {
  public:
    explicit FailingStore(Error failure)
        : UnreachableStore("r.example"), failure_(std::move(failure)) {}

    void fetch_parts(const oci::Descriptor& /*blob*/, oci::BlobTarget& to) override {
        to.write_at(0, core::as_bytes(std::string(std::size_t{2} << 20U, 'x')));
        throw failure_;
    }

  private:
    Error failure_;
};

/// Whether the 2 MiB are there afterwards.
bool is_kept_after(const Error& failure) {
    const test::TemporaryFolder temporary;
    core::OutputFolder folder = core::OutputFolder::open_or_create(temporary.path());
    FailingStore store(failure);
    const oci::Descriptor blob{.media_type = oci::MediaType::parse("application/octet-stream"),
                               .digest = digest::sha256_of({}),
                               .size = oci::PartialFile::worthwhile_size};
    const oci::Arrival arrival{.passed = [](std::uint64_t) {},
                               .present = [](std::uint64_t) {},
                               .restarted =
                                   [] {
                                   }};
    const Error error = test::error_of(
        [&] { static_cast<void>(oci::fetch_file(store, folder, "m.bin", blob, arrival)); });
    CHECK(error.kind() == failure.kind());
    return std::filesystem::exists(temporary /
                                   core::partial_name(oci::PartialFile::id_of(blob.digest)));
}

}  // namespace

TEST_SUITE("oci/transfer/fetch_file") {
    TEST_CASE("a full disk is not kept full, whatever else fails leaves what was fetched") {
        CHECK_FALSE(is_kept_after(core::system_error(ENOSPC, "writing")));
        CHECK(is_kept_after(Error(ErrorKind::io, Reason::unsupported, "only the whole blob")));
        CHECK(is_kept_after(Error(ErrorKind::io, Reason::registry_error, "no valid answer")));
        CHECK(is_kept_after(Error(ErrorKind::unavailable, Reason::network_error, "no answer")));
    }
}
