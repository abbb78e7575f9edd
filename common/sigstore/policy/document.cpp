#include "common/sigstore/policy/document.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <sstream>
#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

std::string located(Position position, std::string_view why) {
    return concat("line ", position.line, ", column ", position.column, ": ", why);
}

[[noreturn]] void refuse_limit(Position position, std::string_view why) {
    throw Error(ErrorKind::malformed, core::Reason::limit_exceeded, located(position, why));
}

/// yaml-cpp counts from 0, and has a mark that is nowhere.
Position position_of(const YAML::Mark& mark) noexcept {
    if (mark.is_null()) {
        return {};
    }
    return {.line = static_cast<std::size_t>(mark.line) + 1,
            .column = static_cast<std::size_t>(mark.column) + 1};
}

/// Refuses what a reader of the text would not see. yaml-cpp, for one, takes the character U+0004
/// for the end of the text.
void check_line(std::string_view line, std::size_t number) {
    if (line.starts_with('%')) {
        refuse_at({.line = number}, "directives (%) are not allowed");
    }
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    std::size_t column = 1;
    for (const std::string& piece : core::split(line, '\t')) {
        // Nothing in it needs an escape exactly if it is printable as it is.
        const std::string shown = core::printable(piece, piece.size());
        if (shown != piece) {
            std::size_t same = 0;
            while (same < piece.size() && shown[same] == piece[same]) {
                ++same;
            }
            refuse_at({.line = number, .column = column + same},
                      "a character that is not UTF-8, controls the terminal or reorders the text");
        }
        column += piece.size() + 1;
    }
}

/// Whether the quoted text that begins at `offset` ends. yaml-cpp takes the end of the input for
/// the missing quote, and a value that was cut off for the whole one.
bool is_closed(std::string_view text, std::size_t offset) noexcept {
    const char quote = text[offset];
    for (std::size_t i = offset + 1; i < text.size(); ++i) {
        if (quote == '"' && text[i] == '\\') {
            ++i;
        } else if (quote == '\'' && text.substr(i, 2) == "''") {
            ++i;
        } else if (text[i] == quote) {
            return true;
        }
    }
    return false;
}

void check_characters(std::string_view text) {
    std::size_t number = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        check_line(text.substr(0, end), ++number);
        if (end == std::string_view::npos) {
            return;
        }
        text.remove_prefix(end + 1);
    }
}

/// Builds the tree from the parser's events, so that what is refused stops the parse at once.
class Builder final : public YAML::EventHandler {
  public:
    Builder(std::string_view text, bool is_json) : text_(text), is_json_(is_json) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            refuse_at(position_of(mark), "a second document begins here");
        }
    }

    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        check_plain(mark, "", anchor);
        refuse_at(position_of(mark), "a value is missing or null");
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        refuse_at(position_of(mark), "aliases (*) are not allowed");
    }

    void OnScalar(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  const std::string& value) override {
        check_plain(mark, tag, anchor);
        const Position position = position_of(mark);
        const auto offset = static_cast<std::size_t>(mark.pos);
        const bool begins_with_quote =
            offset < text_.size() && (text_[offset] == '"' || text_[offset] == '\'');
        if (begins_with_quote && !is_closed(text_, offset)) {
            refuse_at(position, "not valid YAML: the quote that begins here has no end");
        }
        if (wants_key()) {
            add_key(position, value);
            return;
        }
        Node node{.kind = Node::Kind::scalar, .position = position, .text = value};
        const bool is_plain = tag == plain_tag;
        node.style = !is_plain  ? ScalarStyle::quoted
                     : is_json_ ? ScalarStyle::literal
                                : ScalarStyle::plain;
        place(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark,
                         const std::string& tag,
                         YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(Node::Kind::list, mark, tag, anchor);
    }

    void OnSequenceEnd() override { open_.pop_back(); }

    void OnMapStart(const YAML::Mark& mark,
                    const std::string& tag,
                    YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(Node::Kind::mapping, mark, tag, anchor);
    }

    void OnMapEnd() override { open_.pop_back(); }

    [[nodiscard]] Node take() {
        if (documents_ == 0 || values_ == 0) {
            refuse_at({}, "the document is empty");
        }
        return std::move(root_);
    }

  private:
    struct Level {
        Node* node;
        std::unordered_set<std::string> keys;
        bool key_is_read = false;  // in a mapping: the next value belongs to the last key
    };

    static constexpr std::string_view plain_tag = "?";
    static constexpr std::string_view quoted_tag = "!";

    /// Neither anchor nor tag. "!" alone has the tag that quotes have, so the text itself is asked.
    void check_plain(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor) const {
        if (anchor != YAML::NullAnchor) {
            refuse_at(position_of(mark), "anchors (&) are not allowed");
        }
        const auto offset = static_cast<std::size_t>(mark.pos);
        const bool begins_with_tag = offset < text_.size() && text_[offset] == '!';
        if (begins_with_tag || (!tag.empty() && tag != plain_tag && tag != quoted_tag)) {
            refuse_at(position_of(mark), "tags (!) are not allowed");
        }
    }

    [[nodiscard]] bool wants_key() const noexcept {
        return !open_.empty() && open_.back().node->kind == Node::Kind::mapping &&
               !open_.back().key_is_read;
    }

    void add_key(Position position, const std::string& key) {
        Level& level = open_.back();
        if (!level.keys.insert(key).second) {
            refuse_at(position, concat("the key ", in_quotes(key), " occurs twice"));
        }
        level.node->members.push_back({.key = key, .position = position, .value = {}});
        level.key_is_read = true;
    }

    Node* place(Node&& node) {
        if (++values_ > document_value_limit) {
            refuse_limit(node.position,
                         concat("it holds more than ", document_value_limit, " values"));
        }
        if (open_.empty()) {
            root_ = std::move(node);
            return &root_;
        }
        Level& level = open_.back();
        if (level.node->kind == Node::Kind::list) {
            level.node->items.push_back(std::move(node));
            return &level.node->items.back();
        }
        level.key_is_read = false;
        level.node->members.back().value = std::move(node);
        return &level.node->members.back().value;
    }

    void open(Node::Kind kind,
              const YAML::Mark& mark,
              const std::string& tag,
              YAML::anchor_t anchor) {
        check_plain(mark, tag, anchor);
        const Position position = position_of(mark);
        if (wants_key()) {
            refuse_at(position, "a key is a text, not a list or mapping");
        }
        if (open_.size() >= document_depth_limit) {
            refuse_limit(position, concat("nested deeper than ", document_depth_limit, " levels"));
        }
        // The parent's vector does not grow while a child is open, so the pointer stays true.
        open_.push_back({.node = place({.kind = kind, .position = position}), .keys = {}});
    }

    std::string_view text_;
    bool is_json_;
    int documents_ = 0;
    std::size_t values_ = 0;
    Node root_;
    std::vector<Level> open_;
};

Node build(std::string_view text, bool is_json) {
    std::istringstream stream{std::string(text)};
    Builder builder(text, is_json);
    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        refuse_at(position_of(error.mark), concat("not valid YAML: ", error.msg));
    }
    return builder.take();
}

}  // namespace

void refuse_at(Position position, std::string_view why) {
    throw Error(ErrorKind::malformed, located(position, why));
}

void contradiction_at(Position position, std::string_view why) {
    throw Error(ErrorKind::usage, located(position, why));
}

Node parse_document(std::string_view text) {
    if (text.size() > document_size_limit) {
        throw Error(ErrorKind::malformed,
                    core::Reason::limit_exceeded,
                    concat(text.size(), " bytes are more than the limit of ", document_size_limit));
    }
    check_characters(text);
    const bool is_json = core::trim(text).starts_with('{');
    if (!is_json && !text.ends_with('\n')) {
        const auto lines = core::split(text, '\n');
        refuse_at({.line = lines.size(), .column = lines.back().size() + 1},
                  "the last line has no end: the text may be cut off");
    }
    Node root = build(text, is_json);
    if (is_json) {
        // Refuses what YAML reads between braces and JSON does not have.
        static_cast<void>(
            core::parse_json(text, {.size = document_size_limit, .depth = document_depth_limit}));
    }
    return root;
}

}  // namespace modelseal::sigstore
