#include "common/digest/fsverity.hpp"

#include "common/core/bytes.hpp"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

namespace modelseal::digest {

namespace {

/// Byte i is (i * 7 + i / 4096) mod 251, so that no two blocks are alike.
core::Bytes pattern(std::size_t size) {
    core::Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>((i * 7 + i / FsVerity::block_size) % 251);
    }
    return bytes;
}

std::string digest_of(std::span<const std::byte> bytes) {
    FsVerity verity;
    verity.write(bytes);
    return verity.finish().hex();
}

struct Golden {
    std::size_t size;
    const char* digest;  // printed by `fsverity digest` 1.5 for pattern(size)
};

}  // namespace

TEST_SUITE("digest/fsverity") {
    TEST_CASE("equals `fsverity digest` around every border of blocks and levels") {
        constexpr Golden goldens[] = {
            {0, "3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95"},
            {1, "b803429503d95915829b29fdbc8bbad142f3abfd11b1cadf5526582e685c0551"},
            {4095, "f7c044deee0d5af15f6478c08b8a0c03931d9963beb30220eeca8bdd03e1c7e4"},
            {4096, "258b680fa93e3bfc1586d9b439d29a2172bd0db550fe7da1272fd8120d801182"},
            {4097, "0b56d91e56b7acb8a5d9b3c634035e958de06d93cebf44ec208715e5d31e702e"},
            {8192, "ec78685a584fc206ff5d5f5d994e772430ec274eca4e1f91d5bdfcb8590a19de"},
            {524287, "ecfc6e1db7129c303419876233a6052e6fa92bf35687228c624f35ab126e9a9f"},
            {524288, "3f0878082c1ff21b3c72099f28aafe4d629ba40d693ad12c03a48921cf50e92d"},
            {524289, "0b290ba5244d75295e37ef71e3cf78277b2ccb688c590011bb5c9dc95cad7937"},
            {528384, "4d164649f095f3388b3978558ff7f615eb0634ad249c1aeb55d19fd8ee476806"},
            {1048581, "403da621dbe3f9df957bd54dd7cf6d2cb70a703f67ffcc6f9bce34958f8440e4"},
            {67108863, "f8f9481173f91fac5a875dbaf590aab0139c805a658cd370c09d881d2a943be5"},
            {67108864, "ef3d3f462825ce224a6bf9792e6ad2aad20fe55969dbfd6e0678ed6ad8eaefaa"},
            {67108865, "7b4ef6618f265ee50e1370d3b946668ba842390561aabfbdf9b244ccffad5928"},
        };
        for (const Golden& golden : goldens) {
            CAPTURE(golden.size);
            CHECK(digest_of(pattern(golden.size)) == golden.digest);
        }
    }

    TEST_CASE("does not depend on how the bytes are cut") {
        const core::Bytes bytes = pattern(3 * FsVerity::block_size + 100);
        const std::string whole = digest_of(bytes);
        for (const std::size_t piece : {1U, 31U, 4095U, 4096U, 4097U, 8192U, 10000U}) {
            CAPTURE(piece);
            FsVerity verity;
            for (std::size_t at = 0; at < bytes.size(); at += piece) {
                verity.write(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)));
            }
            CHECK(verity.finish().hex() == whole);
        }
    }
}

}  // namespace modelseal::digest
