#include "common/archive/gunzip_source.hpp"

#include "common/archive/libarchive_handles.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::archive {

struct GunzipSource::State {
    explicit State(core::ByteSource& from) : input(from) {}

    LibarchiveInput input;
    std::uint64_t count = 0;
};

GunzipSource::GunzipSource(core::ByteSource& from) : state_(std::make_unique<State>(from)) {
    LibarchiveInput& input = state_->input;
    const std::string start = "at its beginning";
    input.require(::archive_read_support_filter_gzip(input.get()), start);
    input.require(::archive_read_support_format_raw(input.get()), start);
    input.open();
    // The raw format would take anything for an uncompressed stream.
    ::archive_entry* entry = nullptr;
    if (::archive_read_next_header(input.get(), &entry) != ARCHIVE_OK ||
        ::archive_filter_code(input.get(), 0) != ARCHIVE_FILTER_GZIP) {
        throw core::Error(core::ErrorKind::malformed, "the archive is not compressed with gzip");
    }
}

GunzipSource::~GunzipSource() = default;

std::size_t GunzipSource::read(std::span<std::byte> buffer) {
    const la_ssize_t count = ::archive_read_data(state_->input.get(), buffer.data(), buffer.size());
    if (count < 0) {
        state_->input.fail(core::concat("after ", state_->count, " uncompressed bytes"));
    }
    state_->count += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
}

}  // namespace modelseal::archive
