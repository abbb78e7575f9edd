#include "common/artifact/annotation_file.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::artifact {

using core::Error;
using core::ErrorKind;

namespace {

oci::Annotations read_annotations(std::string_view target, const core::Json& json) {
    if (!json.is_object()) {
        throw Error(
            ErrorKind::malformed,
            core::concat("the annotations of ", core::in_quotes(target), " are not an object"));
    }
    oci::Annotations annotations;
    for (const auto& [key, value] : json.items()) {
        if (!value.is_string()) {
            throw Error(ErrorKind::malformed,
                        core::concat("the annotation ",
                                     core::in_quotes(key),
                                     " of ",
                                     core::in_quotes(target),
                                     " is not a string"));
        }
        annotations.emplace(key, value.get<std::string>());
    }
    return annotations;
}

}  // namespace

AnnotationFile AnnotationFile::parse(std::string_view json) {
    const core::Json document = core::parse_json(json);
    if (!document.is_object()) {
        throw Error(ErrorKind::malformed, "an annotation file holds one JSON object");
    }
    AnnotationFile file;
    for (const auto& [target, value] : document.items()) {
        oci::Annotations annotations = read_annotations(target, value);
        if (target == "$manifest") {
            file.manifest = std::move(annotations);
        } else if (target == "$config") {
            file.config = std::move(annotations);
        } else {
            file.files.emplace(target, std::move(annotations));
        }
    }
    return file;
}

oci::Annotations parse_annotations(const std::vector<std::string>& words) {
    oci::Annotations annotations;
    for (const std::string& word : words) {
        const auto annotation = core::split_key_value(word);
        if (!annotation || !core::is_utf8(word)) {
            throw Error(
                ErrorKind::usage,
                core::concat("an annotation is KEY=VALUE in UTF-8, not ", core::in_quotes(word)));
        }
        if (!annotations.insert(*annotation).second) {
            throw Error(
                ErrorKind::usage,
                core::concat(
                    "the annotation ", core::in_quotes(annotation->first), " is given twice"));
        }
    }
    return annotations;
}

}  // namespace modelseal::artifact
