#include "common/registry/upload/sent_content.hpp"

#include "common/core/error.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::registry {

namespace {

constexpr std::size_t block_size = std::size_t{1} << 20U;

}  // namespace

SentContent::SentContent(const core::RandomAccess& content,
                         const std::optional<digest::Digest>& known,
                         core::Advance advance)
    : content_(content), digest_(known), advance_(std::move(advance)) {}

std::size_t SentContent::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
    if (offset > passed_) {
        skip_to(offset);
    }
    const std::size_t count = content_.read_at(offset, buffer);
    const std::uint64_t known = passed_ - offset;
    if (count > known) {
        take(buffer.subspan(known, count - known), advance_.passed);
    }
    return count;
}

void SentContent::take(std::span<const std::byte> bytes, const core::Advance::Count& told) const {
    if (!digest_) {
        hash_.write(bytes);
    }
    passed_ += bytes.size();
    told(bytes.size());
}

void SentContent::skip_to(std::uint64_t offset) const {
    core::Bytes block(digest_ ? 0 : block_size);
    while (passed_ < offset) {
        core::check_termination();
        if (digest_) {  // nobody needs to look at them
            advance_.present(offset - passed_);
            passed_ = offset;
            return;
        }
        const std::uint64_t wanted = std::min<std::uint64_t>(block.size(), offset - passed_);
        const std::size_t count =
            content_.read_at(passed_, std::span(block).first(static_cast<std::size_t>(wanted)));
        if (count == 0) {
            throw core::Error(
                core::ErrorKind::io,
                core::Reason::changed_while_read,
                core::concat("the content ends at byte ", passed_, ", while it was read"));
        }
        take(std::span(block).first(count), advance_.present);
    }
}

digest::Digest SentContent::digest() {
    if (!digest_) {
        skip_to(size());
        digest_ = hash_.finish();
    }
    return *digest_;
}

}  // namespace modelseal::registry
