// The owner of a descriptor: a file, a folder, a pipe, a process.
#pragma once

#include <utility>

namespace modelseal::core {

/// An owned file descriptor.
class FileDescriptor {
  public:
    FileDescriptor() noexcept = default;

    explicit FileDescriptor(int number) noexcept : number_(number) {}

    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    FileDescriptor(FileDescriptor&& other) noexcept;
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor();

    [[nodiscard]] int get() const noexcept { return number_; }

    [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }

    /// Gives the descriptor up: somebody else closes it from now on.
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

  private:
    int number_ = -1;
};

}  // namespace modelseal::core
