#include "common/model/safetensors/header_reader.hpp"

#include "common/core/text.hpp"
#include "common/model/safetensors/header_metadata.hpp"
#include "common/model/safetensors/safetensors.hpp"
#include "common/model/safetensors/tensor_entry.hpp"

#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

using core::concat;

/// Nested objects and arrays. Spec: serde_json stops at its 128th level.
constexpr std::size_t depth_limit = 127;

class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
  public:
    HeaderReader(JsonText& text, FindingCollector& findings)
        : text_(text),
          findings_(findings),
          limited_(findings.enforces(RuleId::safetensors_limit)),
          metadata_(text, findings, content_),
          entry_(text, findings, content_) {}

    bool null() override { return scalar({Scalar::Type::null}); }

    bool boolean(bool /*value*/) override { return scalar({Scalar::Type::other}); }

    bool number_integer(number_integer_t /*value*/) override {
        return scalar({Scalar::Type::other});
    }

    bool number_unsigned(number_unsigned_t value) override {
        return scalar({Scalar::Type::number, value});
    }

    bool number_float(number_float_t /*value*/, const string_t& /*literal*/) override {
        return scalar({Scalar::Type::other});
    }

    bool string(string_t& value) override { return scalar({Scalar::Type::text, 0, &value}); }

    bool binary(binary_t& /*value*/) override { return scalar({Scalar::Type::other}); }

    bool start_object(std::size_t /*size*/) override { return open(true); }

    bool start_array(std::size_t /*size*/) override { return open(false); }

    bool end_object() override { return close(); }

    bool end_array() override { return close(); }

    bool key(string_t& name) override;
    bool parse_error(std::size_t position,
                     const std::string& token,
                     const nlohmann::detail::exception& error) override;

    [[nodiscard]] HeaderContent take() { return std::move(content_); }

  private:
    enum class Level { top, metadata, entry, entry_list, dtype_object, shape, offsets, skipped };

    bool scalar(const Scalar& value);
    void top_scalar(const Scalar& value);
    bool open(bool object);
    Level level_for(bool object);
    Level level_at_top(bool object);
    Level level_in_entry(bool object);
    bool close();
    bool top_key(std::string name);
    bool fail(RuleId rule, std::string message);

    JsonText& text_;
    FindingCollector& findings_;
    bool limited_;
    HeaderContent content_;
    std::vector<Level> levels_;
    bool at_metadata_ = false;  // the last key at the top is __metadata__, not a tensor
    HeaderMetadata metadata_;
    TensorEntry entry_;
};

bool HeaderReader::fail(RuleId rule, std::string message) {
    content_.complete = false;
    findings_.add(rule, std::move(message), {.offset = text_.position()});
    return false;
}

bool HeaderReader::parse_error(std::size_t /*position*/,
                               const std::string& /*token*/,
                               const nlohmann::detail::exception& /*error*/) {
    if (text_.stopped() == JsonText::Stop::control_byte) {
        return fail(RuleId::safetensors_json, "the header contains a control byte");
    }
    if (text_.stopped() == JsonText::Stop::long_token) {
        return fail(
            RuleId::safetensors_limit,
            concat("the header contains a string or number of more than ", text_limit, " bytes"));
    }
    return fail(RuleId::safetensors_json, "the header is not one valid JSON object");
}

bool HeaderReader::key(string_t& name) {
    switch (levels_.back()) {
        case Level::top:
            return top_key(std::move(name));
        case Level::metadata:
            metadata_.take_key(std::move(name));
            return true;
        case Level::entry:
            entry_.begin_field(name);
            return true;
        case Level::dtype_object:
            entry_.take_dtype_key(name);
            return true;
        default:
            return true;
    }
}

bool HeaderReader::top_key(std::string name) {
    at_metadata_ = name == metadata_key;
    if (at_metadata_) {
        metadata_.begin();
        return true;
    }
    entry_.begin(std::move(name));
    if (limited_ && content_.list.tensors.size() == tensor_limit) {
        return fail(RuleId::safetensors_limit,
                    concat("the header lists more than ", tensor_limit, " tensors"));
    }
    return true;
}

bool HeaderReader::open(bool object) {
    if (levels_.size() == depth_limit) {
        return fail(RuleId::safetensors_depth,
                    concat("the header is nested deeper than ", depth_limit, " levels"));
    }
    levels_.push_back(levels_.empty() ? Level::top : level_for(object));
    return true;
}

/// What an object or array means where it stands; a finding when it means nothing.
HeaderReader::Level HeaderReader::level_for(bool object) {
    switch (levels_.back()) {
        case Level::top:
            return level_at_top(object);
        case Level::metadata:
            metadata_.refuse_value();
            return Level::skipped;
        case Level::entry_list:
            entry_.begin_next_field();
            return level_in_entry(object);
        case Level::entry:
            return level_in_entry(object);
        case Level::dtype_object:
            entry_.refuse(RuleId::safetensors_dtype, "has a dtype that is not a name");
            return Level::skipped;
        case Level::shape:
            entry_.refuse(RuleId::safetensors_shape, "has a dimension that is not a number");
            return Level::skipped;
        case Level::offsets:
            entry_.refuse(RuleId::safetensors_offsets, "has an offset that is not a number");
            return Level::skipped;
        case Level::skipped:
            return Level::skipped;
    }
    return Level::skipped;
}

HeaderReader::Level HeaderReader::level_at_top(bool object) {
    if (at_metadata_) {
        if (!object) {
            metadata_.refuse();
        }
        return object ? Level::metadata : Level::skipped;
    }
    if (!object) {
        entry_.remark(RuleId::safetensors_array_entry, "is an array");
    }
    return object ? Level::entry : Level::entry_list;
}

HeaderReader::Level HeaderReader::level_in_entry(bool object) {
    switch (entry_.field()) {
        case TensorEntry::Field::dtype:
            if (!object) {
                entry_.refuse(RuleId::safetensors_dtype, "has a dtype that is not a string");
                return Level::skipped;
            }
            entry_.begin_dtype_object();
            return Level::dtype_object;
        case TensorEntry::Field::shape:
            if (object) {
                entry_.refuse(RuleId::safetensors_shape, "has a shape that is not an array");
            }
            return object ? Level::skipped : Level::shape;
        case TensorEntry::Field::offsets:
            if (object) {
                entry_.refuse(RuleId::safetensors_offsets,
                              "has data_offsets that are not an array");
            }
            return object ? Level::skipped : Level::offsets;
        case TensorEntry::Field::unknown:
            break;
    }
    return Level::skipped;
}

bool HeaderReader::close() {
    const Level closed = levels_.back();
    levels_.pop_back();
    switch (closed) {
        case Level::top:
            text_.watch_space();
            break;
        case Level::entry:
        case Level::entry_list:
            entry_.end();
            break;
        case Level::offsets:
            entry_.end_offsets();
            break;
        case Level::dtype_object:
            entry_.end_dtype_object();
            break;
        case Level::shape:
            entry_.end_shape();
            break;
        case Level::metadata:
        case Level::skipped:
            break;
    }
    return true;
}

bool HeaderReader::scalar(const Scalar& value) {
    switch (levels_.back()) {
        case Level::top:
            top_scalar(value);
            break;
        case Level::metadata:
            if (value.type == Scalar::Type::text) {
                metadata_.take_value(std::move(*value.text));
            } else {
                metadata_.refuse_value();
            }
            break;
        case Level::entry_list:
            entry_.begin_next_field();
            entry_.take_value(value);
            break;
        case Level::entry:
            entry_.take_value(value);
            break;
        case Level::dtype_object:
            entry_.take_dtype_value(value);
            break;
        case Level::shape:
            entry_.take_dimension(value);
            break;
        case Level::offsets:
            entry_.take_offset(value);
            break;
        case Level::skipped:
            break;
    }
    return true;
}

void HeaderReader::top_scalar(const Scalar& value) {
    if (!at_metadata_) {
        entry_.refuse(RuleId::safetensors_entry, "is not an object");
    } else if (value.type == Scalar::Type::null) {
        metadata_.accept_null();
    } else {
        metadata_.refuse();
    }
}

}  // namespace

HeaderContent read_header(JsonText& text, FindingCollector& findings) {
    HeaderReader reader(text, findings);
    if (text.at_end() || text.peek() != '{') {
        // nlohmann would skip a byte order mark, and accept any other value.
        findings.add(RuleId::safetensors_json,
                     "the header does not begin with '{'",
                     {.offset = text.position()});
        HeaderContent nothing;
        nothing.complete = false;
        return nothing;
    }
    nlohmann::json::sax_parse(JsonIterator(text), JsonIterator(), &reader);
    HeaderContent content = reader.take();
    if (content.complete && text.stopped()) {
        content.complete = false;
        findings.add(RuleId::safetensors_json,
                     "a control byte follows the header's JSON",
                     {.offset = text.position()});
    }
    return content;
}

}  // namespace modelseal::model
