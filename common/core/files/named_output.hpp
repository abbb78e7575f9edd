// Where the user wants a result: `--record FILE`, `--outfile FILE`.
#pragma once

#include "common/core/files/output_file.hpp"
#include "common/core/stream.hpp"
#include "common/core/termination.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace modelseal::core {

/// An output that is named by its path. A regular file is replaced in one step by commit(), and its
/// temporary file never has more permissions than `mode` and the umask allow. A symbolic link
/// stays, what it points to is replaced. A device, FIFO or open file of a process (/dev/stdout,
/// /dev/fd/N) is written through, at once, and never replaced.
class NamedOutput final : public ByteSink {
  public:
    /// Nothing is changed yet. Waits for the reader of a FIFO.
    /// Errors: not_found (no such folder), denied, io; malformed for a folder.
    explicit NamedOutput(const std::filesystem::path& path, unsigned mode = 0644);

    /// Errors: io.
    void write(std::span<const std::byte> bytes) override;

    /// Call it once, after the last write(). Without it the old file stays, and nothing else.
    /// Errors: denied, io; malformed when anything but a regular file has taken the name.
    void commit();

  private:
    TerminationDeferral deferral_;
    std::string name_;
    std::variant<FileDescriptor, OutputFile> to_;
};

/// Writes the whole of `content` to a NamedOutput. Errors: those of its methods.
void write_output(const std::filesystem::path& path,
                  std::string_view content,
                  unsigned mode = 0644);

/// Whether a NamedOutput of this path could be begun: to say so before the work whose result it
/// takes. Nothing is opened or changed. Errors: not_found, denied, io; malformed for a folder.
void require_writable(const std::filesystem::path& path);

}  // namespace modelseal::core
