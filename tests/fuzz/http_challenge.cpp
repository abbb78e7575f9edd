// fuzz: http
#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/http/challenge.hpp"
#include "common/http/headers.hpp"
#include "common/http/url.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace modelseal;

void fuzz(std::span<const std::byte> input) {
    const std::string_view text = core::as_text(input);
    try {
        static_cast<void>(http::parse_challenges(text));
    } catch (const core::Error&) {  // refused
    }
    http::Headers headers;
    headers.add("Link", text);
    static_cast<void>(http::next_link(headers));
    static_cast<void>(http::ContentRange::parse(text));
    try {
        static_cast<void>(
            http::Url::parse("https://registry.example/v2/").resolve(text).redacted());
    } catch (const core::Error&) {  // refused
    }
}
