// Several files that take their names together, or not at all.
#pragma once

#include "common/core/error.hpp"
#include "common/core/files/output_file.hpp"

#include <span>
#include <string>
#include <vector>

namespace modelseal::core {

/// Complete files under their final names, with those that they replaced beside them until it is
/// certain that they stay: each takes its name in one step, and when one cannot, or what follows
/// fails, all old files are back. A process that is killed in between leaves some of each.
class Replacement {
  public:
    /// What can be known beforehand is looked at for all files before the first one is moved.
    /// `files` outlive this object and must be distinct; after an error they are as before.
    /// Errors: those of OutputFile::commit(); internal when two of them are one file on the disk;
    /// then every old file has its name, or the error says where it is.
    explicit Replacement(std::span<OutputFile> files);
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;
    Replacement(Replacement&&) = delete;
    Replacement& operator=(Replacement&&) = delete;

    /// Puts the old files back, unless keep() was called. Nobody is told when one cannot be: where
    /// that matters, call put_back_after().
    ~Replacement();

    /// Puts the old files back because of `error`. One that cannot be put back is not removed
    /// either: `error` then says where it is.
    void put_back_after(Error& error);

    /// The new files stay: removes the old ones.
    void keep() noexcept;

  private:
    /// A file that has its final name.
    struct Moved {
        OutputFile* file;
        std::string old;  // the name of the file that it replaced, in the same folder as before
                          // itself; empty when there was none
    };

    [[nodiscard]] static std::string exchange(OutputFile& file);
    [[nodiscard]] static std::string put_back_one(const Moved& moved);
    [[nodiscard]] std::string put_back() noexcept;

    std::vector<Moved> moved_;
};

}  // namespace modelseal::core
