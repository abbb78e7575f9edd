// Typed access to the values of a policy document, with errors that say where and what.
#pragma once

#include "common/core/time.hpp"
#include "common/sigstore/policy/document.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

/// The members of a mapping whose keys are all known.
class Fields {
  public:
    /// `what` names the mapping in messages ("a rule"). Refers to `node`, which must outlive it.
    /// Errors: malformed when it is no mapping, is empty, or has a key that is not in `known`.
    Fields(const Node& node, std::string_view what, std::initializer_list<std::string_view> known);

    /// nullptr when absent.
    [[nodiscard]] const Node* find(std::string_view key) const noexcept;

    [[nodiscard]] bool has(std::string_view key) const noexcept { return find(key) != nullptr; }

    /// Errors: malformed when absent.
    [[nodiscard]] const Node& require(std::string_view key) const;

    [[nodiscard]] Position position() const noexcept { return node_.position; }

  private:
    const Node& node_;
    std::string what_;
};

/// One line of text: not empty, no control characters, no space at either end, at most 2048 bytes.
/// What YAML calls a number or a boolean is text as well where text is wanted; in JSON it is not.
/// Errors: malformed.
[[nodiscard]] std::string text_of(const Node& node, std::string_view what);

/// As text_of(), in visible ASCII without spaces, so that no two texts look alike.
[[nodiscard]] std::string ascii_of(const Node& node, std::string_view what);

/// A whole number in decimal digits, without quotes. Errors: malformed.
[[nodiscard]] std::uint64_t number_of(const Node& node, std::string_view what);

/// `true` or `false`, without quotes. Errors: malformed.
[[nodiscard]] bool flag_of(const Node& node, std::string_view what);

/// RFC 3339 with time and offset. Errors: malformed.
[[nodiscard]] core::Timestamp time_of(const Node& node, std::string_view what);

/// The items of a list with at least one: an empty list would read as "anything".
/// Errors: malformed.
[[nodiscard]] const std::vector<Node>& list_of(const Node& node, std::string_view what);

/// Words of `allowed`, each at most once. Errors: malformed.
[[nodiscard]] std::vector<std::string> words_of(const Node& node,
                                                std::string_view what,
                                                std::initializer_list<std::string_view> allowed);

/// That the field `schema` is there and says this. Errors: malformed.
void require_schema(const Fields& fields, std::string_view schema);

}  // namespace modelseal::sigstore
