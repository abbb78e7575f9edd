#include "common/model/safetensors/tensor_entry.hpp"

#include "common/core/text.hpp"
#include "common/model/safetensors/safetensors.hpp"

#include <algorithm>
#include <utility>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

/// Beyond these, common loaders cannot hold a tensor although its header is valid.
constexpr std::uint64_t loadable_rank = 64;
constexpr std::uint64_t loadable_dimension = (std::uint64_t{1} << 63U) - 1;

}  // namespace

void TensorEntry::refuse(RuleId rule, std::string_view what) {
    state_.broken = true;
    content_.complete = false;
    remark(rule, what);
}

void TensorEntry::remark(RuleId rule, std::string_view what) {
    findings_.add(rule,
                  concat("the tensor ", in_quotes(state_.name), ' ', what),
                  {.offset = text_.position(), .tensor = state_.name});
}

void TensorEntry::begin(std::string name) {
    state_ = State{};
    state_.name = std::move(name);
    state_.header_offset = static_cast<std::uint32_t>(text_.position());
    judge_name();
}

void TensorEntry::judge_name() {
    const std::string& name = state_.name;
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

void TensorEntry::begin_field(std::string_view name) {
    if (name == "dtype") {
        state_.field = Field::dtype;
    } else if (name == "shape") {
        state_.field = Field::shape;
    } else if (name == "data_offsets") {
        state_.field = Field::offsets;
    } else {
        state_.field = Field::unknown;
        remark(RuleId::safetensors_unknown_field,
               concat("has the field ", in_quotes(name), ", which the format does not know"));
        return;
    }
    mark_given();
}

void TensorEntry::begin_next_field() {
    switch (state_.values++) {
        case 0:
            state_.field = Field::dtype;
            break;
        case 1:
            state_.field = Field::shape;
            break;
        case 2:
            state_.field = Field::offsets;
            break;
        default:
            state_.field = Field::unknown;
            refuse(RuleId::safetensors_entry, "is an array of more than three values");
            return;
    }
    mark_given();
}

void TensorEntry::mark_given() {
    bool& given = state_.given[static_cast<std::size_t>(state_.field)];
    if (std::exchange(given, true)) {
        refuse(RuleId::safetensors_entry, "gives a field twice");
    }
}

void TensorEntry::take_value(const Scalar& value) {
    switch (state_.field) {
        case Field::dtype:
            if (value.type == Scalar::Type::text) {
                set_dtype(*value.text);
            } else {
                refuse(RuleId::safetensors_dtype, "has a dtype that is not a string");
            }
            break;
        case Field::shape:
            refuse(RuleId::safetensors_shape, "has a shape that is not an array");
            break;
        case Field::offsets:
            refuse(RuleId::safetensors_offsets, "has data_offsets that are not an array");
            break;
        case Field::unknown:
            break;
    }
}

void TensorEntry::begin_dtype_object() {
    findings_.add(RuleId::safetensors_object_dtype,
                  concat("the dtype of ", in_quotes(state_.name), " is an object"),
                  {.offset = text_.position(), .tensor = state_.name});
}

void TensorEntry::take_dtype_key(std::string_view name) {
    if (++state_.dtype_keys == 1) {
        set_dtype(name);
    }
}

void TensorEntry::take_dtype_value(const Scalar& value) {
    if (value.type != Scalar::Type::null) {
        refuse(RuleId::safetensors_dtype, "has a dtype that is not a name");
    }
}

void TensorEntry::end_dtype_object() {
    if (state_.dtype_keys != 1) {
        refuse(RuleId::safetensors_dtype, "has a dtype that is not one name");
    }
}

void TensorEntry::set_dtype(std::string_view name) {
    if (const auto dtype = parse_dtype(name)) {
        state_.tensor.dtype = *dtype;
    } else {
        refuse(RuleId::safetensors_dtype,
               concat("has the dtype ",
                      in_quotes(name),
                      ", which safetensors 0.8.0 does not know (is it newer?)"));
    }
}

void TensorEntry::take_dimension(const Scalar& value) {
    if (value.type == Scalar::Type::number) {
        add_dimension(value.number);
    } else {
        refuse(RuleId::safetensors_shape,
               "has a dimension that is not a plain non-negative integer");
    }
}

void TensorEntry::add_dimension(std::uint64_t dimension) {
    ++state_.rank;
    state_.odd_dimension = state_.odd_dimension || dimension > loadable_dimension;
    Tensor& tensor = state_.tensor;
    // In order, as the reference multiplies: [0, 2^64-1, 2^64-1] is fine, the reverse is not.
    if (!tensor.overflow) {
        tensor.overflow = __builtin_mul_overflow(tensor.elements, dimension, &tensor.elements);
    }
}

void TensorEntry::end_shape() {
    if (state_.rank > loadable_rank) {
        remark(
            RuleId::safetensors_rank,
            concat(
                "has ", state_.rank, " dimensions; common loaders hold at most ", loadable_rank));
    }
    if (state_.odd_dimension) {
        remark(RuleId::safetensors_dimension,
               "has a dimension of 2^63 or more, which common loaders cannot hold");
    }
}

void TensorEntry::take_offset(const Scalar& value) {
    if (value.type == Scalar::Type::number) {
        add_offset(value.number);
    } else {
        ++state_.offsets;
        refuse(RuleId::safetensors_offsets,
               "has an offset that is not a plain non-negative integer");
    }
}

void TensorEntry::add_offset(std::uint64_t offset) {
    switch (state_.offsets++) {
        case 0:
            state_.tensor.begin = offset;
            break;
        case 1:
            state_.tensor.end = offset;
            break;
        case 2:
            refuse(RuleId::safetensors_offsets, "has more than two data_offsets");
            break;
        default:
            break;
    }
}

void TensorEntry::end_offsets() {
    if (state_.offsets < 2) {
        refuse(RuleId::safetensors_offsets, "has fewer than two data_offsets");
    }
}

void TensorEntry::end() {
    constexpr std::array<std::string_view, 3> fields = {"dtype", "shape", "data_offsets"};
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!state_.given[i]) {
            refuse(RuleId::safetensors_entry, concat("has no ", fields[i]));
        }
    }
    if (state_.broken) {
        return;
    }
    Tensor& tensor = state_.tensor;
    tensor.name_begin = static_cast<std::uint32_t>(content_.list.names.size());
    tensor.name_size = static_cast<std::uint32_t>(state_.name.size());
    tensor.header_offset = state_.header_offset;
    content_.list.names += state_.name;
    content_.list.tensors.push_back(tensor);
}

}  // namespace modelseal::model
