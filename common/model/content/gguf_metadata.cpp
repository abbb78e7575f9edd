#include "common/model/content/gguf_metadata.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/model/content/byte_cursor.hpp"

#include <array>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace modelseal::model {

namespace {

using core::concat;

constexpr std::uint64_t longest_key = 1024;
constexpr std::uint64_t most_keys = std::uint64_t{1} << 14U;
constexpr std::uint64_t most_array_texts = std::uint64_t{1} << 24U;

constexpr std::uint64_t type_text = 8;
constexpr std::uint64_t type_array = 9;

/// Bytes of a value of each type; 0 for texts and arrays.
constexpr std::array<std::uint64_t, 13> sizes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

[[noreturn]] void refuse(std::string why) {
    throw core::Error(core::ErrorKind::malformed, std::move(why));
}

template <typename Value>
Value require(std::optional<Value> value) {
    if (!value) {
        refuse("the file ends within its metadata");
    }
    return *value;
}

class MetadataReader {
  public:
    explicit MetadataReader(const core::RandomAccess& file) : file_(file), cursor_(file) {}

    std::vector<GgufText> read() {
        std::array<std::byte, 4> magic{};
        const bool complete = file_.read_at(0, magic) == magic.size() && cursor_.skip(magic.size());
        if (!complete || core::as_text(magic) != "GGUF") {
            refuse("it does not begin with GGUF");
        }
        const std::uint64_t version = number(4);
        if (version != 2 && version != 3) {
            refuse(concat("version ", version));
        }
        static_cast<void>(number(8));  // tensors
        const std::uint64_t keys = number(8);
        if (keys > most_keys) {
            refuse(concat("more than ", most_keys, " keys"));
        }
        for (std::uint64_t i = 0; i < keys; ++i) {
            read_pair();
        }
        return std::move(texts_);
    }

  private:
    std::uint64_t number(unsigned width) { return require(cursor_.little_endian(width)); }

    void skip(std::uint64_t count) {
        if (!cursor_.skip(count)) {
            refuse("the file ends within its metadata");
        }
    }

    void read_pair() {
        std::string key = read_key();
        if (!keys_.insert(key).second) {
            refuse(concat("the key ", core::in_quotes(key), " occurs twice"));
        }
        const std::uint64_t type = number(4);
        if (type == type_text) {
            const std::uint64_t size = number(8);
            texts_.push_back({std::move(key), cursor_.position(), size});
            skip(size);
        } else if (type == type_array) {
            skip_array();
        } else {
            skip(size_of(type));
        }
    }

    std::string read_key() {
        const std::uint64_t size = number(8);
        if (size == 0 || size > longest_key) {
            refuse(concat("a key of ", size, " bytes"));
        }
        std::string key(size, '\0');
        const std::uint64_t begin = cursor_.position();
        skip(size);
        key.resize(file_.read_at(begin, std::as_writable_bytes(std::span(key))));
        return key;
    }

    static std::uint64_t size_of(std::uint64_t type) {
        if (type >= sizes.size()) {
            refuse(concat("a value of the unknown type ", type));
        }
        return sizes[type];
    }

    void skip_array() {
        const std::uint64_t type = number(4);
        const std::uint64_t count = number(8);
        if (type == type_array) {
            refuse("an array of arrays");
        }
        if (type == type_text) {
            skip_texts(count);
            return;
        }
        std::uint64_t size = 0;
        if (__builtin_mul_overflow(count, size_of(type), &size)) {
            refuse("the file ends within its metadata");
        }
        skip(size);
    }

    void skip_texts(std::uint64_t count) {
        if (count > most_array_texts - array_texts_) {
            refuse(concat("more than ", most_array_texts, " texts in arrays"));
        }
        array_texts_ += count;
        for (std::uint64_t i = 0; i < count; ++i) {
            skip(number(8));
        }
    }

    const core::RandomAccess& file_;
    ByteCursor cursor_;
    std::set<std::string, std::less<>> keys_;
    std::vector<GgufText> texts_;
    std::uint64_t array_texts_ = 0;
};

}  // namespace

std::vector<GgufText> read_gguf_texts(const core::RandomAccess& file) {
    return MetadataReader(file).read();
}

}  // namespace modelseal::model
