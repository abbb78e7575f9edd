#include "common/archive/libarchive_handles.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <cerrno>

namespace modelseal::archive {

namespace {
constexpr std::size_t buffer_size = std::size_t{64} << 10U;
}  // namespace

LibarchiveInput::LibarchiveInput(core::ByteSource& from)
    : from_(from),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(buffer_size)),
      reader_(::archive_read_new()) {
    if (reader_ == nullptr) {
        throw core::Error(core::ErrorKind::internal, "libarchive has no memory");
    }
}

void LibarchiveInput::open() {
    require(::archive_read_open(get(), this, nullptr, read, nullptr), "at its beginning");
}

la_ssize_t LibarchiveInput::read(::archive* reader, void* client, const void** block) noexcept {
    auto& input = *static_cast<LibarchiveInput*>(client);
    try {
        const std::size_t count = input.from_.read({input.buffer_.get(), buffer_size});
        *block = input.buffer_.get();
        return static_cast<la_ssize_t>(count);
    } catch (...) {
        input.error_ = std::current_exception();
        ::archive_set_error(reader, EIO, "the input failed");
        return ARCHIVE_FATAL;
    }
}

void LibarchiveInput::require(int result, const std::string& where) const {
    if (result != ARCHIVE_OK) {
        fail(where);
    }
}

void LibarchiveInput::fail(const std::string& where) const {
    if (error_ != nullptr) {
        std::rethrow_exception(error_);
    }
    const char* why = ::archive_error_string(reader_.get());
    throw core::Error(core::ErrorKind::malformed,
                      core::concat("the archive cannot be read ",
                                   where,
                                   ": ",
                                   core::in_quotes(why == nullptr ? "it ends too early" : why)));
}

}  // namespace modelseal::archive
