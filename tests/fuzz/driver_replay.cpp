// Runs a fuzz target over every file of the folders named on the command line, and over every
// prefix of the small ones: a corpus is a regression test under any compiler.
#include "common/core/bytes.hpp"
#include "common/core/files/file.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <filesystem>
#include <iostream>

namespace {

constexpr std::uint64_t input_limit = std::uint64_t{16} << 20U;
constexpr std::size_t prefix_limit = 4096;

void replay(const std::filesystem::path& path) {
    const std::string input = modelseal::core::read_small_file(path, input_limit);
    const auto bytes = modelseal::core::as_bytes(input);
    fuzz(bytes);
    for (std::size_t length = 0; length < bytes.size() && length < prefix_limit; ++length) {
        fuzz(bytes.first(length));
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t count = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
            if (entry.is_regular_file()) {
                replay(entry.path());
                ++count;
            }
        }
    }
    std::cout << count << " inputs replayed\n";
    return count == 0 ? 1 : 0;  // an empty corpus would be a test that cannot fail
}
