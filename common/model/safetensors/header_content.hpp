// What a safetensors header says, once it is read.
#pragma once

#include "common/model/safetensors/dtype.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::model {

/// One entry of the header, 48 bytes: a hostile header holds two million of them.
struct Tensor {
    std::uint64_t begin = 0;  // bytes from the start of the data
    std::uint64_t end = 0;
    std::uint64_t elements = 1;
    std::uint32_t name_begin = 0;  // in TensorList::names
    std::uint32_t name_size = 0;
    std::uint32_t header_offset = 0;  // in the file, just behind the name
    Dtype dtype = Dtype::u8;
    bool overflow = false;  // the product of the dimensions does not fit
};

struct TensorList {
    std::string names;  // of all tensors, one after the other
    std::vector<Tensor> tensors;

    [[nodiscard]] std::string_view name_of(const Tensor& tensor) const noexcept {
        return std::string_view(names).substr(tensor.name_begin, tensor.name_size);
    }
};

/// What was read. `complete` is false when anything was wrong that hides tensors: then holes in the
/// layout mean nothing.
struct HeaderContent {
    TensorList list;
    std::map<std::string, std::string> metadata;
    bool metadata_complete = true;
    bool complete = true;
};

}  // namespace modelseal::model
