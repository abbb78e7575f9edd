// One entry of a safetensors header: a tensor's dtype, shape and place in the data.
#pragma once

#include "common/model/findings/finding.hpp"
#include "common/model/safetensors/header_content.hpp"
#include "common/model/safetensors/json_text.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace modelseal::model {

/// A scalar as the lexer delivers it. `-0` and everything with a sign, point or exponent is
/// `other`, as for the reference reader.
struct Scalar {
    enum class Type { null, text, number, other } type = Type::other;
    std::uint64_t number = 0;
    std::string* text = nullptr;
};

/// Takes an entry piece by piece, in the order of the text, adds a finding for each rule that is
/// broken, and at its end the tensor to the content. One object serves all entries, one by one.
class TensorEntry {
  public:
    enum class Field { dtype, shape, offsets, unknown };

    TensorEntry(const JsonText& text, FindingCollector& findings, HeaderContent& content)
        : text_(text), findings_(findings), content_(content) {}

    /// The entry's name, just behind which the text stands.
    void begin(std::string name);
    void end();

    /// The field that is being read.
    [[nodiscard]] Field field() const noexcept { return state_.field; }

    /// Starts the field with this name.
    void begin_field(std::string_view name);
    /// Starts the next field of an entry that is written as an array.
    void begin_next_field();
    /// The field is a scalar.
    void take_value(const Scalar& value);

    /// A dtype that is written as an object: one key, the name, whose value is null.
    void begin_dtype_object();
    void take_dtype_key(std::string_view name);
    void take_dtype_value(const Scalar& value);
    void end_dtype_object();

    void take_dimension(const Scalar& value);
    void end_shape();

    void take_offset(const Scalar& value);
    void end_offsets();

    /// Adds a finding that hides the tensor: "the tensor NAME `what`".
    void refuse(RuleId rule, std::string_view what);

    /// The same, and the tensor remains.
    void remark(RuleId rule, std::string_view what);

  private:
    /// What was read of the entry so far.
    struct State {
        std::string name;
        std::uint32_t header_offset = 0;
        Field field = Field::unknown;
        std::size_t values = 0;          // of an entry written as an array
        std::array<bool, 3> given = {};  // by Field
        std::uint64_t rank = 0;          // dimensions read
        std::size_t offsets = 0;         // offsets read
        std::size_t dtype_keys = 0;      // of a dtype written as an object
        bool broken = false;
        bool odd_dimension = false;
        Tensor tensor;
    };

    void judge_name();
    void mark_given();
    void set_dtype(std::string_view name);
    void add_dimension(std::uint64_t dimension);
    void add_offset(std::uint64_t offset);

    const JsonText& text_;
    FindingCollector& findings_;
    HeaderContent& content_;
    State state_;
};

}  // namespace modelseal::model
