#include "common/model/protobuf.hpp"

#include "common/model/byte_cursor.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

namespace modelseal::model {

namespace {

constexpr std::uint64_t field_limit = std::uint64_t{1} << 21U;  // a vocabulary has up to a million
constexpr std::uint64_t location_limit = 4096;

enum WireType : std::uint8_t { varint = 0, fixed64 = 1, length_delimited = 2, fixed32 = 5 };

struct FieldHeader {
    std::uint64_t number;
    WireType type;
    std::uint64_t value;  // of a varint; the length of a length-delimited field
};

/// Steps through the fields of one message, which is a range of the file.
class MessageWalk {
  public:
    MessageWalk(const core::RandomAccess& file, std::uint64_t begin, std::uint64_t end) noexcept
        : cursor_(file, begin, end) {}

    /// Whether the message ended exactly where a field did.
    [[nodiscard]] bool finished() const noexcept { return cursor_.left() == 0; }

    /// The next field; nothing at the end and for bytes that are none. Its value is skipped.
    std::optional<FieldHeader> next() {
        const auto tag = finished() ? std::nullopt : read_varint();
        if (!tag || *tag >> 3U == 0) {
            return std::nullopt;
        }
        FieldHeader field{*tag >> 3U, static_cast<WireType>(*tag & 7U), 0};
        value_begin_ = cursor_.position();
        switch (field.type) {
            case varint:
            case length_delimited: {
                const auto value = read_varint();
                if (!value) {
                    return std::nullopt;
                }
                field.value = *value;
                value_begin_ = cursor_.position();
                const bool inside = field.type == varint || cursor_.skip(*value);
                return inside ? std::optional(field) : std::nullopt;
            }
            case fixed64:
                return cursor_.skip(8) ? std::optional(field) : std::nullopt;
            case fixed32:
                return cursor_.skip(4) ? std::optional(field) : std::nullopt;
        }
        return std::nullopt;
    }

    /// Where the value of the last length-delimited field begins.
    [[nodiscard]] std::uint64_t value_begin() const noexcept { return value_begin_; }

  private:
    std::optional<std::uint64_t> read_varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = cursor_.next();
            if (!byte) {
                return std::nullopt;
            }
            value |= std::uint64_t{*byte & 0x7FU} << shift;
            if ((*byte & 0x80U) == 0) {
                return value;
            }
        }
        return std::nullopt;
    }

    ByteCursor cursor_;
    std::uint64_t value_begin_ = 0;
};

std::string read_text(const core::RandomAccess& file, std::uint64_t begin, std::uint64_t end) {
    std::string text(std::min(end - begin, location_limit), '\0');
    text.resize(file.read_at(begin, std::as_writable_bytes(std::span(text))));
    return text;
}

/// Which fields a message has, as bits of their numbers.
struct Fields {
    std::uint64_t varints = 0;
    std::uint64_t messages = 0;
};

/// Nothing unless the whole file is one message of varints and length-delimited fields.
std::optional<Fields> fields_of(const core::RandomAccess& file) {
    constexpr std::uint64_t highest_number = 63;
    Fields fields;
    MessageWalk walk(file, 0, file.size());
    for (std::uint64_t count = 0; !walk.finished(); ++count) {
        const auto field = walk.next();
        if (!field || count == field_limit || field->number > highest_number ||
            (field->type != varint && field->type != length_delimited)) {
            return std::nullopt;
        }
        (field->type == varint ? fields.varints : fields.messages) |= std::uint64_t{1}
                                                                      << field->number;
    }
    return fields;
}

constexpr std::uint64_t bits(std::initializer_list<unsigned> numbers) {
    std::uint64_t set = 0;
    for (const unsigned number : numbers) {
        set |= std::uint64_t{1} << number;
    }
    return set;
}

constexpr bool within(std::uint64_t set, std::uint64_t allowed) {
    return (set & ~allowed) == 0;
}

constexpr bool has(std::uint64_t set, unsigned number) {
    return (set >> number & 1U) != 0;
}

/// ModelProto.graph 7, GraphProto.initializer 5, TensorProto.external_data 13: key 1, value 2.
class ExternalFiles {
  public:
    explicit ExternalFiles(const core::RandomAccess& file) noexcept : file_(file) {}

    std::optional<std::vector<std::string>> collect() {
        const auto tensor = [this](std::uint64_t begin, std::uint64_t end) {
            for_each(begin, end, 13, [this](auto from, auto to) { add_entry(from, to); });
        };
        for_each(0, file_.size(), 7, [&](std::uint64_t begin, std::uint64_t end) {
            for_each(begin, end, 5, tensor);
        });
        if (visited_ > field_limit) {
            return std::nullopt;
        }
        return std::vector<std::string>(locations_.begin(), locations_.end());
    }

  private:
    /// Calls `body` with the range of each length-delimited field `number` of a message.
    template <typename Body>
    void for_each(std::uint64_t begin, std::uint64_t end, std::uint64_t number, const Body& body) {
        MessageWalk walk(file_, begin, end);
        while (const auto field = walk.next()) {
            if (++visited_ > field_limit) {
                return;
            }
            if (field->number == number && field->type == length_delimited) {
                body(walk.value_begin(), walk.value_begin() + field->value);
            }
        }
    }

    void add_entry(std::uint64_t begin, std::uint64_t end) {
        std::string key;
        std::string value;
        for_each(begin, end, 1, [&](auto from, auto to) { key = read_text(file_, from, to); });
        for_each(begin, end, 2, [&](auto from, auto to) { value = read_text(file_, from, to); });
        if (key == "location") {
            locations_.insert(std::move(value));
        }
    }

    const core::RandomAccess& file_;
    std::set<std::string> locations_;
    std::uint64_t visited_ = 0;
};

}  // namespace

std::optional<Kind> identify_protobuf(const core::RandomAccess& file) {
    const auto fields = fields_of(file);
    if (!fields) {
        return std::nullopt;
    }
    // ModelProto: ir_version 1, model_version 5; graph 7, opset_import 8 and texts.
    if (within(fields->varints, bits({1, 5})) && has(fields->varints, 1) &&
        within(fields->messages, bits({2, 3, 4, 6, 7, 8, 14, 20, 25, 26})) &&
        has(fields->messages, 7)) {
        return Kind::onnx;
    }
    // SavedModel: saved_model_schema_version 1, meta_graphs 2.
    if (fields->varints == bits({1}) && fields->messages == bits({2})) {
        return Kind::saved_model;
    }
    // sentencepiece's ModelProto: pieces 1, trainer_spec 2, normalizer_spec 3, self_test 4,
    // denormalizer_spec 5.
    if (fields->varints == 0 && within(fields->messages, bits({1, 2, 3, 4, 5})) &&
        has(fields->messages, 1) && has(fields->messages, 2)) {
        return Kind::sentencepiece;
    }
    return std::nullopt;
}

std::optional<std::vector<std::string>> onnx_external_files(const core::RandomAccess& file) {
    return ExternalFiles(file).collect();
}

}  // namespace modelseal::model
