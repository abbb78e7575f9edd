// Owning handles for C libraries: one pointer wide, freed by the library's own function.
#pragma once

#include <memory>

namespace modelseal::core {

/// Calls `free_fn`; works for functions that return something (BIO_free) as well.
template <auto free_fn>
struct FreeWith {
    template <typename T>
    void operator()(T* object) const noexcept {
        static_cast<void>(free_fn(object));
    }
};

template <typename T, auto free_fn>
using Handle = std::unique_ptr<T, FreeWith<free_fn>>;

/// Adapts a handle to a C out-parameter: `git_repository_open(out(repository), path)`.
/// The handle owns what was written once the full expression ends.
template <typename T, typename Free>
class OutPointer {
  public:
    explicit OutPointer(std::unique_ptr<T, Free>& handle) noexcept : handle_(handle) {}

    OutPointer(const OutPointer&) = delete;
    OutPointer& operator=(const OutPointer&) = delete;
    OutPointer(OutPointer&&) = delete;
    OutPointer& operator=(OutPointer&&) = delete;

    ~OutPointer() { handle_.reset(raw_); }

    operator T**() noexcept { return &raw_; }  // NOLINT(google-explicit-constructor): its purpose

  private:
    std::unique_ptr<T, Free>& handle_;
    T* raw_ = nullptr;
};

template <typename T, typename Free>
[[nodiscard]] OutPointer<T, Free> out(std::unique_ptr<T, Free>& handle) noexcept {
    return OutPointer<T, Free>(handle);
}

}  // namespace modelseal::core
