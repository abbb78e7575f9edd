#include "common/crypto/pem.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/secret.hpp"
#include "common/core/text.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is not in <cstring>

namespace modelseal::crypto {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::size_t size_limit = std::size_t{64} << 10U;
constexpr std::size_t columns = 64;
constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view mark_end = "-----";

[[noreturn]] void refuse(std::string_view why) {
    throw Error(ErrorKind::malformed, concat("not a PEM file: ", why));
}

/// Where the first line that starts with the mark begins.
std::size_t find_begin(std::string_view text) {
    if (text.starts_with(begin_mark)) {
        return 0;
    }
    const std::size_t found = text.find(concat('\n', begin_mark));
    if (found == std::string_view::npos) {
        refuse("it has no -----BEGIN line");
    }
    return found + 1;
}

std::string_view read_label(std::string_view first_line) {
    first_line = core::trim(first_line).substr(begin_mark.size() - 1);
    if (!first_line.ends_with(mark_end) || first_line.size() < mark_end.size() + 2) {
        refuse("its -----BEGIN line is incomplete");
    }
    first_line.remove_suffix(mark_end.size());
    return first_line.substr(1);
}

}  // namespace

PemBlock::PemBlock(std::string block_label, core::Bytes block_content)
    : label(std::move(block_label)), content(std::move(block_content)) {}

PemBlock::~PemBlock() {
    if (!content.empty()) {  // a moved-from block has no memory to wipe
        ::explicit_bzero(content.data(), content.size());
    }
}

PemBlock parse_first_pem(std::string_view text) {
    if (text.size() > size_limit) {
        throw Error(ErrorKind::malformed,
                    core::Reason::limit_exceeded,
                    concat("a PEM file of ", text.size(), " bytes is larger than ", size_limit));
    }
    text.remove_prefix(find_begin(text));
    const std::size_t line_end = text.find('\n');
    const std::string label(read_label(text.substr(0, line_end)));
    const std::size_t end = text.find(concat("\n-----END ", label, mark_end));
    if (line_end == std::string_view::npos || end == std::string_view::npos) {
        refuse(concat("the block ", core::in_quotes(label), " has no -----END line"));
    }
    std::string body;
    for (const char c : text.substr(line_end, end - line_end)) {
        if (c != '\n' && c != '\r') {
            body.push_back(c);
        }
    }
    auto content = core::from_base64(body);
    core::wipe(body);
    if (!content || content->empty()) {
        refuse(concat("the block ", core::in_quotes(label), " is not base64 without headers"));
    }
    return {label, std::move(*content)};
}

std::string to_pem(std::string_view label, std::span<const std::byte> content) {
    const std::string body = core::to_base64(content);
    std::string text = concat(begin_mark, label, mark_end, '\n');
    for (std::size_t at = 0; at < body.size(); at += columns) {
        text.append(body, at, columns).push_back('\n');
    }
    return text.append(concat("-----END ", label, mark_end, '\n'));
}

}  // namespace modelseal::crypto
