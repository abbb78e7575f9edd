#include "common/model/safetensors/header_metadata.hpp"

#include "common/core/text.hpp"
#include "common/model/safetensors/safetensors.hpp"

#include <utility>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

/// Keys that are compared with each other.
constexpr std::size_t key_limit = std::size_t{1} << 16U;

}  // namespace

void HeaderMetadata::add(RuleId rule, std::string message) {
    findings_.add(rule, std::move(message), {.offset = text_.position()});
}

void HeaderMetadata::begin() {
    if (std::exchange(given_, true)) {
        add(RuleId::safetensors_metadata, "__metadata__ is given twice");
        content_.complete = false;
    }
}

void HeaderMetadata::accept_null() {
    add(RuleId::safetensors_null_metadata, "__metadata__ is null");
}

void HeaderMetadata::refuse() {
    content_.complete = false;
    add(RuleId::safetensors_metadata, "__metadata__ is not an object");
}

void HeaderMetadata::take_value(std::string value) {
    if (keys_.contains(key_)) {
        add(RuleId::safetensors_duplicate_metadata,
            concat("the __metadata__ key ", in_quotes(key_), " occurs twice"));
    } else if (keys_.size() < key_limit) {
        keys_.insert(key_);
    } else if (!std::exchange(too_many_keys_, true)) {
        add(RuleId::safetensors_limit, concat("__metadata__ has more than ", key_limit, " keys"));
        content_.metadata_complete = false;
    }
    bytes_ += key_.size() + value.size();
    if (bytes_ > metadata_limit) {
        content_.metadata_complete = false;
    } else {
        content_.metadata.insert_or_assign(key_, std::move(value));
    }
}

void HeaderMetadata::refuse_value() {
    content_.complete = false;
    add(RuleId::safetensors_metadata,
        concat("the __metadata__ of ", in_quotes(key_), " is not a string"));
}

}  // namespace modelseal::model
