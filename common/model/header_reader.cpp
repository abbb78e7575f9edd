#include "common/model/header_reader.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

/// Nested objects and arrays. Spec: serde_json stops at its 128th level.
constexpr std::size_t depth_limit = 127;
/// Keys of __metadata__ that are compared with each other.
constexpr std::size_t metadata_key_limit = std::size_t{1} << 16U;
/// Beyond these, common loaders cannot hold a tensor although its header is valid.
constexpr std::uint64_t loadable_rank = 64;
constexpr std::uint64_t loadable_dimension = (std::uint64_t{1} << 63U) - 1;
constexpr std::string_view metadata_key = "__metadata__";

/// A scalar as the lexer delivers it. `-0` and everything with a sign, point or exponent is
/// `other`, as for the reference reader.
struct Scalar {
    enum class Type { null, text, number, other } type;
    std::uint64_t number = 0;
    std::string* text = nullptr;
};

class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
  public:
    HeaderReader(HeaderText& text, FindingCollector& findings)
        : text_(text),
          findings_(findings),
          limited_(findings.enforces(RuleId::safetensors_limit)) {}

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
    enum class Field { dtype, shape, offsets, unknown };

    /// The entry that is being read.
    struct Entry {
        std::string name;
        std::uint32_t header_offset = 0;
        Field field = Field::unknown;
        std::size_t values = 0;          // of an entry written as a list
        std::array<bool, 3> given = {};  // by Field
        std::uint64_t rank = 0;          // dimensions read
        std::size_t offsets = 0;         // offsets read
        std::size_t dtype_keys = 0;      // of a dtype written as an object
        bool broken = false;
        bool odd_dimension = false;
        Tensor tensor;
    };

    bool scalar(const Scalar& value);
    bool open(bool object);
    Level level_for(bool object);
    Level level_in_entry(bool object);
    bool close();
    void entry_scalar(const Scalar& value);
    void metadata_scalar(const Scalar& value);
    void next_field();
    void set_field(std::string_view name);
    void mark_given();
    bool begin_entry(std::string name);
    void finish_entry();
    void judge_name();
    void judge_shape();
    void set_dtype(std::string_view name);
    void add_dimension(std::uint64_t dimension);
    void add_offset(std::uint64_t offset);
    void break_entry(RuleId rule, std::string_view what);
    void add_metadata(std::string&& value);
    void add(RuleId rule, std::string message);
    bool fail(RuleId rule, std::string message);

    HeaderText& text_;
    FindingCollector& findings_;
    bool limited_;
    HeaderContent content_;
    std::vector<Level> levels_;
    std::string key_;
    Entry entry_;
    bool metadata_given_ = false;
    std::set<std::string, std::less<>> metadata_keys_;
    std::uint64_t metadata_bytes_ = 0;
};

void HeaderReader::add(RuleId rule, std::string message) {
    findings_.add(rule, std::move(message), {.offset = text_.position()});
}

bool HeaderReader::fail(RuleId rule, std::string message) {
    content_.complete = false;
    add(rule, std::move(message));
    return false;
}

void HeaderReader::break_entry(RuleId rule, std::string_view what) {
    entry_.broken = true;
    content_.complete = false;
    findings_.add(rule,
                  concat("the tensor ", in_quotes(entry_.name), ' ', what),
                  {.offset = text_.position(), .tensor = entry_.name});
}

bool HeaderReader::parse_error(std::size_t /*position*/,
                               const std::string& /*token*/,
                               const nlohmann::detail::exception& /*error*/) {
    if (text_.stopped() == HeaderText::Stop::control_byte) {
        return fail(RuleId::safetensors_json, "the header contains a control byte");
    }
    if (text_.stopped() == HeaderText::Stop::long_token) {
        return fail(
            RuleId::safetensors_limit,
            concat("the header contains a string or number of more than ", text_limit, " bytes"));
    }
    return fail(RuleId::safetensors_json, "the header is not one valid JSON object");
}

bool HeaderReader::key(string_t& name) {
    switch (levels_.back()) {
        case Level::top:
            if (name == metadata_key) {
                key_ = std::move(name);
                if (std::exchange(metadata_given_, true)) {
                    add(RuleId::safetensors_metadata, "__metadata__ is given twice");
                    content_.complete = false;
                }
                return true;
            }
            key_.clear();
            return begin_entry(std::move(name));
        case Level::metadata:
            key_ = std::move(name);
            return true;
        case Level::entry:
            set_field(name);
            return true;
        case Level::dtype_object:
            if (++entry_.dtype_keys == 1) {
                set_dtype(name);
            }
            return true;
        default:
            return true;
    }
}

bool HeaderReader::begin_entry(std::string name) {
    entry_ = Entry{};
    entry_.name = std::move(name);
    entry_.header_offset = static_cast<std::uint32_t>(text_.position());
    judge_name();
    if (limited_ && content_.list.tensors.size() == tensor_limit) {
        return fail(RuleId::safetensors_limit,
                    concat("the header lists more than ", tensor_limit, " tensors"));
    }
    return true;
}

void HeaderReader::judge_name() {
    const std::string& name = entry_.name;
    const Place place{.offset = text_.position(), .tensor = name};
    if (name.size() > name_limit) {
        findings_.add(RuleId::safetensors_limit,
                      concat("a tensor name has ", name.size(), " bytes, more than ", name_limit),
                      {.offset = text_.position()});
    }
    if (name.find('\0') != std::string::npos) {
        findings_.add(RuleId::safetensors_nul_in_text,
                      concat("the tensor name ", in_quotes(name), " contains NUL"),
                      place);
    }
    if (std::any_of(name.begin(), name.end(), [](char c) {
            return (static_cast<unsigned char>(c) < 0x20 && c != '\0') || c == 0x7F;
        })) {
        findings_.add(RuleId::safetensors_control_in_name,
                      concat("the tensor name ", in_quotes(name), " contains a control character"),
                      place);
    }
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
            if (!key_.empty()) {
                if (!object) {
                    content_.complete = false;
                    add(RuleId::safetensors_metadata, "__metadata__ is not an object");
                }
                return object ? Level::metadata : Level::skipped;
            }
            if (!object) {
                findings_.add(RuleId::safetensors_array_entry,
                              concat("the tensor ", in_quotes(entry_.name), " is an array"),
                              {.offset = text_.position(), .tensor = entry_.name});
            }
            return object ? Level::entry : Level::entry_list;
        case Level::metadata:
            content_.complete = false;
            add(RuleId::safetensors_metadata,
                concat("the __metadata__ of ", in_quotes(key_), " is not a string"));
            return Level::skipped;
        case Level::entry_list:
            next_field();
            return level_in_entry(object);
        case Level::entry:
            return level_in_entry(object);
        case Level::dtype_object:
            break_entry(RuleId::safetensors_dtype, "has a dtype that is not a name");
            return Level::skipped;
        case Level::shape:
            break_entry(RuleId::safetensors_shape, "has a dimension that is not a number");
            return Level::skipped;
        case Level::offsets:
            break_entry(RuleId::safetensors_offsets, "has an offset that is not a number");
            return Level::skipped;
        case Level::skipped:
            return Level::skipped;
    }
    return Level::skipped;
}

HeaderReader::Level HeaderReader::level_in_entry(bool object) {
    switch (entry_.field) {
        case Field::dtype:
            if (!object) {
                break_entry(RuleId::safetensors_dtype, "has a dtype that is not a string");
                return Level::skipped;
            }
            findings_.add(RuleId::safetensors_object_dtype,
                          concat("the dtype of ", in_quotes(entry_.name), " is an object"),
                          {.offset = text_.position(), .tensor = entry_.name});
            return Level::dtype_object;
        case Field::shape:
            if (object) {
                break_entry(RuleId::safetensors_shape, "has a shape that is not an array");
            }
            return object ? Level::skipped : Level::shape;
        case Field::offsets:
            if (object) {
                break_entry(RuleId::safetensors_offsets, "has data_offsets that are not an array");
            }
            return object ? Level::skipped : Level::offsets;
        case Field::unknown:
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
            return true;
        case Level::entry:
        case Level::entry_list:
            finish_entry();
            return true;
        case Level::offsets:
            if (entry_.offsets < 2) {
                break_entry(RuleId::safetensors_offsets, "has fewer than two data_offsets");
            }
            return true;
        case Level::dtype_object:
            if (entry_.dtype_keys != 1) {
                break_entry(RuleId::safetensors_dtype, "has a dtype that is not one name");
            }
            return true;
        case Level::shape:
            judge_shape();
            return true;
        case Level::metadata:
        case Level::skipped:
            return true;
    }
    return true;
}

bool HeaderReader::scalar(const Scalar& value) {
    switch (levels_.back()) {
        case Level::top:
            if (key_.empty()) {
                break_entry(RuleId::safetensors_entry, "is not an object");
            } else if (value.type == Scalar::Type::null) {
                add(RuleId::safetensors_null_metadata, "__metadata__ is null");
            } else {
                content_.complete = false;
                add(RuleId::safetensors_metadata, "__metadata__ is not an object");
            }
            return true;
        case Level::metadata:
            metadata_scalar(value);
            return true;
        case Level::entry_list:
            next_field();
            entry_scalar(value);
            return true;
        case Level::entry:
            entry_scalar(value);
            return true;
        case Level::dtype_object:
            if (value.type != Scalar::Type::null) {
                break_entry(RuleId::safetensors_dtype, "has a dtype that is not a name");
            }
            return true;
        case Level::shape:
            if (value.type == Scalar::Type::number) {
                add_dimension(value.number);
            } else {
                break_entry(RuleId::safetensors_shape,
                            "has a dimension that is not a plain non-negative integer");
            }
            return true;
        case Level::offsets:
            if (value.type == Scalar::Type::number) {
                add_offset(value.number);
            } else {
                ++entry_.offsets;
                break_entry(RuleId::safetensors_offsets,
                            "has an offset that is not a plain non-negative integer");
            }
            return true;
        case Level::skipped:
            return true;
    }
    return true;
}

void HeaderReader::entry_scalar(const Scalar& value) {
    switch (entry_.field) {
        case Field::dtype:
            if (value.type == Scalar::Type::text) {
                set_dtype(*value.text);
            } else {
                break_entry(RuleId::safetensors_dtype, "has a dtype that is not a string");
            }
            break;
        case Field::shape:
            break_entry(RuleId::safetensors_shape, "has a shape that is not an array");
            break;
        case Field::offsets:
            break_entry(RuleId::safetensors_offsets, "has data_offsets that are not an array");
            break;
        case Field::unknown:
            break;
    }
}

void HeaderReader::metadata_scalar(const Scalar& value) {
    if (value.type == Scalar::Type::text) {
        add_metadata(std::move(*value.text));
        return;
    }
    content_.complete = false;
    add(RuleId::safetensors_metadata,
        concat("the __metadata__ of ", in_quotes(key_), " is not a string"));
}

void HeaderReader::add_metadata(std::string&& value) {
    if (metadata_keys_.contains(key_)) {
        add(RuleId::safetensors_duplicate_metadata,
            concat("the __metadata__ key ", in_quotes(key_), " occurs twice"));
    } else if (metadata_keys_.size() < metadata_key_limit) {
        metadata_keys_.insert(key_);
    } else if (content_.metadata_complete) {
        add(RuleId::safetensors_limit,
            concat("__metadata__ has more than ", metadata_key_limit, " keys"));
        content_.metadata_complete = false;
    }
    metadata_bytes_ += key_.size() + value.size();
    if (metadata_bytes_ > metadata_limit) {
        content_.metadata_complete = false;
    } else {
        content_.metadata.insert_or_assign(key_, std::move(value));
    }
}

void HeaderReader::next_field() {
    switch (entry_.values++) {
        case 0:
            entry_.field = Field::dtype;
            break;
        case 1:
            entry_.field = Field::shape;
            break;
        case 2:
            entry_.field = Field::offsets;
            break;
        default:
            entry_.field = Field::unknown;
            break_entry(RuleId::safetensors_entry, "is an array of more than three values");
            return;
    }
    mark_given();
}

void HeaderReader::set_field(std::string_view name) {
    if (name == "dtype") {
        entry_.field = Field::dtype;
    } else if (name == "shape") {
        entry_.field = Field::shape;
    } else if (name == "data_offsets") {
        entry_.field = Field::offsets;
    } else {
        entry_.field = Field::unknown;
        findings_.add(RuleId::safetensors_unknown_field,
                      concat("the tensor ",
                             in_quotes(entry_.name),
                             " has the field ",
                             in_quotes(name),
                             ", which the format does not know"),
                      {.offset = text_.position(), .tensor = entry_.name});
        return;
    }
    mark_given();
}

void HeaderReader::mark_given() {
    bool& given = entry_.given[static_cast<std::size_t>(entry_.field)];
    if (std::exchange(given, true)) {
        break_entry(RuleId::safetensors_entry, "gives a field twice");
    }
}

void HeaderReader::set_dtype(std::string_view name) {
    if (const auto dtype = parse_dtype(name)) {
        entry_.tensor.dtype = *dtype;
    } else {
        break_entry(RuleId::safetensors_dtype,
                    concat("has the dtype ",
                           in_quotes(name),
                           ", which safetensors 0.8.0 does not know (is it newer?)"));
    }
}

void HeaderReader::add_dimension(std::uint64_t dimension) {
    ++entry_.rank;
    entry_.odd_dimension = entry_.odd_dimension || dimension > loadable_dimension;
    Tensor& tensor = entry_.tensor;
    // In order, as the reference multiplies: [0, 2^64-1, 2^64-1] is fine, the reverse is not.
    if (!tensor.overflow) {
        tensor.overflow = __builtin_mul_overflow(tensor.elements, dimension, &tensor.elements);
    }
}

void HeaderReader::judge_shape() {
    const Place place{.offset = text_.position(), .tensor = entry_.name};
    if (entry_.rank > loadable_rank) {
        findings_.add(RuleId::safetensors_rank,
                      concat("the tensor ",
                             in_quotes(entry_.name),
                             " has ",
                             entry_.rank,
                             " dimensions; common loaders hold at most ",
                             loadable_rank),
                      place);
    }
    if (entry_.odd_dimension) {
        findings_.add(RuleId::safetensors_dimension,
                      concat("the tensor ",
                             in_quotes(entry_.name),
                             " has a dimension of 2^63 or more, which common loaders cannot hold"),
                      place);
    }
}

void HeaderReader::add_offset(std::uint64_t offset) {
    switch (entry_.offsets++) {
        case 0:
            entry_.tensor.begin = offset;
            break;
        case 1:
            entry_.tensor.end = offset;
            break;
        case 2:
            break_entry(RuleId::safetensors_offsets, "has more than two data_offsets");
            break;
        default:
            break;
    }
}

void HeaderReader::finish_entry() {
    constexpr std::array<std::string_view, 3> fields = {"dtype", "shape", "data_offsets"};
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!entry_.given[i]) {
            break_entry(RuleId::safetensors_entry, concat("has no ", fields[i]));
        }
    }
    if (entry_.broken) {
        return;
    }
    Tensor& tensor = entry_.tensor;
    tensor.name_begin = static_cast<std::uint32_t>(content_.list.names.size());
    tensor.name_size = static_cast<std::uint32_t>(entry_.name.size());
    tensor.header_offset = entry_.header_offset;
    content_.list.names += entry_.name;
    content_.list.tensors.push_back(tensor);
}

}  // namespace

HeaderContent read_header(HeaderText& text, FindingCollector& findings) {
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
    nlohmann::json::sax_parse(HeaderIterator(text), HeaderIterator(), &reader);
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
