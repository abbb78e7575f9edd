// A transparency log in memory: Rekor v1 and v2 with everything that they sign, so that a test can
// make an entry of which one thing alone is wrong.
//
// Change a field of a good entry, then sign again what the field is part of (sign_promise(),
// prove()), and only the check of that field can notice.
#pragma once

#include "common/core/bytes.hpp"
#include "common/crypto/private_key.hpp"
#include "common/sigstore/format/log_entry.hpp"
#include "common/sigstore/trust/transparency_log.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::pki {

enum class Rekor { v1, v2 };

struct LogOptions {
    Rekor version = Rekor::v1;
    crypto::PrivateKey key = crypto::PrivateKey::generate();
    std::string base_url = "https://rekor.example.com";
    std::string tree_id = "1193050959916656506";  // of v1
    std::uint64_t first_index = 0;                // of v1: entries in earlier trees
    sigstore::Validity validity{.start = core::Timestamp::parse("2026-01-01T00:00:00Z")};
};

/// What a checkpoint says, and how it is signed. An empty field is filled in as the log would.
struct CheckpointOptions {
    std::string origin{};
    std::string name{};                // of the signature line
    std::string extra_lines{};         // each with its newline
    std::string lines_before{};        // signature lines of others, each with its newline
    std::string lines_after{};         // the same, behind that of the log
    bool is_signature_broken = false;  // one bit of it
};

class Log {
  public:
    explicit Log(LogOptions options);

    /// The log as a trusted root has it.
    [[nodiscard]] sigstore::TransparencyLog trusted() const;

    /// The log as an element of "tlogs" in a trusted root, JSON.
    [[nodiscard]] std::string trusted_json() const;

    /// Takes an entry in, and answers as Rekor does: v1 with promise and proof, v2 with a proof.
    sigstore::LogEntry add(std::string_view kind,
                           std::string_view version,
                           std::string_view body,
                           core::Timestamp time);

    /// Takes in `count` entries of others.
    void add_others(std::size_t count);

    /// The promise for `entry` as its fields are now.
    [[nodiscard]] core::Bytes sign_promise(const sigstore::LogEntry& entry) const;

    /// The proof that the leaf at `index` of this tree is in the tree as it is now.
    [[nodiscard]] sigstore::InclusionProof prove(std::uint64_t index,
                                                 const CheckpointOptions& options = {}) const;

    /// The checkpoint of a tree with that size and root.
    [[nodiscard]] std::string checkpoint(std::uint64_t tree_size,
                                         std::span<const std::byte> root,
                                         const CheckpointOptions& options = {}) const;

    /// A signature line for the note `text` by another key.
    [[nodiscard]] static std::string signature_line(std::string_view name,
                                                    std::span<const std::byte> key_hash,
                                                    std::span<const std::byte> signature);

  private:
    LogOptions options_;
    std::vector<core::Bytes> leaves_;  // their hashes
};

/// A root with this log alone, JSON.
[[nodiscard]] std::string trusted_root_json(const Log& log);

}  // namespace modelseal::pki
