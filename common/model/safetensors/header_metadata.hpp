// The `__metadata__` of a safetensors header: strings by name.
#pragma once

#include "common/model/findings/finding.hpp"
#include "common/model/safetensors/header_content.hpp"
#include "common/model/safetensors/json_text.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace modelseal::model {

inline constexpr std::string_view metadata_key = "__metadata__";

/// Takes it piece by piece, in the order of the text, adds a finding for each rule that is broken,
/// and keeps no more than `metadata_limit` bytes.
class HeaderMetadata {
  public:
    HeaderMetadata(const JsonText& text, FindingCollector& findings, HeaderContent& content)
        : text_(text), findings_(findings), content_(content) {}

    /// The key `__metadata__` itself.
    void begin();
    /// It is null.
    void accept_null();
    /// It is neither an object nor null.
    void refuse();

    void take_key(std::string key) { key_ = std::move(key); }

    /// The value of the last key.
    void take_value(std::string value);
    /// The value of the last key is not a string.
    void refuse_value();

  private:
    void add(RuleId rule, std::string message);

    const JsonText& text_;
    FindingCollector& findings_;
    HeaderContent& content_;
    std::string key_;
    bool given_ = false;
    std::set<std::string, std::less<>> keys_;
    bool too_many_keys_ = false;
    std::uint64_t bytes_ = 0;
};

}  // namespace modelseal::model
