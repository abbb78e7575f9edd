// Files under tests/data as text.
#pragma once

#include "common/core/files/file.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace modelseal::test {

/// The content of tests/data/NAME; at most 16 MiB.
inline std::string read_data(std::string_view name) {
    return core::read_small_file(std::filesystem::path(TEST_DATA_DIR) / name,
                                 std::uint64_t{16} << 20U);
}

}  // namespace modelseal::test
