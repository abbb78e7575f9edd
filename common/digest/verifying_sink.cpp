#include "common/digest/verifying_sink.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::digest {

using core::Error;
using core::ErrorKind;
using core::Reason;

void VerifyingSink::write(std::span<const std::byte> bytes) {
    if (bytes.size() > size_ - hash_.count()) {
        throw Error(ErrorKind::mismatch,
                    Reason::size_mismatch,
                    core::concat("there are more than the expected ", size_, " bytes"));
    }
    hash_.write(bytes);
    to_.write(bytes);
}

void VerifyingSink::finish() {
    if (hash_.count() != size_) {
        throw Error(ErrorKind::mismatch,
                    Reason::size_mismatch,
                    core::concat("there are ", hash_.count(), " bytes, not the expected ", size_));
    }
    const Digest actual = hash_.finish();
    if (actual != expected_) {
        throw Error(ErrorKind::mismatch,
                    Reason::digest_mismatch,
                    core::concat("expected ", expected_.to_string(), ", got ", actual.to_string()));
    }
}

}  // namespace modelseal::digest
