#include "common/core/files/windowed_access.hpp"

#include <algorithm>

namespace modelseal::core {

std::shared_ptr<const Bytes> WindowPool::get(const RandomAccess& from, std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(windows_.begin(), windows_.end(), [&](const Window& window) {
        return window.from == &from && window.number == number;
    });
    if (known != windows_.end()) {
        windows_.splice(windows_.begin(), windows_, known);
        return windows_.front().bytes;
    }
    const std::uint64_t begin = number * window_size;
    auto bytes = std::make_shared<Bytes>(
        static_cast<std::size_t>(std::min(window_size, from.size() - begin)));
    bytes->resize(from.read_at(begin, *bytes));
    windows_.push_front({&from, number, std::move(bytes)});
    if (windows_.size() > windows_kept) {
        windows_.pop_back();
    }
    return windows_.front().bytes;
}

std::size_t WindowedAccess::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
    if (buffer.size() >= WindowPool::window_size) {
        return from_.read_at(offset, buffer);
    }
    std::size_t read = 0;
    while (read < buffer.size() && offset + read < size()) {
        const std::uint64_t at = offset + read;
        const auto window = pool_.get(from_, at / WindowPool::window_size);
        const std::uint64_t within = at % WindowPool::window_size;
        if (within >= window->size()) {
            break;  // the content ended before its size
        }
        const std::size_t count =
            std::min<std::size_t>(buffer.size() - read, window->size() - within);
        std::copy_n(window->begin() + static_cast<std::ptrdiff_t>(within),
                    count,
                    buffer.begin() + static_cast<std::ptrdiff_t>(read));
        read += count;
    }
    return read;
}

}  // namespace modelseal::core
