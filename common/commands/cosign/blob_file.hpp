// The file that sign-blob and verify-blob are about: FILE, or "-" for standard input.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/core/files/file.hpp"
#include "common/core/progress.hpp"
#include "common/digest/digest.hpp"
#include "common/sigstore/blob.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace modelseal::commands::cosign {

/// Errors: usage when "-" is named and standard input would have to hold the password of --key,
/// too.
void check_blob_input(const cli::Environment& environment,
                      const std::string& name,
                      const cli::Arguments& arguments);

/// Whether there is anything of that name: what is there, but cannot be examined, says itself why
/// not when it is opened.
[[nodiscard]] bool exists(const std::filesystem::path& path);

/// A digest, unless there is a file of that name: what is there can be verified itself. Errors:
/// malformed for what begins as one.
[[nodiscard]] std::optional<digest::Digest> named_digest(const std::string& word);

/// A file that is read from front to back, as often as it is asked for.
class BlobFile {
  public:
    /// `environment` and `progress` outlive this. Errors: those of core::File::open().
    BlobFile(cli::Environment& environment, std::string name, core::Progress& progress);

    [[nodiscard]] bool is_standard_input() const noexcept { return !file_; }

    /// This outlives the result, which reads standard input only once.
    /// Errors of the reader: io (changed_while_read) when the file changed; those of reading.
    [[nodiscard]] sigstore::BlobReader reader() const;

    /// The whole of it, for what needs more than one read of standard input. Errors: malformed
    /// (limit_exceeded) past `limit` bytes.
    [[nodiscard]] std::string read_whole(std::uint64_t limit) const;

  private:
    void read_file(core::ByteSink& to) const;
    void read_stream(core::ByteSink& to) const;

    cli::Environment& environment_;
    std::string name_;
    core::Progress& progress_;
    std::optional<core::File> file_;  // nothing for standard input
};

}  // namespace modelseal::commands::cosign
