#include "common/sigstore/policy/identity_pattern.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/policy/expression_shape.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;

/// Hosts on which anybody can have an account: the owner must be named as well.
constexpr std::array<std::string_view, 13> shared_hosts = {"github.com",
                                                           "gitlab.com",
                                                           "bitbucket.org",
                                                           "buildkite.com",
                                                           "codeberg.org",
                                                           "gitea.com",
                                                           "git.sr.ht",
                                                           "dev.azure.com",
                                                           "g.codefresh.io",
                                                           "circleci.com",
                                                           "app.circleci.com",
                                                           "huggingface.co",
                                                           "gitee.com"};

/// Where anybody can have an e-mail address: a part of one names nobody.
constexpr std::array<std::string_view, 61> public_mail_domains = {"gmail.com",
                                                                  "googlemail.com",
                                                                  "outlook.com",
                                                                  "outlook.de",
                                                                  "outlook.fr",
                                                                  "hotmail.com",
                                                                  "hotmail.co.uk",
                                                                  "hotmail.fr",
                                                                  "hotmail.de",
                                                                  "hotmail.it",
                                                                  "live.com",
                                                                  "live.co.uk",
                                                                  "msn.com",
                                                                  "yahoo.com",
                                                                  "yahoo.co.uk",
                                                                  "yahoo.co.jp",
                                                                  "yahoo.co.in",
                                                                  "yahoo.in",
                                                                  "yahoo.de",
                                                                  "yahoo.fr",
                                                                  "yahoo.it",
                                                                  "yahoo.es",
                                                                  "yahoo.com.br",
                                                                  "ymail.com",
                                                                  "rocketmail.com",
                                                                  "icloud.com",
                                                                  "me.com",
                                                                  "mac.com",
                                                                  "proton.me",
                                                                  "protonmail.com",
                                                                  "protonmail.ch",
                                                                  "pm.me",
                                                                  "tutanota.com",
                                                                  "tutanota.de",
                                                                  "tuta.io",
                                                                  "tuta.com",
                                                                  "tutamail.com",
                                                                  "aol.com",
                                                                  "gmx.com",
                                                                  "gmx.net",
                                                                  "gmx.de",
                                                                  "gmx.at",
                                                                  "gmx.ch",
                                                                  "web.de",
                                                                  "t-online.de",
                                                                  "mail.com",
                                                                  "mail.ru",
                                                                  "bk.ru",
                                                                  "list.ru",
                                                                  "inbox.ru",
                                                                  "yandex.com",
                                                                  "yandex.ru",
                                                                  "ya.ru",
                                                                  "zoho.com",
                                                                  "fastmail.com",
                                                                  "qq.com",
                                                                  "163.com",
                                                                  "126.com",
                                                                  "sina.com",
                                                                  "naver.com",
                                                                  "users.noreply.github.com"};

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view host_characters = "abcdefghijklmnopqrstuvwxyz0123456789.-";

std::string_view name_of(IdentityPart part) noexcept {
    return part == IdentityPart::subject ? "subject" : "issuer";
}

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Each part between dots has a character, and there are two or more.
bool is_domain(std::string_view domain) {
    const std::size_t last_dot = domain.rfind('.');
    return last_dot != std::string_view::npos && last_dot + 1 < domain.size() &&
           domain.find_first_not_of(host_characters) == std::string_view::npos &&
           !domain.starts_with('.') && domain.find("..") == std::string_view::npos &&
           // "@v1.0" is a tag.
           letters.find(domain[last_dot + 1]) != std::string_view::npos;
}

/// What is wrong with a URL of which only the beginning is fixed, if anything.
std::string why_url_is_too_wide(std::string_view fixed) {
    const std::size_t scheme = fixed.find("://");
    const std::size_t host_end = fixed.find('/', scheme + 3);
    if (host_end == std::string_view::npos || host_end == scheme + 3) {
        return "it leaves open which host, so that anybody's could match; write it in full as far "
               "as https://host/ (in an expression, a dot as \\.)";
    }
    std::string host = core::ascii_lower(fixed.substr(scheme + 3, host_end - scheme - 3));
    host.resize(std::min(host.find(':'), host.size()));
    if (host.find_first_not_of(host_characters) != std::string::npos || host.ends_with('.')) {
        return concat(in_quotes(host), " is no name of a host");
    }
    const std::size_t owner_end = fixed.find('/', host_end + 1);
    if (is_one_of(shared_hosts, host) &&
        (owner_end == std::string_view::npos || owner_end == host_end + 1)) {
        return concat("it leaves open which owner on ",
                      host,
                      ", where anybody can be one; write it in full as far as the owner's /");
    }
    return "";
}

/// What is wrong with an address of which only the end is fixed, if anything.
std::string why_address_is_too_wide(std::string_view fixed) {
    const std::size_t at = fixed.rfind('@');
    const std::string domain =
        at == std::string_view::npos ? "" : core::ascii_lower(fixed.substr(at + 1));
    if (!is_domain(domain)) {
        return "it is neither a URL, in full as far as https://host/, nor addresses at one e-mail "
               "domain: anybody's could match";
    }
    return is_one_of(public_mail_domains, domain)
               ? concat("anybody can have an address at ", domain, "; write each address in full")
               : "";
}

bool is_url(std::string_view fixed) noexcept {
    return fixed.find("://") != std::string_view::npos;
}

std::string why_glob_is_too_wide(std::string_view glob, IdentityPart part) {
    if (part == IdentityPart::issuer) {
        return "an issuer has no *: at many, a part of the URL says whose it is; write each in "
               "full";
    }
    const std::string_view fixed = glob.substr(0, glob.find('*'));
    if (is_url(fixed)) {
        return why_url_is_too_wide(fixed);
    }
    // A part of a URL has an @ as well, before a branch.
    const bool is_address =
        glob.find('/') == std::string_view::npos && std::count(glob.begin(), glob.end(), '@') == 1;
    return why_address_is_too_wide(is_address ? glob.substr(glob.rfind('*') + 1) : "");
}

std::string why_alternative_is_too_wide(const ExpressionShape& shape, IdentityPart part) {
    if (shape.is_list_of_texts) {
        return "";
    }
    if (part == IdentityPart::issuer) {
        return "it leaves a part of the issuer open, and anybody's could match; write each in "
               "full, with | between them";
    }
    return is_url(shape.prefix) ? why_url_is_too_wide(shape.prefix)
                                : why_address_is_too_wide(shape.suffix);
}

/// `expression` is without its ^ and its $. Every alternative counts.
std::string why_expression_is_too_wide(std::string_view expression, IdentityPart part) {
    const std::optional<std::vector<ExpressionShape>> shapes = shapes_of(expression);
    if (!shapes) {
        return "it cannot hold \\Q, nor flags as (?i) or names; only ( and (?: begin a group";
    }
    for (const ExpressionShape& shape : *shapes) {
        std::string why = why_alternative_is_too_wide(shape, part);
        if (!why.empty()) {
            return why;
        }
    }
    return "";
}

std::string why_too_wide(const TextPattern& pattern, IdentityPart part) {
    const std::string_view text = pattern.text();
    switch (pattern.kind()) {
        case TextPattern::Kind::exact:
            return "";
        case TextPattern::Kind::glob:
            return why_glob_is_too_wide(text, part);
        case TextPattern::Kind::regular_expression:
            return why_expression_is_too_wide(text.substr(1, text.size() - 2), part);
    }
    return "";
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
    const std::string why = why_too_wide(pattern, part);
    if (!why.empty()) {
        refuse_at(node.position,
                  concat(plain != nullptr ? plain_name : expression_name,
                         ' ',
                         in_quotes(node.text),
                         ": ",
                         why));
    }
    return pattern;
}

}  // namespace modelseal::sigstore
