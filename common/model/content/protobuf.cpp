#include "common/model/content/protobuf.hpp"

#include "common/core/text.hpp"
#include "common/model/content/protobuf_walk.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace modelseal::model {

namespace {

using protobuf::FieldHeader;
using protobuf::fixed32;
using protobuf::length_delimited;
using protobuf::MessageWalk;
using protobuf::varint;

constexpr std::uint64_t text_limit = 4096;
constexpr std::uint64_t visit_limit = 16 * protobuf::field_limit;  // each is seen several times

struct Range {
    std::uint64_t begin;
    std::uint64_t end;

    [[nodiscard]] bool empty() const noexcept { return begin == end; }
};

/// A set of field numbers below 64, as bits.
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

/// Which fields a message has: sets of their numbers.
struct Fields {
    std::uint64_t varints = 0;
    std::uint64_t messages = 0;  // length-delimited
    bool others = false;         // of other types or higher numbers
};

Range value_of(const MessageWalk& walk, const FieldHeader& field) {
    return {walk.value_begin(), walk.value_begin() + field.value};
}

class Identification {
  public:
    explicit Identification(const core::RandomAccess& file)
        : file_(file), whole_{0, file.size()}, inner_(file, 0, 0) {}

    std::optional<Kind> run() {
        const auto fields = fields_of(whole_);
        if (!fields) {
            return std::nullopt;
        }
        if (is_saved_model(*fields)) {
            return Kind::saved_model;
        }
        if (!fields->others && is_onnx(*fields)) {
            return Kind::onnx;
        }
        if (!fields->others && is_sentencepiece(*fields)) {
            return Kind::sentencepiece;
        }
        return is_graph(*fields) ? std::optional(Kind::saved_model) : std::nullopt;
    }

  private:
    /// Calls `visit` with each field of a message, until it says no. Whether all were visited, and
    /// the message ended where a field did.
    template <typename Visit>
    bool each_field(Range message, MessageWalk& walk, Visit&& visit) {
        walk.move_to(message.begin, message.end);
        while (!walk.finished()) {
            const auto field = walk.next();
            if (!field || ++visited_ > visit_limit || !visit(*field)) {
                return false;
            }
        }
        return true;
    }

    /// Nothing unless the range is one message.
    std::optional<Fields> fields_of(Range message) {
        constexpr std::uint64_t highest_number = 63;
        Fields fields;
        const bool complete = each_field(message, inner_, [&](const FieldHeader& field) {
            if (field.number > highest_number ||
                (field.type != varint && field.type != length_delimited)) {
                fields.others = true;
            } else {
                (field.type == varint ? fields.varints : fields.messages) |= std::uint64_t{1}
                                                                             << field.number;
            }
            return true;
        });
        return complete ? std::optional(fields) : std::nullopt;
    }

    /// Whether `accepts` holds for each length-delimited field `number` of the file.
    template <typename Accepts>
    bool all_values(unsigned number, Accepts&& accepts) {
        MessageWalk walk(file_, whole_.begin, whole_.end);
        return each_field(whole_, walk, [&](const FieldHeader& field) {
            return field.number != number || field.type != length_delimited ||
                   accepts(value_of(walk, field));
        });
    }

    template <typename Accepts>
    bool any_value(unsigned number, Accepts&& accepts) {
        return !all_values(number, [&](Range value) { return !accepts(value); });
    }

    std::size_t count_values(unsigned number) {
        std::size_t count = 0;
        static_cast<void>(all_values(number, [&](Range) { return ++count > 0; }));
        return count;
    }

    /// UTF-8 without control characters, as far as it is read. No message with a field below 4 is.
    bool is_printable(Range value) {
        std::string text(std::min(value.end - value.begin, text_limit), '\0');
        text.resize(file_.read_at(value.begin, std::as_writable_bytes(std::span(text))));
        return value.end - value.begin <= text_limit && core::is_utf8(text) &&
               std::none_of(text.begin(), text.end(), [](char c) {
                   return static_cast<unsigned char>(c) < 0x20;
               });
    }

    /// SavedModel: saved_model_schema_version 1, meta_graphs 2. MetaGraphDef: messages 1 to 7, of
    /// which graph_def is 2. TensorFlow reads over all that it does not know.
    bool is_saved_model(const Fields& fields) {
        constexpr std::uint64_t known = bits({1, 2, 3, 4, 5, 6, 7});
        if (!fields.others && fields.varints == bits({1}) && fields.messages == bits({2})) {
            return true;
        }
        return has(fields.varints, 1) && has(fields.messages, 2) && any_value(2, [&](Range value) {
                   const auto graph = value.empty() ? std::nullopt : fields_of(value);
                   return graph && (graph->messages & known) != 0;
               });
    }

    /// GraphDef: nodes 1. NodeDef: name 1, op 2.
    bool is_graph(const Fields& fields) {
        return has(fields.messages, 1) && any_value(1, [&](Range value) {
                   const auto node = fields_of(value);
                   return node && has(node->messages, 1) && has(node->messages, 2);
               });
    }

    /// ModelProto: ir_version 1, model_version 5; one graph 7, opset_import 8, texts, of which
    /// producer_name is 2. What repeats a field would be merged.
    bool is_onnx(const Fields& fields) {
        return within(fields.varints, bits({1, 5})) && has(fields.varints, 1) &&
               within(fields.messages, bits({2, 3, 4, 6, 7, 8, 14, 20, 25, 26})) &&
               count_values(2) <= 1 &&
               all_values(2, [&](Range name) { return is_printable(name); }) &&
               count_values(7) == 1 &&
               all_values(7, [&](Range graph) { return is_onnx_graph(graph); });
    }

    /// GraphProto: node 1, name 2, initializer 5, doc_string 10, input 11, output 12, value_info
    /// 13, quantization_annotation 14, sparse_initializer 15, metadata_props 16.
    bool is_onnx_graph(Range value) {
        const auto graph = value.empty() ? std::nullopt : fields_of(value);
        return graph && !graph->others && graph->varints == 0 &&
               within(graph->messages, bits({1, 2, 5, 10, 11, 12, 13, 14, 15, 16}));
    }

    /// ModelProto: pieces 1, trainer_spec 2, normalizer_spec 3, self_test 4, denormalizer_spec 5.
    bool is_sentencepiece(const Fields& fields) {
        return fields.varints == 0 && within(fields.messages, bits({1, 2, 3, 4, 5})) &&
               has(fields.messages, 1) && has(fields.messages, 2) &&
               all_values(1, [&](Range piece) { return is_piece(piece); }) &&
               all_values(2, [&](Range spec) { return !spec.empty() && fields_of(spec); });
    }

    /// SentencePiece: piece 1, a text; score 2, a float; type 3, an enumeration. Each at most once.
    bool is_piece(Range value) {
        constexpr std::uint64_t last_type = 6;
        unsigned pieces = 0;
        unsigned scores = 0;
        unsigned types = 0;
        return each_field(value,
                          inner_,
                          [&](const FieldHeader& field) {
                              switch (field.number) {
                                  case 1:
                                      return field.type == length_delimited && ++pieces == 1;
                                  case 2:
                                      return field.type == fixed32 && ++scores == 1;
                                  case 3:
                                      return field.type == varint && field.value <= last_type &&
                                             ++types == 1;
                                  default:
                                      return false;
                              }
                          }) &&
               pieces == 1;
    }

    const core::RandomAccess& file_;
    Range whole_;
    MessageWalk inner_;
    std::uint64_t visited_ = 0;
};

}  // namespace

std::optional<Kind> identify_protobuf(const core::RandomAccess& file) {
    return Identification(file).run();
}

}  // namespace modelseal::model
