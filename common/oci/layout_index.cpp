#include "common/oci/layout_index.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

namespace modelseal::oci {

namespace {

using core::Error;
using core::ErrorKind;
using core::Json;

constexpr auto begin_of_index =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json"})";

Json parse_document(std::string_view bytes) {
    Json json = core::parse_json(bytes, {.size = LayoutIndex::size_limit});
    if (core::require_unsigned(json, "schemaVersion") != 2) {
        throw Error(ErrorKind::malformed, "its schemaVersion is not 2");
    }
    return json;
}

bool is_tag(std::string_view name) {
    try {
        static_cast<void>(Tag::parse(name));
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

LayoutIndex::LayoutIndex() : other_fields_(begin_of_index) {}

LayoutIndex LayoutIndex::parse(std::string_view bytes) {
    LayoutIndex index;
    Json json = parse_document(bytes);
    for (const Json& entry : core::require_array(json, "manifests")) {
        index.entries_.push_back(
            core::with_context(core::concat("manifests[", index.entries_.size(), "]"),
                               [&] { return make_entry(entry); }));
    }
    json.erase("manifests");
    index.other_fields_ = core::to_go_json(json);
    return index;
}

LayoutIndex::Entry LayoutIndex::make_entry(const core::Json& json) {
    return {Descriptor::from_json(json), core::to_go_json(json)};
}

std::string_view LayoutIndex::name_of(const Entry& entry) {
    const auto name = entry.descriptor.annotations.find(annotation_keys::ref_name);
    return name == entry.descriptor.annotations.end() ? std::string_view() : name->second;
}

std::optional<Descriptor> LayoutIndex::find(const Tag& tag) const {
    std::optional<Descriptor> found;
    for (const Entry& entry : entries_) {
        if (name_of(entry) != tag.to_string()) {
            continue;
        }
        if (found && found->digest != entry.descriptor.digest) {
            throw Error(ErrorKind::malformed,
                        core::concat("two different manifests are called ",
                                     core::in_quotes(tag.to_string()),
                                     "; name one by its digest"));
        }
        found = entry.descriptor;
    }
    return found;
}

std::vector<Tag> LayoutIndex::tags() const {
    std::vector<Tag> tags;
    for (const Entry& entry : entries_) {
        if (is_tag(name_of(entry))) {
            tags.push_back(Tag::parse(name_of(entry)));
        }
    }
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    return tags;
}

std::vector<Descriptor> LayoutIndex::entries() const {
    std::vector<Descriptor> descriptors;
    descriptors.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        descriptors.push_back(entry.descriptor);
    }
    return descriptors;
}

void LayoutIndex::add(const Descriptor& manifest, const std::vector<Tag>& tags) {
    for (const Tag& tag : tags) {
        untag(tag);
    }
    if (tags.empty()) {
        add_untagged(manifest);
        return;
    }
    std::erase_if(entries_, [&](const Entry& entry) {
        return entry.descriptor.digest == manifest.digest && name_of(entry).empty();
    });
    for (const Tag& tag : tags) {
        Descriptor entry = manifest;
        entry.annotations.insert_or_assign(std::string(annotation_keys::ref_name), tag.to_string());
        entries_.push_back(make_entry(entry.to_json()));
    }
}

/// Takes the name from whatever has it; a manifest that is then not listed by another name stays
/// without one.
void LayoutIndex::untag(const Tag& tag) {
    std::vector<Entry> untagged;
    std::erase_if(entries_, [&](const Entry& entry) {
        const bool named_so = name_of(entry) == tag.to_string();
        if (named_so) {
            untagged.push_back(entry);
        }
        return named_so;
    });
    for (const Entry& entry : untagged) {
        Json json = core::parse_json(entry.written);
        Json& annotations = json["annotations"];
        annotations.erase(std::string(annotation_keys::ref_name));
        if (annotations.empty()) {
            json.erase("annotations");
        }
        const bool listed = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& other) {
            return other.descriptor.digest == entry.descriptor.digest;
        });
        if (!listed) {
            entries_.push_back(make_entry(json));
        }
    }
}

void LayoutIndex::add_untagged(const Descriptor& manifest) {
    const bool listed = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.descriptor.digest == manifest.digest;
    });
    if (!listed) {
        entries_.push_back(make_entry(manifest.to_json()));
    }
}

std::string LayoutIndex::to_bytes() const {
    std::vector<const Entry*> sorted;
    sorted.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        sorted.push_back(&entry);
    }
    std::sort(sorted.begin(), sorted.end(), [](const Entry* left, const Entry* right) {
        return std::tuple(name_of(*left), left->descriptor.digest, left->written) <
               std::tuple(name_of(*right), right->descriptor.digest, right->written);
    });
    Json manifests = Json::array();
    for (const Entry* entry : sorted) {
        manifests.push_back(core::parse_json(entry->written));
    }
    Json json = core::parse_json(other_fields_);
    json["manifests"] = std::move(manifests);
    return core::to_go_json(json);
}

}  // namespace modelseal::oci
