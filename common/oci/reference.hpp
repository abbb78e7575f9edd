// What names an artifact: in a registry "registry/repo[:tag][@digest]", in a layout
// "PATH[:tag][@digest]". Spec: OCI distribution-spec 1.1, "Pulling manifests".
#pragma once

#include "common/digest/digest.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::oci {

/// A tag: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
class Tag {
  public:
    /// Errors: usage.
    [[nodiscard]] static Tag parse(std::string_view text);

    /// "sha256-<hex>" and a suffix: how OCI's referrers tag schema, and cosign's older tags such as
    /// "sha256-<hex>.sig", name what belongs to a manifest.
    [[nodiscard]] static Tag of_digest(const digest::Digest& digest, std::string_view suffix = "");

    [[nodiscard]] const std::string& to_string() const noexcept { return text_; }

    auto operator<=>(const Tag&) const = default;

  private:
    explicit Tag(std::string_view text) : text_(text) {}

    std::string text_;
};

/// Where artifacts are kept: a repository in a registry, or an image layout on disk.
struct Repository {
    std::string registry;          // "localhost:5000"; empty for a layout
    std::string name;              // "models/fraud-detector"; empty for a layout
    std::filesystem::path layout;  // empty for a registry

    [[nodiscard]] bool is_layout() const noexcept { return !layout.empty(); }

    /// "localhost:5000/models/fraud-detector", or the layout's path.
    [[nodiscard]] std::string to_string() const;

    /// "localhost:5000/models/fraud-detector" as legacy signatures state it; empty for a layout,
    /// which has no such name.
    [[nodiscard]] std::string docker_reference() const;

    /// The last component of the repository's name, or of the layout's path: what a model is called
    /// unless somebody says otherwise (design: signed annotation `model`).
    [[nodiscard]] std::string base_name() const;

    bool operator==(const Repository&) const = default;
};

/// A repository and what is meant in it. With a tag and a digest, the digest decides.
struct Reference {
    Repository repository;
    std::vector<Tag> tags;  // push accepts several: "repo:v1,latest"
    std::optional<digest::Digest> digest;

    /// A registry reference; the registry must be named (as oras demands). Errors: usage.
    [[nodiscard]] static Reference parse(std::string_view text);

    /// A layout reference: "PATH[:tag][@digest]". Errors: usage.
    [[nodiscard]] static Reference parse_layout(std::string_view text);

    /// Canonical text, with every tag and the digest.
    [[nodiscard]] std::string to_string() const;

    bool operator==(const Reference&) const = default;
};

}  // namespace modelseal::oci
