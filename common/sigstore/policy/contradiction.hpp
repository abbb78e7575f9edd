// Demands that no model could fulfil together. Included by .cpp files of this folder only.
#pragma once

#include "common/sigstore/requirements.hpp"

#include <map>
#include <string>
#include <string_view>

namespace modelseal::sigstore {

/// Takes what is demanded of one model, rule by rule. Different rules may be fulfilled by different
/// signatures, but these are about one artifact: what they state of it must not differ.
class ContradictionCheck {
  public:
    explicit ContradictionCheck(std::string_view model) : model_(model) {}

    /// `line` is that of the rule. Errors: usage when it contradicts what was added before, or
    /// itself.
    void add(const Requirements& demanded, std::size_t line);

  private:
    void add_annotation(Requirements& together,
                        const std::string& key,
                        const std::string& value,
                        std::size_t line) const;
    [[noreturn]] void contradicted(std::string_view what, std::size_t line) const;

    std::string model_;
    std::map<std::string, Requirements, std::less<>> by_type_;  // all demands on one kind at once
};

}  // namespace modelseal::sigstore
