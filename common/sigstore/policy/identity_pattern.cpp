#include "common/sigstore/policy/identity_pattern.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;

/// Hosts on which anybody can have an account: the owner must be named as well.
constexpr std::array<std::string_view, 4> shared_hosts = {
    "github.com", "gitlab.com", "bitbucket.org", "buildkite.com"};

/// Where anybody can have an e-mail address: a part of one names nobody.
constexpr std::array<std::string_view, 23> public_mail_domains = {
    "gmail.com",      "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
    "yahoo.com",      "ymail.com",      "icloud.com",  "me.com",      "mac.com",  "proton.me",
    "protonmail.com", "pm.me",          "aol.com",     "gmx.com",     "gmx.net",  "gmx.de",
    "web.de",         "mail.com",       "mail.ru",     "yandex.com",  "zoho.com"};

/// Identities of people whom nobody trusts: names under ".invalid" belong to nobody (RFC 2606).
constexpr std::array<std::string_view, 4> strangers = {
    "https://github.com/nobody.invalid/nothing/.github/workflows/sign.yml@refs/heads/main",
    "https://gitlab.com/nobody.invalid/nothing//.gitlab-ci.yml@refs/heads/main",
    "https://modelseal.invalid/nobody",
    "nobody@modelseal.invalid"};
constexpr std::array<std::string_view, 3> strange_issuers = {
    "https://modelseal.invalid", "https://modelseal.invalid/realms/nobody", "nobody"};

std::string_view name_of(IdentityPart part) noexcept {
    return part == IdentityPart::subject ? "subject" : "issuer";
}

bool matches_stranger(const TextPattern& pattern, IdentityPart part) {
    const auto matches = [&](std::string_view text) {
        return pattern.matches(text);
    };
    const auto matches_at = [&](std::string_view domain) {
        return pattern.matches(concat("nobody.of.this.name@", domain));
    };
    return part == IdentityPart::subject
               ? std::any_of(strangers.begin(), strangers.end(), matches) ||
                     std::any_of(public_mail_domains.begin(), public_mail_domains.end(), matches_at)
               : std::any_of(strange_issuers.begin(), strange_issuers.end(), matches);
}

/// What is wrong with where the first * of a URL stands, if anything.
std::string why_url_is_too_wide(std::string_view url) {
    const std::string_view fixed = url.substr(0, url.find('*'));
    const std::size_t scheme = fixed.find("://");
    const std::size_t host_end =
        scheme == std::string_view::npos ? scheme : fixed.find('/', scheme + 3);
    if (host_end == std::string_view::npos || host_end == scheme + 3) {
        return "its * can stand for a host; write one as far as https://host/";
    }
    const std::string host = core::ascii_lower(fixed.substr(scheme + 3, host_end - scheme - 3));
    const bool is_shared =
        std::find(shared_hosts.begin(), shared_hosts.end(), host) != shared_hosts.end();
    const std::size_t owner_end = fixed.find('/', host_end + 1);
    if (is_shared && (owner_end == std::string_view::npos || owner_end == host_end + 1)) {
        return concat(
            "its * can stand for any owner on ", host, "; write it as far as the owner's /");
    }
    return "";
}

std::string why_too_wide(std::string_view glob) {
    if (glob.find("://") != std::string_view::npos) {
        return why_url_is_too_wide(glob);
    }
    const std::size_t at = glob.rfind('@');
    if (at == std::string_view::npos || at + 1 == glob.size() ||
        glob.find('*', at) != std::string_view::npos) {
        return "it is neither a URL as far as its host nor *@ with an e-mail domain";
    }
    const std::string domain = core::ascii_lower(glob.substr(at + 1));
    if (std::find(public_mail_domains.begin(), public_mail_domains.end(), domain) !=
        public_mail_domains.end()) {
        return concat("anybody can have an address at ", domain, "; write each address in full");
    }
    return "";
}

/// Whether an unescaped dot, which stands for any character, is in the host of a URL.
bool has_dot_in_host(std::string_view expression) noexcept {
    const std::size_t scheme = expression.find("://");
    if (scheme == std::string_view::npos) {
        return false;
    }
    for (std::size_t i = scheme + 3; i < expression.size() && expression[i] != '/'; ++i) {
        if (expression[i] == '\\') {
            ++i;
        } else if (expression[i] == '[') {
            i = std::min(expression.find(']', i + 1), expression.size() - 1);
        } else if (expression[i] == '.') {
            return true;
        }
    }
    return false;
}

bool ends_with_anchor(std::string_view expression) noexcept {
    if (!expression.ends_with('$')) {
        return false;
    }
    expression.remove_suffix(1);
    const std::size_t last = expression.find_last_not_of('\\');
    const std::size_t backslashes =
        expression.size() - (last == std::string_view::npos ? 0 : last + 1);
    return backslashes % 2 == 0;
}

TextPattern expression_of(const Node& node, std::string_view what) {
    const std::string text = ascii_of(node, what);
    if (!text.starts_with('^') || !ends_with_anchor(text)) {
        refuse_at(
            node.position,
            concat(what, " must begin with ^ and end with $: it has to match the whole text"));
    }
    if (has_dot_in_host(text)) {
        refuse_at(node.position,
                  concat("a dot in the host of ", what, " stands for any character; write \\."));
    }
    try {
        return TextPattern::regular_expression(text);
    } catch (const core::Error& error) {
        refuse_at(node.position, concat(what, ": ", error.message()));
    }
}

}  // namespace

TextPattern glob_of(const Node& node, std::string_view what) {
    const std::string text = ascii_of(node, what);
    if (text.find('*') == std::string::npos) {
        return TextPattern::exact(text);
    }
    if (text.find_first_of("?[]{}\\") != std::string::npos) {
        refuse_at(
            node.position,
            concat(what, " has only one wildcard, *; it cannot hold ? [ ] { } or \\ as well"));
    }
    return TextPattern::glob(text);
}

TextPattern identity_pattern_of(const Fields& fields, IdentityPart part) {
    const std::string plain_name(name_of(part));
    const std::string expression_name = concat(plain_name, "_regexp");
    const Node* plain = fields.find(plain_name);
    const Node* expression = fields.find(expression_name);
    if ((plain == nullptr) == (expression == nullptr)) {
        refuse_at(fields.position(),
                  concat("an identity needs one of ", plain_name, " and ", expression_name));
    }
    const Node& node = plain != nullptr ? *plain : *expression;
    TextPattern pattern =
        plain != nullptr ? glob_of(node, plain_name) : expression_of(node, expression_name);
    if (plain != nullptr && node.text.find('*') != std::string::npos) {
        const std::string why = why_too_wide(node.text);
        if (!why.empty()) {
            refuse_at(node.position, concat(plain_name, ' ', in_quotes(node.text), ": ", why));
        }
    }
    if (matches_stranger(pattern, part)) {
        refuse_at(node.position, concat(in_quotes(node.text), " matches anybody's ", plain_name));
    }
    return pattern;
}

}  // namespace modelseal::sigstore
