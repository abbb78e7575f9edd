// libFuzzer's entry point; built by scripts/fuzz with clang.
#include "tests/fuzz/fuzz.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz(std::as_bytes(std::span(data, size)));
    return 0;
}
