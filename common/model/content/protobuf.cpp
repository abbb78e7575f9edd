#include "common/model/content/protobuf.hpp"

#include "common/model/content/byte_cursor.hpp"

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

/// The messages of ONNX that lead to tensors.
enum class Message : std::uint8_t {
    model,
    training,
    function,
    graph,
    node,
    attribute,
    sparse_tensor,
    tensor,
    entry,  // of external_data: a key and a value
};

/// Field `number` of `from` holds a `to`.
struct Edge {
    Message from;
    std::uint64_t number;
    Message to;
};

// Spec: onnx.proto3.
constexpr Edge edges[] = {
    {Message::model, 7, Message::graph},               // graph
    {Message::model, 20, Message::training},           // training_info
    {Message::model, 25, Message::function},           // functions
    {Message::training, 1, Message::graph},            // initialization
    {Message::training, 2, Message::graph},            // algorithm
    {Message::function, 7, Message::node},             // node
    {Message::function, 11, Message::attribute},       // attribute_proto
    {Message::graph, 1, Message::node},                // node
    {Message::graph, 5, Message::tensor},              // initializer
    {Message::graph, 15, Message::sparse_tensor},      // sparse_initializer
    {Message::node, 5, Message::attribute},            // attribute
    {Message::attribute, 5, Message::tensor},          // t
    {Message::attribute, 6, Message::graph},           // g
    {Message::attribute, 10, Message::tensor},         // tensors
    {Message::attribute, 11, Message::graph},          // graphs
    {Message::attribute, 22, Message::sparse_tensor},  // sparse_tensor
    {Message::attribute, 23, Message::sparse_tensor},  // sparse_tensors
    {Message::sparse_tensor, 1, Message::tensor},      // values
    {Message::sparse_tensor, 2, Message::tensor},      // indices
    {Message::tensor, 13, Message::entry},             // external_data
};

const Edge* find_edge(Message from, std::uint64_t number) noexcept {
    const auto* const found = std::find_if(std::begin(edges), std::end(edges), [&](const Edge& e) {
        return e.from == from && e.number == number;
    });
    return found == std::end(edges) ? nullptr : found;
}

class ExternalFiles {
  public:
    explicit ExternalFiles(const core::RandomAccess& file) noexcept : file_(file) {}

    std::optional<std::vector<std::string>> collect() {
        visit(Message::model, 0, file_.size(), 0);
        if (gave_up_) {
            return std::nullopt;
        }
        return std::vector<std::string>(locations_.begin(), locations_.end());
    }

  private:
    static constexpr unsigned depth_limit =
        64;  // graphs in attributes of graphs, three levels each

    void visit(Message message, std::uint64_t begin, std::uint64_t end, unsigned depth) {
        if (message == Message::entry) {
            add_entry(begin, end);
            return;
        }
        MessageWalk walk(file_, begin, end);
        while (const auto field = next_of(walk)) {
            const Edge* edge =
                field->type == length_delimited ? find_edge(message, field->number) : nullptr;
            if (edge != nullptr) {
                gave_up_ = gave_up_ || depth == depth_limit;
                const std::uint64_t value = walk.value_begin();
                visit(edge->to, value, value + field->value, depth + 1);
            }
        }
    }

    /// A message that does not end where a field does may mean something else to other readers.
    std::optional<FieldHeader> next_of(MessageWalk& walk) {
        if (gave_up_ || walk.finished()) {
            return std::nullopt;
        }
        auto field = walk.next();
        gave_up_ = !field || ++visited_ > field_limit;
        return gave_up_ ? std::nullopt : field;
    }

    void add_entry(std::uint64_t begin, std::uint64_t end) {
        std::string key;
        std::string value;
        MessageWalk walk(file_, begin, end);
        while (const auto field = next_of(walk)) {
            if (field->type == length_delimited && (field->number == 1 || field->number == 2)) {
                const std::uint64_t at = walk.value_begin();
                (field->number == 1 ? key : value) = read_text(file_, at, at + field->value);
            }
        }
        if (key == "location") {
            locations_.insert(std::move(value));
        }
    }

    const core::RandomAccess& file_;
    std::set<std::string> locations_;
    std::uint64_t visited_ = 0;
    bool gave_up_ = false;
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
