// The file of one blob while it is fetched: a later pull goes on with it when this one is cut
// short.
#pragma once

#include "common/core/files/output_folder.hpp"
#include "common/digest/growing_hash.hpp"
#include "common/oci/blob_target.hpp"
#include "common/oci/descriptor.hpp"
#include "common/oci/transfer/download_journal.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace modelseal::oci {

/// Stands under a name made of the blob's digest, with a journal beside it that a thread keeps up
/// to date, and flushes now and then. Everything is hashed while it arrives, what an earlier pull
/// left as well.
class PartialFile final : public oci::BlobTarget {
  public:
    /// Smaller blobs are not worth a journal: fetch them again.
    static constexpr std::uint64_t worthwhile_size = std::uint64_t{16} << 20U;

    enum class Earlier { use, discard };

    /// `path` is the final name. Of what an earlier pull left, only bytes of the very same blob are
    /// used, and only with a valid journal. `advanced` is called with the number of bytes just
    /// written, from several threads. `folder` outlives this object.
    /// Errors: those of OutputFolder::create_file().
    PartialFile(core::OutputFolder& folder,
                const std::string& path,
                const oci::Descriptor& blob,
                Earlier earlier,
                std::function<void(std::uint64_t)> advanced);
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;
    PartialFile(PartialFile&&) = delete;
    PartialFile& operator=(PartialFile&&) = delete;

    /// Removes file and journal, unless finish() or keep() was called.
    ~PartialFile() override;

    [[nodiscard]] std::vector<core::ByteRange> missing() const override;
    void write_at(std::uint64_t offset, std::span<const std::byte> bytes) override;
    [[nodiscard]] std::uint64_t take_from(const core::File& content,
                                          core::ByteRange range) override;

    /// How many bytes came from an earlier pull.
    [[nodiscard]] std::uint64_t resumed() const noexcept { return resumed_; }

    /// The complete file, flushed, ready for its commit(); the journal stays until then.
    /// Errors: mismatch when bytes are missing, or are not those of the blob's digest; io.
    [[nodiscard]] core::OutputFile finish();

    /// Leaves what is there to a later pull, if it is worth anything.
    void keep() noexcept;

    /// The id of OutputFolder::open_partial() and claim(): the first digits of the digest. The
    /// journal holds all of them.
    [[nodiscard]] static std::string id_of(const digest::Digest& digest);

  private:
    void open(const std::string& path, Earlier earlier);
    [[nodiscard]] std::optional<DownloadJournal> read_journal() const;
    void write_journal(const DownloadJournal& journal) noexcept;
    void keep_journal(const std::stop_token& stop);
    void checkpoint(bool flush);
    void has_written(core::ByteRange range);
    void stop_journal();
    void check_digest();

    using Clock = std::chrono::steady_clock;

    core::OutputFolder& folder_;
    oci::Descriptor blob_;
    std::string journal_path_;
    std::string boot_ = boot_id();
    core::FileDescriptor journal_;  // open once it was written
    core::ByteRanges flushed_;
    Clock::time_point flushed_at_ = Clock::now();
    std::function<void(std::uint64_t)> advanced_;
    std::optional<core::OutputFile> file_;
    bool has_journal_ = false;  // else another file is to get the same content
    std::uint64_t resumed_ = 0;

    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable_any changed_;
    core::ByteRanges written_;
    std::uint64_t unjournaled_ = 0;
    std::exception_ptr failure_;  // of the thread below

    std::optional<core::File> content_;
    std::optional<digest::GrowingHash> hash_;
    std::jthread journal_keeper_;
};

}  // namespace modelseal::oci
