// The index.json of an image layout: which manifests it holds and what they are called.
// Spec: OCI image-spec 1.1, image-layout.md, "index.json file".
#pragma once

#include "common/core/json.hpp"
#include "common/oci/descriptor.hpp"
#include "common/oci/reference.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::oci {

/// Edits the document in place, so that what other tools wrote into it (platforms, URLs, their own
/// annotations) stays.
class LayoutIndex {
  public:
    /// A layout holds many artifacts, so its index may be larger than a manifest.
    static constexpr std::uint64_t size_limit = std::uint64_t{64} << 20U;

    /// An index without entries, as oras begins it.
    LayoutIndex();

    /// Errors: malformed.
    [[nodiscard]] static LayoutIndex parse(std::string_view bytes);

    /// What is called `tag`. Errors: malformed when two different manifests are.
    [[nodiscard]] std::optional<Descriptor> find(const Tag& tag) const;

    /// Every name that is a tag, sorted. (Others write full references here too.)
    [[nodiscard]] std::vector<Tag> tags() const;

    /// Every entry, tagged or not.
    [[nodiscard]] std::vector<Descriptor> entries() const;

    /// Lists `manifest` and points `tags` to it. What a tag pointed to before stays, untagged, as
    /// in oras: it may be the subject of signatures.
    void add(const Descriptor& manifest, const std::vector<Tag>& tags);

    /// Sorted by name and digest, so that the same content gives the same bytes in whatever order
    /// it was pushed; escaped as oras does.
    [[nodiscard]] std::string to_bytes() const;

  private:
    struct Entry {
        Descriptor descriptor;  // what it means …
        std::string written;    // … and the JSON that says so, with what only others interpret
    };

    [[nodiscard]] static Entry make_entry(const core::Json& json);
    [[nodiscard]] static std::string_view name_of(const Entry& entry);
    void untag(const Tag& tag);
    void add_untagged(const Descriptor& manifest);

    std::string other_fields_;  // the document without "manifests"
    std::vector<Entry> entries_;
};

}  // namespace modelseal::oci
