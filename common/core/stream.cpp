#include "common/core/stream.hpp"

#include "common/core/error.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::core {

namespace {
constexpr std::size_t copy_buffer_size = std::size_t{1} << 20U;
constexpr std::size_t first_read_size = std::size_t{64} << 10U;  // most of what is read is small
}  // namespace

std::size_t MemorySource::read(std::span<std::byte> buffer) {
    const std::size_t count = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.begin(), count, buffer.begin());
    rest_ = rest_.subspan(count);
    return count;
}

std::size_t MemoryAccess::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
    if (offset >= bytes_.size()) {
        return 0;
    }
    const auto from = bytes_.subspan(offset);
    const std::size_t count = std::min(buffer.size(), from.size());
    std::copy_n(from.begin(), count, buffer.begin());
    return count;
}

std::size_t RangeAccess::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
    if (offset >= length_) {
        return 0;
    }
    const std::uint64_t count = std::min<std::uint64_t>(buffer.size(), length_ - offset);
    return from_.read_at(offset_ + offset, buffer.first(static_cast<std::size_t>(count)));
}

RangeSource::RangeSource(const RandomAccess& from, std::uint64_t offset)
    : RangeSource(from, offset, from.size() - std::min(offset, from.size())) {}

std::size_t RangeSource::read(std::span<std::byte> buffer) {
    const auto want =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end_ - offset_));
    const std::size_t count = from_.read_at(offset_, buffer.first(want));
    offset_ += count;
    return count;
}

void StringSink::write(std::span<const std::byte> bytes) {
    if (bytes.size() > limit_ - text_.size()) {
        throw Error(ErrorKind::malformed,
                    Reason::limit_exceeded,
                    concat("larger than the limit of ", limit_, " bytes"));
    }
    text_.append(as_text(bytes));
}

void TeeSink::write(std::span<const std::byte> bytes) {
    for (ByteSink* sink : sinks_) {
        sink->write(bytes);
    }
}

std::uint64_t copy(ByteSource& from, ByteSink& to) {
    Bytes buffer(first_read_size);
    std::uint64_t total = 0;
    while (const std::size_t count = from.read(buffer)) {
        check_termination();
        to.write(std::span(buffer).first(count));
        total += count;
        if (count == first_read_size) {
            buffer.resize(copy_buffer_size);
        }
    }
    return total;
}

std::string read_all(ByteSource& from, std::uint64_t limit) {
    StringSink sink(limit);
    copy(from, sink);
    return sink.take();
}

}  // namespace modelseal::core
