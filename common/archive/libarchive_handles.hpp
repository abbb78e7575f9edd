// How libarchive gets its input and gives its errors. Included by the .cpp files of this folder
// only.
#pragma once

#include "common/core/handle.hpp"
#include "common/core/stream.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <string>

#include <archive.h>
#include <archive_entry.h>

namespace modelseal::archive {

/// A reader of libarchive over a ByteSource, with no format and no filter enabled yet.
class LibarchiveInput {
  public:
    /// `from` outlives this object. Errors: internal.
    explicit LibarchiveInput(core::ByteSource& from);

    [[nodiscard]] ::archive* get() const noexcept { return reader_.get(); }

    /// Starts reading. Errors: as require().
    void open();

    /// A warning of libarchive is no success: what it repairs or leaves out, nobody packed.
    /// Errors: malformed, with `where`; those of the source.
    void require(int result, const std::string& where) const;
    [[noreturn]] void fail(const std::string& where) const;

  private:
    static la_ssize_t read(::archive* reader, void* client, const void** block) noexcept;

    core::ByteSource& from_;
    std::unique_ptr<std::byte[]> buffer_;  // not zeroed: only what was read into it is used
    std::exception_ptr error_;  // an exception cannot pass through C frames, so it waits here
    core::Handle<::archive, ::archive_read_free> reader_;
};

}  // namespace modelseal::archive
