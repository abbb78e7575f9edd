#include "common/sigstore/policy/fields.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;

constexpr std::size_t text_limit = 2048;  // bytes

std::string listed(std::initializer_list<std::string_view> words) {
    return core::join(std::vector<std::string>(words.begin(), words.end()), ", ");
}

const Node& require_scalar(const Node& node, std::string_view what) {
    if (node.kind != Node::Kind::scalar) {
        refuse_at(
            node.position,
            concat(
                what, " is one value, not a ", node.kind == Node::Kind::list ? "list" : "mapping"));
    }
    return node;
}

const Node& require_unquoted(const Node& node, std::string_view what) {
    if (require_scalar(node, what).style == ScalarStyle::quoted) {
        refuse_at(node.position, concat(what, " stands without quotes"));
    }
    return node;
}

}  // namespace

Fields::Fields(const Node& node,
               std::string_view what,
               std::initializer_list<std::string_view> known)
    : node_(node), what_(what) {
    if (node.kind != Node::Kind::mapping || node.members.empty()) {
        refuse_at(node.position, concat(what, " is a mapping of ", listed(known)));
    }
    for (const Member& member : node.members) {
        if (std::find(known.begin(), known.end(), member.key) == known.end()) {
            refuse_at(member.position,
                      concat(what, " has no ", in_quotes(member.key), ", only ", listed(known)));
        }
    }
}

const Node* Fields::find(std::string_view key) const noexcept {
    const auto found = std::find_if(node_.members.begin(),
                                    node_.members.end(),
                                    [&](const Member& member) { return member.key == key; });
    return found == node_.members.end() ? nullptr : &found->value;
}

const Node& Fields::require(std::string_view key) const {
    if (const Node* value = find(key)) {
        return *value;
    }
    refuse_at(node_.position, concat(what_, " needs ", in_quotes(key)));
}

std::string text_of(const Node& node, std::string_view what) {
    const std::string& text = require_scalar(node, what).text;
    if (node.style == ScalarStyle::literal) {
        refuse_at(node.position, concat(what, " is text, which stands in quotes in JSON"));
    }
    if (text.empty()) {
        refuse_at(node.position, concat(what, " is empty"));
    }
    if (text.size() > text_limit) {
        refuse_at(node.position, concat(what, " is longer than ", text_limit, " bytes"));
    }
    if (core::trim(text) != text || core::printable(text, text.size()) != text) {
        refuse_at(node.position,
                  concat(what,
                         " has a line break, a control character or a space at an end: ",
                         in_quotes(text)));
    }
    return text;
}

std::string ascii_of(const Node& node, std::string_view what) {
    std::string text = text_of(node, what);
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; })) {
        refuse_at(node.position,
                  concat(what, " has a space or a character beyond ASCII: ", in_quotes(text)));
    }
    return text;
}

std::uint64_t number_of(const Node& node, std::string_view what) {
    const auto number = core::parse_decimal(require_unquoted(node, what).text);
    if (!number) {
        refuse_at(node.position,
                  concat(what, " is a whole number in digits, not ", in_quotes(node.text)));
    }
    return *number;
}

bool flag_of(const Node& node, std::string_view what) {
    const std::string& text = require_unquoted(node, what).text;
    if (text != "true" && text != "false") {
        refuse_at(node.position, concat(what, " is true or false, not ", in_quotes(text)));
    }
    return text == "true";
}

core::Timestamp time_of(const Node& node, std::string_view what) {
    const std::string text = text_of(node, what);
    try {
        return core::Timestamp::parse(text);
    } catch (const core::Error&) {
        refuse_at(node.position,
                  concat(what, " is a time such as 2027-01-31T00:00:00Z, not ", in_quotes(text)));
    }
}

const std::vector<Node>& list_of(const Node& node, std::string_view what) {
    if (node.kind != Node::Kind::list) {
        refuse_at(node.position, concat(what, " is a list"));
    }
    if (node.items.empty()) {
        refuse_at(node.position, concat(what, " is an empty list"));
    }
    return node.items;
}

std::vector<std::string> words_of(const Node& node,
                                  std::string_view what,
                                  std::initializer_list<std::string_view> allowed) {
    std::vector<std::string> words;
    for (const Node& item : list_of(node, what)) {
        std::string word = text_of(item, what);
        if (std::find(allowed.begin(), allowed.end(), word) == allowed.end()) {
            refuse_at(item.position,
                      concat(what, " holds ", listed(allowed), ", not ", in_quotes(word)));
        }
        if (std::find(words.begin(), words.end(), word) != words.end()) {
            refuse_at(item.position, concat(what, " names ", in_quotes(word), " twice"));
        }
        words.push_back(std::move(word));
    }
    return words;
}

void require_schema(const Fields& fields, std::string_view schema) {
    const Node& node = fields.require("schema");
    const std::string stated = text_of(node, "schema");
    if (stated != schema) {
        refuse_at(node.position, concat("schema is ", schema, ", not ", in_quotes(stated)));
    }
}

}  // namespace modelseal::sigstore
