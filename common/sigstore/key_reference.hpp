// What --key can name. Spec: cosign, "Signing with Other Key Management Systems".
#pragma once

#include <string>
#include <string_view>

namespace modelseal::sigstore {

enum class KeyPlace {
    file,      // a path
    variable,  // env://NAME: the variable's value is the key file
    plugin,    // NAME://RESOURCE: the program sigstore-kms-NAME holds the key
};

struct KeyReference {
    KeyPlace place = KeyPlace::file;
    std::string name;        // the path, the variable, or the plugin's NAME
    std::string resource{};  // for a plugin only: what follows "://"

    /// Errors: usage (unsupported) for the services that are built into cosign and have no plugin,
    /// naming the stock command; usage for http(s), an empty name, or one that is not lower-case
    /// letters, digits and '-'.
    [[nodiscard]] static KeyReference parse(std::string_view text);
};

}  // namespace modelseal::sigstore
