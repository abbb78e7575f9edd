#include "common/model/content/protobuf_walk.hpp"

namespace modelseal::model::protobuf {

std::optional<FieldHeader> MessageWalk::next() {
    const auto tag = finished() ? std::nullopt : read_varint();
    if (!tag || *tag >> 3U == 0) {
        return std::nullopt;
    }
    FieldHeader field{*tag >> 3U, static_cast<WireType>(*tag & 7U), 0};
    value_begin_ = cursor_.position();
    switch (field.type) {
        case varint:
        case length_delimited: {
            const auto value = read_varint();
            if (!value) {
                return std::nullopt;
            }
            field.value = *value;
            value_begin_ = cursor_.position();
            const bool inside = field.type == varint || cursor_.skip(*value);
            return inside ? std::optional(field) : std::nullopt;
        }
        case fixed64:
            return cursor_.skip(8) ? std::optional(field) : std::nullopt;
        case fixed32:
            return cursor_.skip(4) ? std::optional(field) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> MessageWalk::read_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = cursor_.next();
        if (!byte) {
            return std::nullopt;
        }
        value |= std::uint64_t{*byte & 0x7FU} << shift;
        if ((*byte & 0x80U) == 0) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace modelseal::model::protobuf
