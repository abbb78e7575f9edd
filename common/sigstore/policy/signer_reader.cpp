#include "common/sigstore/policy/signer_reader.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/policy/identity_pattern.hpp"

#include <algorithm>
#include <utility>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;

constexpr std::size_t name_limit = 100;  // bytes

/// A key without a beginning has always been valid.
const core::Timestamp& beginning_of_time() {
    static const core::Timestamp beginning = core::Timestamp::parse("0001-01-01T00:00:00Z");
    return beginning;
}

std::optional<core::Timestamp> optional_time(const Fields& fields, std::string_view key) {
    const Node* node = fields.find(key);
    return node == nullptr ? std::nullopt : std::optional(time_of(*node, key));
}

/// Exactly one PEM block: parse_pem() would take the first and ignore the others.
crypto::PublicKey parse_one_key(std::string_view pem, Position position) {
    constexpr std::string_view begin = "-----BEGIN ";
    const std::size_t first = pem.find(begin);
    if (first != std::string_view::npos && pem.find(begin, first + 1) != std::string_view::npos) {
        refuse_at(position, "it holds more than one PEM block; list each key as a signer");
    }
    try {
        return crypto::PublicKey::parse_pem(pem);
    } catch (core::Error& error) {
        error.add_context(concat("line ", position.line, ", column ", position.column));
        throw;
    }
}

std::optional<Validity> read_validity(const Fields& fields) {
    const auto start = optional_time(fields, "not_before");
    const auto end = optional_time(fields, "not_after");
    if (!start && !end) {
        return std::nullopt;
    }
    if (start && end && *end < *start) {
        contradiction_at(fields.require("not_after").position, "not_after is before not_before");
    }
    return Validity{.start = start.value_or(beginning_of_time()), .end = end};
}

TrustedIdentity read_identity(const Fields& fields, std::string name) {
    TrustedIdentity identity{.subject = identity_pattern_of(fields, IdentityPart::subject),
                             .issuer = identity_pattern_of(fields, IdentityPart::issuer),
                             .name = std::move(name)};
    if (const Node* id = fields.find("repository_id")) {
        // A number by nature, but compared as the text that stands in the certificate.
        const bool is_number = core::parse_decimal(id->text).has_value();
        if (id->kind != Node::Kind::scalar || !is_number) {
            refuse_at(id->position, "repository_id is the repository's number, such as 123456789");
        }
        identity.repository_id = id->text;
    }
    if (const Node* ref = fields.find("ref")) {
        identity.ref = glob_of(*ref, "ref");
        if (!ref->text.starts_with("refs/")) {
            refuse_at(ref->position, "ref is written in full, such as refs/heads/main");
        }
    }
    if (const Node* triggers = fields.find("triggers")) {
        for (const Node& trigger : list_of(*triggers, "triggers")) {
            identity.triggers.push_back(ascii_of(trigger, "a trigger"));
        }
    }
    return identity;
}

bool same_limits(const TrustedKey& left, const TrustedKey& right) {
    return left.validity == right.validity && left.compromised_at == right.compromised_at;
}

}  // namespace

void SignerReader::read_named(const Node& mapping) {
    if (mapping.kind != Node::Kind::mapping || mapping.members.empty()) {
        refuse_at(mapping.position, "signers is a mapping of names to signers");
    }
    for (const Member& member : mapping.members) {
        const Node name{.position = member.position, .text = member.key};
        if (ascii_of(name, "a signer's name").size() > name_limit) {
            refuse_at(member.position, concat("a name has at most ", name_limit, " characters"));
        }
        named_.emplace(member.key, read_signer(member.value, member.key));
    }
}

std::vector<TrustedSigner> SignerReader::read_list(const Node& list) {
    std::vector<TrustedSigner> signers;
    std::vector<std::string> names;
    for (const Node& item : list_of(list, "signers")) {
        if (item.kind == Node::Kind::mapping) {
            signers.push_back(read_signer(item, ""));
            continue;
        }
        const std::string name = text_of(item, "a signer");
        const auto known = named_.find(name);
        if (known == named_.end()) {
            refuse_at(item.position, concat("no signer is named ", in_quotes(name)));
        }
        if (std::find(names.begin(), names.end(), name) != names.end()) {
            refuse_at(item.position, concat("the signer ", in_quotes(name), " is listed twice"));
        }
        names.push_back(name);
        signers.push_back(known->second);
    }
    return signers;
}

TrustedSigner SignerReader::read_signer(const Node& node, std::string name) {
    const auto has = [&](std::initializer_list<std::string_view> keys) {
        return std::any_of(node.members.begin(), node.members.end(), [&](const Member& member) {
            return std::find(keys.begin(), keys.end(), member.key) != keys.end();
        });
    };
    const bool is_key = has({"key", "key_file"});
    const bool is_identity = has({"subject", "subject_regexp", "issuer", "issuer_regexp"});
    if (is_key && is_identity) {
        contradiction_at(node.position,
                         "a signer is a key or an identity, not both; list them as two");
    }
    if (is_identity) {
        const Fields fields(node,
                            "an identity",
                            {"subject",
                             "subject_regexp",
                             "issuer",
                             "issuer_regexp",
                             "repository_id",
                             "ref",
                             "triggers"});
        return read_identity(fields, std::move(name));
    }
    const Fields fields(
        node, "a key", {"key", "key_file", "not_before", "not_after", "compromised_at"});
    TrustedKey key = read_key(fields, std::move(name));
    remember(key, node.position);
    return key;
}

TrustedKey SignerReader::read_key(const Fields& fields, std::string name) {
    TrustedKey key{.key = read_public_key(fields),
                   .name = std::move(name),
                   .validity = read_validity(fields),
                   .compromised_at = optional_time(fields, "compromised_at")};
    if (key.compromised_at && key.validity && *key.compromised_at <= key.validity->start) {
        contradiction_at(
            fields.require("compromised_at").position,
            "the key is compromised before it is valid, so it never counts; remove it");
    }
    return key;
}

crypto::PublicKey SignerReader::read_public_key(const Fields& fields) const {
    const Node* pem = fields.find("key");
    const Node* file = fields.find("key_file");
    if ((pem == nullptr) == (file == nullptr)) {
        refuse_at(fields.position(), "a key needs one of key (PEM text) and key_file (a path)");
    }
    if (pem != nullptr) {
        if (pem->kind != Node::Kind::scalar || pem->style == ScalarStyle::literal) {
            refuse_at(pem->position,
                      "key is the text of a PEM public key; write it behind 'key: |'");
        }
        return parse_one_key(pem->text, pem->position);
    }
    const std::string path = text_of(*file, "key_file");
    if (const auto why = core::why_unsafe_path(path)) {
        refuse_at(file->position, concat("key_file is a path beside the policy: ", *why));
    }
    return parse_one_key(read_key_file_(path), file->position);
}

void SignerReader::remember(const TrustedKey& key, Position position) {
    for (const SeenKey& seen : seen_) {
        if (seen.key.key == key.key && !same_limits(seen.key, key)) {
            // One rule would go on to trust a key that another one knows to be compromised.
            contradiction_at(position,
                             concat("the same key stands in line ",
                                    seen.position.line,
                                    " with another window or compromise"));
        }
    }
    seen_.push_back({key, position});
}

}  // namespace modelseal::sigstore
