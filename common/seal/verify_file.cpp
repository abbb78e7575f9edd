#include "common/seal/verify_file.hpp"

#include "common/digest/file_hasher.hpp"

#include <array>

namespace modelseal::seal {

VerifiedModel verify_file(const core::File& file,
                          const ExpectedDigest& expected,
                          core::Progress& progress) {
    const std::array<digest::HashRequest, 1> request{{{&file, file.name()}}};
    const digest::ContentDigests actual = digest::hash_all(request, {}, progress).front();
    file.check_unchanged();
    expected.require(actual.sha256);
    return {.digest = actual.sha256,
            .size = actual.size,
            .unasked = {Unasked::signature, Unasked::model, Unasked::version}};
}

}  // namespace modelseal::seal
