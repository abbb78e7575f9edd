#include "common/sigstore/log/checkpoint.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

constexpr std::size_t signature_limit = 100;
constexpr std::string_view signature_prefix = "\u2014 ";  // an em dash

[[noreturn]] void refuse(std::string_view why) {
    throw core::Error(core::ErrorKind::malformed, core::concat("the checkpoint ", why));
}

/// "A note MUST be valid UTF-8 and MUST NOT contain any ASCII control characters other than
/// newline."
void check_characters(std::string_view note) {
    const bool has_control = std::any_of(note.begin(), note.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\n';
    });
    if (has_control || !core::is_utf8(note)) {
        refuse("has control characters, or is not UTF-8");
    }
}

/// White space beyond ASCII ends no field, so it is let through; names are compared byte for byte.
bool is_name(std::string_view name) noexcept {
    return !name.empty() && name.find_first_of(" \n+") == std::string_view::npos;
}

NoteSignature parse_signature(std::string_view line) {
    if (!line.starts_with(signature_prefix)) {
        refuse("has a signature line that does not begin with a dash");
    }
    line.remove_prefix(signature_prefix.size());
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view name = line.substr(0, space);
    const auto content = core::from_base64(line.substr(std::min(space + 1, line.size())));
    NoteSignature signature{.name = std::string(name), .key_hash = {}, .signature = {}};
    if (!is_name(name) || !content || content->size() <= signature.key_hash.size()) {
        refuse("has a signature line that is not a name and a signature in base64");
    }
    const auto hash_end = content->begin() + static_cast<std::ptrdiff_t>(signature.key_hash.size());
    std::copy(content->begin(), hash_end, signature.key_hash.begin());
    signature.signature.assign(hash_end, content->end());
    return signature;
}

std::vector<NoteSignature> parse_signatures(std::string_view block) {
    if (!block.ends_with('\n')) {
        refuse("does not end with a signature line");
    }
    block.remove_suffix(1);
    std::vector<NoteSignature> signatures;
    for (const std::string& line : core::split(block, '\n')) {
        if (signatures.size() == signature_limit) {
            refuse("has more than 100 signatures");
        }
        signatures.push_back(parse_signature(line));
    }
    return signatures;
}

digest::Digest parse_root(std::string_view line) {
    const auto bytes = core::from_base64(line);
    if (!bytes || bytes->size() != digest::Digest::size) {
        refuse("has a root that is not a SHA-256 hash in base64");
    }
    return digest::Digest::from_bytes(
        std::span<const std::byte, digest::Digest::size>(bytes->data(), bytes->size()));
}

}  // namespace

Checkpoint Checkpoint::parse(std::string_view note) {
    check_characters(note);
    const std::size_t blank_line = note.rfind("\n\n");
    if (blank_line == std::string_view::npos) {
        refuse("has no blank line before its signatures");
    }
    const std::string_view text = note.substr(0, blank_line + 1);
    std::vector<std::string> lines = core::split(text.substr(0, blank_line), '\n');
    if (lines.size() < 3) {
        refuse("has no origin, size and root");
    }
    if (std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.empty(); })) {
        refuse("has an empty line");
    }
    const auto size = core::parse_decimal(lines[1]);
    if (!size) {
        refuse("has a size that is not a decimal number");
    }
    return {.text = std::string(text),
            .origin = std::move(lines[0]),
            .tree_size = *size,
            .root = parse_root(lines[2]),
            .signatures = parse_signatures(note.substr(blank_line + 2))};
}

bool Checkpoint::is_rekor_v1() const noexcept {
    constexpr std::string_view separator = " - ";
    const std::size_t at = origin.rfind(separator);
    if (at == std::string::npos) {
        return false;
    }
    const std::string_view tree = std::string_view(origin).substr(at + separator.size());
    return !tree.empty() &&
           std::all_of(tree.begin(), tree.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace modelseal::sigstore
