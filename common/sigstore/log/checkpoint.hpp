// Checkpoints: the size and the root of a log's tree, as a signed note.
// Spec: C2SP signed-note.md and tlog-checkpoint.md.
#pragma once

#include "common/core/bytes.hpp"
#include "common/digest/digest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::sigstore {

/// The first four bytes of a key id: a hint at the key of a signature line.
using KeyHash = std::array<std::byte, 4>;

/// One line below a note. Nothing of it is signed.
struct NoteSignature {
    std::string name;
    KeyHash key_hash;
    core::Bytes signature;
};

struct Checkpoint {
    std::string text;  // what the signatures are over, up to and including its last newline
    std::string origin;
    std::uint64_t tree_size;
    digest::Digest root;
    std::vector<NoteSignature> signatures;  // 1 to 100, in their order

    /// Errors: malformed (not UTF-8, control characters, no blank line before the signatures, no
    /// newline at the end, no or more than 100 signatures, a signature line of another form, fewer
    /// than three lines of text, an empty origin or line, a size or root in another form).
    [[nodiscard]] static Checkpoint parse(std::string_view note);

    /// Rekor v1 names the tree in the origin: "rekor.sigstore.dev - 1193050959916656506".
    [[nodiscard]] bool is_rekor_v1() const noexcept;
};

}  // namespace modelseal::sigstore
