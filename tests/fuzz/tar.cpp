// fuzz: archive
#include "common/archive/gunzip_source.hpp"
#include "common/archive/tar_reader.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

namespace archive = modelseal::archive;
namespace core = modelseal::core;

namespace {

constexpr std::uint64_t content_limit = std::uint64_t{1} << 20U;

void read_all_entries(core::ByteSource& from) {
    archive::TarReader reader(from, {.entries = 1000});
    while (const auto entry = reader.next()) {
        if (entry->size <= content_limit &&
            core::read_all(reader.content(), content_limit).size() != entry->size) {
            std::abort();
        }
    }
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
    try {
        core::MemorySource plain(input);
        read_all_entries(plain);
    } catch (const core::Error&) {
    }
    try {
        core::MemorySource compressed(input);
        archive::GunzipSource plain(compressed);
        read_all_entries(plain);
    } catch (const core::Error&) {
    }
}
