// fuzz: crypto
#include "common/core/error.hpp"
#include "common/crypto/encrypted_key_file.hpp"
#include "common/crypto/pem.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

namespace {

/// A whole, well-formed file costs 64 MiB and a tenth of a second to try a password on, which says
/// nothing about parsing: only files whose cost is refused are taken through the decoder.
bool asks_for_accepted_cost(std::string_view document) {
    return document.find("\"N\":32768") != std::string_view::npos ||
           document.find("\"N\":65536") != std::string_view::npos ||
           document.find("\"N\":131072") != std::string_view::npos;
}

template <typename Parse>
void try_parse(Parse parse) {
    try {
        parse();
    } catch (const modelseal::core::Error&) {  // refusing is fine
    }
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    const std::string_view text = core::as_text(input);
    try_parse([&] { static_cast<void>(crypto::PublicKey::parse_pem(text)); });
    try_parse([&] { static_cast<void>(crypto::PrivateKey::parse_pem(text)); });
    try_parse([&] { static_cast<void>(crypto::PublicKey::parse_spki(input)); });
    try_parse([&] {
        const crypto::PemBlock block = crypto::parse_first_pem(text);
        if (!asks_for_accepted_cost(core::as_text(block.content))) {
            static_cast<void>(crypto::decrypt_key_file(text, core::Secret("pw")));
        }
    });
}
