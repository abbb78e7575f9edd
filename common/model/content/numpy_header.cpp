#include "common/model/content/numpy_header.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace modelseal::model {

namespace {

constexpr std::size_t preamble = 8;  // signature and version

/// The dictionary; nothing when the length before it does not fit.
std::optional<std::string_view> dictionary_of(std::string_view head) {
    if (head.size() < preamble) {
        return std::nullopt;
    }
    const auto major = static_cast<unsigned char>(head[6]);
    const std::size_t width = major == 1 ? 2 : 4;
    if (major < 1 || major > 3 || head.size() < preamble + width) {
        return std::nullopt;
    }
    std::uint64_t length = 0;
    for (std::size_t i = width; i-- > 0;) {
        length = length << 8U | static_cast<unsigned char>(head[preamble + i]);
    }
    const std::string_view rest = head.substr(preamble + width);
    return length <= rest.size() ? std::optional(core::trim(rest.substr(0, length))) : std::nullopt;
}

/// "<f4", "|u1", "?": byte order, kind and bytes of one element.
bool is_plain_type(std::string_view type) {
    constexpr std::string_view kinds = "?bBiufcSU";
    const std::size_t at = std::min(type.find_first_not_of("<>|="), type.size());
    const std::string_view bare = type.substr(at);
    return at <= 1 && !bare.empty() && kinds.find(bare.front()) != std::string_view::npos &&
           core::parse_decimal(bare.substr(1)).has_value();
}

/// Reads the dictionary from front to back; every take_ is false when something else stands there.
class DictionaryReader {
  public:
    explicit DictionaryReader(std::string_view text) : left_(text) {}

    bool read() {
        if (!take('{')) {
            return false;
        }
        while (!take('}')) {
            if (!take_entry() || (!take(',') && !left_.starts_with('}'))) {
                return false;
            }
        }
        return left_.empty() && seen_.size() == 3;
    }

  private:
    bool take(char c) {
        if (!left_.starts_with(c)) {
            return false;
        }
        left_ = core::trim(left_.substr(1));
        return true;
    }

    bool take_entry() {
        const auto key = take_text();
        if (!key || !take(':') || !seen_.insert(*key).second) {
            return false;
        }
        if (*key == "descr") {
            const auto type = take_text();
            return type && is_plain_type(*type);
        }
        if (*key == "fortran_order") {
            return take_word("True") || take_word("False");
        }
        return *key == "shape" && take_shape();
    }

    /// In single quotes, without escapes.
    std::optional<std::string_view> take_text() {
        const std::size_t end = left_.find('\'', 1);
        if (!left_.starts_with('\'') || end == std::string_view::npos) {
            return std::nullopt;
        }
        const std::string_view text = left_.substr(1, end - 1);
        if (text.find('\\') != std::string_view::npos) {
            return std::nullopt;
        }
        left_ = core::trim(left_.substr(end + 1));
        return text;
    }

    bool take_word(std::string_view word) {
        if (!left_.starts_with(word)) {
            return false;
        }
        left_ = core::trim(left_.substr(word.size()));
        return true;
    }

    bool take_shape() {
        const std::size_t end = left_.find(')');
        if (!left_.starts_with('(') || end == std::string_view::npos ||
            left_.find_first_not_of("(0123456789, ") != end) {
            return false;
        }
        left_ = core::trim(left_.substr(end + 1));
        return true;
    }

    std::string_view left_;
    std::set<std::string_view> seen_;
};

}  // namespace

Content judge_numpy(std::string_view head) {
    const auto dictionary = dictionary_of(head);
    if (dictionary && DictionaryReader(*dictionary).read()) {
        return {Kind::numpy, "a NumPy array", 0};
    }
    return {Kind::numpy_object, "a NumPy array that can hold pickled objects", 0};
}

}  // namespace modelseal::model
