#include "common/model/safetensors/safetensors.hpp"

#include "common/core/text.hpp"
#include "common/model/safetensors/header_reader.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

constexpr std::uint64_t length_field = 8;

std::uint64_t little_endian(std::span<const std::byte> bytes) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = length_field; i-- > 0;) {
        value = value << 8U | std::to_integer<std::uint64_t>(bytes[i]);
    }
    return value;
}

/// The header's length when it fits the file; otherwise a finding and nothing.
std::optional<std::uint64_t> read_length(const core::RandomAccess& file,
                                         FindingCollector& findings) {
    std::array<std::byte, length_field> field{};
    if (file.size() < length_field || file.read_at(0, field) != field.size()) {
        findings.add(RuleId::safetensors_too_small,
                     concat("the file has ", file.size(), " bytes; 8 are the least"),
                     {.offset = 0});
        return std::nullopt;
    }
    const std::uint64_t length = little_endian(field);
    if (length > header_limit) {
        findings.add(RuleId::safetensors_header_too_large,
                     concat("the first 8 bytes say that the header has ",
                            length,
                            " bytes, more than ",
                            header_limit,
                            "; is this a safetensors file?"),
                     {.offset = 0});
        return std::nullopt;
    }
    if (length > file.size() - length_field) {
        findings.add(RuleId::safetensors_header_length,
                     concat("the header should have ",
                            length,
                            " bytes, but only ",
                            file.size() - length_field,
                            " follow its length; was the file cut off?"),
                     {.offset = 0});
        return std::nullopt;
    }
    return length;
}

/// Leaves the last entry of each name, as the reference reader does; a finding for the others.
void drop_duplicates(TensorList& list, FindingCollector& findings) {
    std::vector<Tensor>& tensors = list.tensors;
    std::sort(tensors.begin(), tensors.end(), [&](const Tensor& a, const Tensor& b) {
        const int order = list.name_of(a).compare(list.name_of(b));
        return order != 0 ? order < 0 : a.header_offset > b.header_offset;
    });
    const auto is_repeated = [&](const Tensor& last, const Tensor& earlier) {
        if (list.name_of(last) != list.name_of(earlier)) {
            return false;
        }
        const std::string name(list.name_of(last));
        findings.add(RuleId::safetensors_duplicate_name,
                     concat("the tensor name ", in_quotes(name), " occurs twice"),
                     {.offset = last.header_offset, .tensor = name});
        return true;
    };
    tensors.erase(std::unique(tensors.begin(), tensors.end(), is_repeated), tensors.end());
}

/// dtype, shape and data_offsets of one tensor against each other.
void check_size(const TensorList& list, const Tensor& tensor, FindingCollector& findings) {
    const std::string name(list.name_of(tensor));
    const Place place{.offset = tensor.header_offset, .tensor = name};
    std::uint64_t bits = 0;
    if (tensor.overflow ||
        __builtin_mul_overflow(tensor.elements, std::uint64_t{bits_of(tensor.dtype)}, &bits)) {
        findings.add(RuleId::safetensors_overflow,
                     concat("the size of the tensor ", in_quotes(name), " does not fit 64 bits"),
                     place);
    } else if (bits % 8 != 0) {
        findings.add(RuleId::safetensors_misaligned,
                     concat("the tensor ",
                            in_quotes(name),
                            " has ",
                            bits,
                            " bits, which is not a whole number of bytes"),
                     place);
    } else if (tensor.end >= tensor.begin && tensor.end - tensor.begin != bits / 8) {
        findings.add(RuleId::safetensors_size,
                     concat("the tensor ",
                            in_quotes(name),
                            " needs ",
                            bits / 8,
                            " bytes by dtype and shape, but its data_offsets span ",
                            tensor.end - tensor.begin),
                     place);
    }
}

/// Tensors, in order of their offsets, must follow each other without hole or overlap.
void check_tiling(TensorList& list, std::uint64_t data_length, FindingCollector& findings) {
    std::sort(list.tensors.begin(), list.tensors.end(), [](const Tensor& a, const Tensor& b) {
        return std::tie(a.begin, a.end, a.header_offset) <
               std::tie(b.begin, b.end, b.header_offset);
    });
    std::uint64_t position = 0;
    for (const Tensor& tensor : list.tensors) {
        if (tensor.begin != position || tensor.end < tensor.begin) {
            const std::string name(list.name_of(tensor));
            const std::string_view problem = tensor.end < tensor.begin ? "ends before it begins"
                                             : tensor.begin > position ? "leaves a hole before it"
                                                                       : "overlaps another one";
            findings.add(RuleId::safetensors_hole,
                         concat("the tensor ",
                                in_quotes(name),
                                " at data_offsets [",
                                tensor.begin,
                                ", ",
                                tensor.end,
                                "] ",
                                problem,
                                "; the next tensor must begin at ",
                                position),
                         {.offset = tensor.header_offset, .tensor = name});
        }
        position = std::max(position, tensor.end);
    }
    if (position != data_length) {
        findings.add(RuleId::safetensors_coverage,
                     concat("the tensors describe ",
                            position,
                            " bytes of data, but ",
                            data_length,
                            position < data_length ? " follow the header: some belong to nothing"
                                                   : " follow the header: was the file cut off?"),
                     {.offset = std::nullopt});
    }
}

void check_layout(HeaderContent& header, std::uint64_t data_length, FindingCollector& findings) {
    drop_duplicates(header.list, findings);
    for (const Tensor& tensor : header.list.tensors) {
        check_size(header.list, tensor, findings);
    }
    if (header.complete) {
        check_tiling(header.list, data_length, findings);
    }
}

SafetensorsFacts facts_of(HeaderContent& header,
                          std::uint64_t length,
                          std::uint64_t data_length,
                          const digest::Digest& header_sha256) {
    SafetensorsFacts facts{.header_length = length,
                           .header_sha256 = header_sha256,
                           .data_length = data_length,
                           .tensors = header.list.tensors.size(),
                           .parameters = 0,
                           .dtypes = {},
                           .metadata = std::move(header.metadata),
                           .metadata_complete = header.metadata_complete};
    const auto saturating_add = [](std::uint64_t& to, std::uint64_t count) {
        if (__builtin_add_overflow(to, count, &to)) {
            to = std::numeric_limits<std::uint64_t>::max();
        }
    };
    for (const Tensor& tensor : header.list.tensors) {
        DtypeCount& count = facts.dtypes[std::string(to_string(tensor.dtype))];
        ++count.tensors;
        const std::uint64_t elements =
            tensor.overflow ? std::numeric_limits<std::uint64_t>::max() : tensor.elements;
        saturating_add(count.parameters, elements);
        saturating_add(facts.parameters, elements);
    }
    return facts;
}

std::vector<std::string> sorted_names(const TensorList& list) {
    std::vector<std::string> names;
    names.reserve(list.tensors.size());
    for (const Tensor& tensor : list.tensors) {
        names.emplace_back(list.name_of(tensor));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

CheckedSafetensors check_safetensors(const core::RandomAccess& file, FindingCollector& findings) {
    const auto length = read_length(file, findings);
    if (!length) {
        return {};
    }
    const std::uint64_t data_length = file.size() - length_field - *length;
    const bool limited = findings.enforces(RuleId::safetensors_limit);
    JsonText text(file, length_field, *length, limited ? text_limit : header_limit);
    if (text.skip_space() > 0 && !text.at_end()) {
        findings.add(RuleId::safetensors_leading_space,
                     "white space stands before the header's '{'",
                     {.offset = length_field});
    }
    HeaderContent header = read_header(text, findings);
    if (header.complete && text.saw_odd_space()) {
        findings.add(RuleId::safetensors_trailing_space,
                     "the header is padded with something else than spaces",
                     {.offset = text.position()});
    }
    check_layout(header, data_length, findings);
    if (!header.complete) {
        return {};
    }
    std::vector<std::string> names = sorted_names(header.list);
    return {facts_of(header, *length, data_length, text.finish()), std::move(names)};
}

bool looks_like_safetensors(std::span<const std::byte> head, std::uint64_t size) noexcept {
    if (size < length_field + 2 || head.size() <= length_field) {
        return false;
    }
    const std::uint64_t length = little_endian(head);
    return length >= 2 && length <= header_limit && length <= size - length_field &&
           head[length_field] == std::byte{'{'};
}

}  // namespace modelseal::model
