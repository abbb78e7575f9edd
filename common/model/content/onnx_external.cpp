#include "common/model/content/onnx_external.hpp"

#include "common/model/content/protobuf_walk.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <span>
#include <utility>

namespace modelseal::model {

namespace {

using protobuf::field_limit;
using protobuf::FieldHeader;
using protobuf::MessageWalk;

constexpr std::uint64_t location_limit = 4096;

std::string read_text(const core::RandomAccess& file, std::uint64_t begin, std::uint64_t end) {
    std::string text(std::min(end - begin, location_limit), '\0');
    text.resize(file.read_at(begin, std::as_writable_bytes(std::span(text))));
    return text;
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
            const Edge* edge = field->type == protobuf::length_delimited
                                   ? find_edge(message, field->number)
                                   : nullptr;
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
            if (field->type == protobuf::length_delimited &&
                (field->number == 1 || field->number == 2)) {
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

std::optional<std::vector<std::string>> onnx_external_files(const core::RandomAccess& file) {
    return ExternalFiles(file).collect();
}

}  // namespace modelseal::model
