#include "common/cli/terminal_line.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace modelseal::cli {

namespace {

constexpr std::size_t recognizable = 16;  // columns of a label
constexpr std::string_view cut = "..";
constexpr std::string_view gap = "  ";

/// "0:07", "12:34", "3:00:00"
std::string duration_text(std::uint64_t total_seconds) {
    std::array<char, 32> text{};
    const std::uint64_t hours = total_seconds / 3600;
    const auto minutes = static_cast<unsigned>(total_seconds / 60 % 60);
    const auto rest = static_cast<unsigned>(total_seconds % 60);
    if (hours == 0) {
        std::snprintf(text.data(), text.size(), "%u:%02u", minutes, rest);
    } else {
        std::snprintf(text.data(),
                      text.size(),
                      "%llu:%02u:%02u",
                      static_cast<unsigned long long>(hours),
                      minutes,
                      rest);
    }
    return text.data();
}

std::string percentage(const Amount& amount) {
    const double share =
        amount.size == 0 ? 1 : static_cast<double>(amount.done) / static_cast<double>(amount.size);
    return core::concat(static_cast<unsigned>(share * 100), '%');
}

/// From the most to the fewest figures.
std::vector<std::string> figures_of(const Amount& amount) {
    const std::string part = percentage(amount);
    const std::string sizes =
        core::concat(core::human_size(amount.done), " of ", core::human_size(amount.size));
    const std::string rate = core::concat(core::human_size(amount.rate), "/s");
    std::vector<std::string> figures;
    if (amount.left) {
        const std::string left = core::concat(duration_text(*amount.left), " left");
        figures.push_back(core::concat(sizes, gap, part, gap, rate, gap, left));
        figures.push_back(core::concat(part, gap, rate, gap, left));
        figures.push_back(core::concat(part, gap, left));
    } else {
        figures.push_back(core::concat(sizes, gap, part, gap, rate));
    }
    figures.push_back(part);
    return figures;
}

bool is_continuation(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t columns_of_character(char first) noexcept {
    return static_cast<unsigned char>(first) < 0x80U ? 1 : 2;
}

/// Where the character that holds byte `at` begins.
std::size_t character_begin(std::string_view text, std::size_t at) {
    while (at > 0 && at < text.size() && is_continuation(text[at])) {
        --at;
    }
    return at;
}

std::string_view first_columns(std::string_view text, std::size_t columns) {
    std::size_t end = 0;
    for (std::size_t used = 0; end < text.size(); ++end) {
        if (is_continuation(text[end])) {
            continue;
        }
        used += columns_of_character(text[end]);
        if (used > columns) {
            break;
        }
    }
    return text.substr(0, end);
}

std::string_view last_columns(std::string_view text, std::size_t columns) {
    std::size_t begin = text.size();
    for (std::size_t used = 0; begin > 0;) {
        const std::size_t before = character_begin(text, begin - 1);
        used += columns_of_character(text[before]);
        if (used > columns) {
            break;
        }
        begin = before;
    }
    return text.substr(begin);
}

}  // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (const char c : text) {
        columns += is_continuation(c) ? 0 : columns_of_character(c);
    }
    return columns;
}

std::string shortened(std::string_view text, std::size_t columns) {
    if (columns_of(text) <= columns) {
        return std::string(text);
    }
    if (columns <= cut.size()) {
        return std::string(first_columns(text, columns));
    }
    const std::size_t kept = columns - cut.size();
    return core::concat(first_columns(text, kept - kept / 2), cut, last_columns(text, kept / 2));
}

std::string figures_text(const Amount& amount) {
    return figures_of(amount).front();
}

std::string terminal_line(std::string_view label,
                          const Amount& amount,
                          std::size_t label_columns,
                          std::size_t columns) {
    const std::size_t wanted = std::min(columns_of(label), recognizable);
    for (const std::string& figures : figures_of(amount)) {
        const std::size_t taken = gap.size() + figures.size();
        if (wanted + taken > columns) {
            continue;
        }
        const std::size_t room = columns - taken;
        std::string line = shortened(label, room);
        line.append(
            std::min(room, label_columns) - std::min({columns_of(line), room, label_columns}), ' ');
        return core::concat(line, gap, figures);
    }
    return shortened(label, columns);
}

}  // namespace modelseal::cli
