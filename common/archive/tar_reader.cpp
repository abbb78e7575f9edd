#include "common/archive/tar_reader.hpp"

#include "common/archive/libarchive_handles.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <string_view>
#include <type_traits>

#include <locale.h>

namespace modelseal::archive {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::Reason;

EntryType type_of(::archive_entry* entry) {
    if (::archive_entry_hardlink(entry) != nullptr) {
        return EntryType::hard_link;
    }
    switch (::archive_entry_filetype(entry)) {
        case AE_IFREG:
            return EntryType::file;
        case AE_IFDIR:
            return EntryType::folder;
        case AE_IFLNK:
            return EntryType::symbolic_link;
        default:
            return EntryType::other;
    }
}

std::string text_or_empty(const char* text) {
    return text == nullptr ? std::string() : std::string(text);
}

std::string link_target_of(::archive_entry* entry, EntryType type) {
    switch (type) {
        case EntryType::hard_link:
            return text_or_empty(::archive_entry_hardlink(entry));
        case EntryType::symbolic_link:
            return text_or_empty(::archive_entry_symlink(entry));
        case EntryType::file:
        case EntryType::folder:
        case EntryType::other:
            break;
    }
    return {};
}

/// Libarchive gives names in the character set of the locale, and in "C" it refuses those of pax
/// headers that go beyond ASCII. The locale of this thread alone is UTF-8 while this object lives.
class Utf8Names {
  public:
    Utf8Names() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (locale_ == nullptr) {
            throw Error(ErrorKind::internal, "the C library has no locale C.UTF-8");
        }
        before_ = ::uselocale(locale_.get());
    }

    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;
    Utf8Names(Utf8Names&&) = delete;
    Utf8Names& operator=(Utf8Names&&) = delete;

    ~Utf8Names() { ::uselocale(before_); }

  private:
    core::Handle<std::remove_pointer_t<locale_t>, ::freelocale> locale_;
    locale_t before_ = nullptr;
};

std::string without_trailing_slash(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) {
        path.pop_back();
    }
    return path;
}

}  // namespace

struct TarReader::State final : core::ByteSource {
    State(core::ByteSource& from, const TarLimits& the_limits) : input(from), limits(the_limits) {}

    std::size_t read(std::span<std::byte> buffer) override;

    [[nodiscard]] std::string position() const { return concat("after entry ", entries); }

    [[nodiscard]] std::uint64_t size_of(::archive_entry* entry) const;
    void require_short(std::string_view text) const;

    LibarchiveInput input;
    TarLimits limits;
    std::size_t entries = 0;
    std::uint64_t unread = 0;  // bytes of the present entry's content
};

std::uint64_t TarReader::State::size_of(::archive_entry* entry) const {
    const la_int64_t size = ::archive_entry_size(entry);
    if (::archive_entry_size_is_set(entry) == 0 || size < 0) {
        throw Error(ErrorKind::malformed,
                    concat("entry ", entries, " of the archive does not state its size"));
    }
    return static_cast<std::uint64_t>(size);
}

void TarReader::State::require_short(std::string_view text) const {
    if (text.size() > limits.path_length) {
        throw Error(ErrorKind::malformed,
                    Reason::limit_exceeded,
                    concat("entry ",
                           entries,
                           " of the archive has a name of more than ",
                           limits.path_length,
                           " bytes"));
    }
}

std::size_t TarReader::State::read(std::span<std::byte> buffer) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), unread));
    if (want == 0) {
        return 0;
    }
    const la_ssize_t count = ::archive_read_data(input.get(), buffer.data(), want);
    if (count <= 0) {
        input.fail(concat("in the content of entry ", entries));
    }
    unread -= static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
}

TarReader::TarReader(core::ByteSource& from, const TarLimits& limits)
    : state_(std::make_unique<State>(from, limits)) {
    LibarchiveInput& input = state_->input;
    input.require(::archive_read_support_format_tar(input.get()), state_->position());
    input.open();
}

TarReader::~TarReader() = default;

std::optional<TarEntry> TarReader::next() {
    const Utf8Names utf8;
    LibarchiveInput& input = state_->input;
    ::archive_entry* entry = nullptr;
    const int result = ::archive_read_next_header(input.get(), &entry);
    if (result == ARCHIVE_EOF) {
        return std::nullopt;
    }
    input.require(result, state_->position());
    if (++state_->entries > state_->limits.entries) {
        throw Error(ErrorKind::malformed,
                    Reason::limit_exceeded,
                    concat("the archive has more than ", state_->limits.entries, " entries"));
    }
    TarEntry read;
    read.path = without_trailing_slash(text_or_empty(::archive_entry_pathname(entry)));
    read.type = type_of(entry);
    read.mode = ::archive_entry_perm(entry);
    read.link_target = link_target_of(entry, read.type);
    state_->require_short(read.path);
    state_->require_short(read.link_target);
    read.size = read.type == EntryType::file ? state_->size_of(entry) : 0;
    state_->unread = read.size;
    return read;
}

core::ByteSource& TarReader::content() noexcept {
    return *state_;
}

}  // namespace modelseal::archive
