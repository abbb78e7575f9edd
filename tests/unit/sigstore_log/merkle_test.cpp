#include "common/sigstore/log/merkle.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/pki/log.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

/// A log of that many entries, whose trees are made as RFC 6962 defines them.
pki::Log log_of(std::size_t size) {
    pki::Log log({});
    log.add_others(size);
    return log;
}

/// What pki::Log makes of the entry at `index` that is not ours.
digest::Digest other_leaf(std::uint64_t index) {
    return digest::sha256_of(core::as_bytes(core::concat("other ", index)));
}

void check_refused(std::uint64_t index, std::uint64_t size, const std::vector<core::Bytes>& path) {
    const auto error =
        test::error_of([&] { return root_of_path(other_leaf(index), index, size, path); });
    CHECK(error.kind() == core::ErrorKind::mismatch);
    CHECK(error.reason() == core::Reason::log_mismatch);
}

}  // namespace

TEST_SUITE("sigstore/log/merkle") {
    TEST_CASE("hashes leaves and nodes as certificate transparency does") {
        // The empty leaf and RFC 6962's reference tree, as its implementations test them.
        CHECK(leaf_hash({}).hex() ==
              "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        CHECK(leaf_hash(core::as_bytes("L123456")).hex() ==
              "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
        CHECK(node_hash(core::as_bytes("N123"), core::as_bytes("N456")).hex() ==
              "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
    }

    TEST_CASE("finds the root from every leaf of every small tree") {
        for (std::size_t size = 1; size <= 33; ++size) {
            const pki::Log log = log_of(size);
            for (std::uint64_t index = 0; index < size; ++index) {
                const InclusionProof proof = log.prove(index);
                const digest::Digest root =
                    root_of_path(other_leaf(index), index, size, proof.hashes);
                CHECK(root.hex() == core::to_hex(proof.root_hash));
            }
        }
    }

    TEST_CASE("another index, leaf or sibling leads to another root") {
        const std::size_t size = 13;
        const pki::Log log = log_of(size);
        for (std::uint64_t index = 0; index < size; ++index) {
            InclusionProof proof = log.prove(index);
            const auto right = root_of_path(other_leaf(index), index, size, proof.hashes);
            CHECK(root_of_path(other_leaf(index + 1), index, size, proof.hashes) != right);
            for (std::uint64_t other = 0; other < size; ++other) {
                if (other != index && log.prove(other).hashes.size() == proof.hashes.size()) {
                    CHECK(root_of_path(other_leaf(index), other, size, proof.hashes) != right);
                }
            }
            for (core::Bytes& sibling : proof.hashes) {
                sibling.front() ^= std::byte{1};
                CHECK(root_of_path(other_leaf(index), index, size, proof.hashes) != right);
                sibling.front() ^= std::byte{1};
            }
        }
    }

    TEST_CASE("refuses an index that the tree does not have") {
        const pki::Log log = log_of(5);
        check_refused(5, 5, log.prove(4).hashes);
        // Of the length that such a place would demand.
        check_refused(5, 5, std::vector<core::Bytes>(2, core::Bytes(32)));
        check_refused(0, 0, std::vector<core::Bytes>(64, core::Bytes(32)));
        check_refused(0, 0, {});
        check_refused(UINT64_MAX, UINT64_MAX, {});
    }

    TEST_CASE("refuses a path that is longer or shorter than the place demands") {
        for (std::uint64_t index = 0; index < 5; ++index) {
            const pki::Log log = log_of(5);
            std::vector<core::Bytes> path = log.prove(index).hashes;
            path.push_back(path.front());
            check_refused(index, 5, path);
            path.resize(path.size() - 2);
            check_refused(index, 5, path);
        }
    }

    TEST_CASE("refuses a hash of another size, and takes the largest tree") {
        const pki::Log log = log_of(2);
        check_refused(0, 2, {core::Bytes(31)});
        const std::vector<core::Bytes> path(64, core::Bytes(32));
        CHECK_NOTHROW(static_cast<void>(root_of_path(other_leaf(0), 0, UINT64_MAX, path)));
    }
}

}  // namespace modelseal::sigstore
