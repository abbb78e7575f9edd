#include "common/commands/signed_report.hpp"

#include "common/commands/signing_record_report.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/sigstore/format/signed_annotations.hpp"

#include <ostream>

#include <nlohmann/json.hpp>

namespace modelseal::commands {

namespace {

using core::in_quotes;

constexpr std::string_view model_key = sigstore::signed_annotations::model;

/// A default name is that of the place, not of the content, and may surprise whoever verifies.
void note_default_name(cli::Environment& environment,
                       const artifact::SigningSources& sources,
                       const oci::Annotations& annotations) {
    const std::string key(model_key);
    const auto named = annotations.find(key);
    if (sources.model || sources.annotations.contains(key) || named == annotations.end()) {
        return;
    }
    const auto title = sources.artifact.find(std::string(oci::annotation_keys::title));
    const bool titled = title != sources.artifact.end() && !title->second.empty();
    if (titled && title->second != named->second) {
        environment.err
            << "Note: the model is signed as " << in_quotes(named->second)
            << ", the repository's name, which verification by reference expects, not as "
            << in_quotes(title->second)
            << ", the artifact's title; 'cosign-modelseal sign --model' signs another\n";
    } else if (!titled && sources.repository.is_layout()) {
        environment.err << "Note: the model is signed as " << in_quotes(named->second)
                        << ", the layout's name; --model signs another\n";
    }
}

}  // namespace

void print_signed(std::ostream& out, const std::string& pinned, const SignedModel& model) {
    out << "Signed " << pinned << '\n';
    print_record(out, model.made.record);
    for (const auto& [key, value] : model.annotations) {
        out << "  annotation: " << in_quotes(key) << " = " << in_quotes(value) << '\n';
    }
    if (model.made.referrer) {
        out << "  signature:  " << model.made.referrer->digest.to_string() << '\n';
    }
}

core::Json signed_json(const SignedModel& model) {
    core::Json annotations = core::Json::object();
    for (const auto& [key, value] : model.annotations) {
        annotations[key] = value;
    }
    core::Json json = core::Json::object();
    add_record(json, model.made.record);
    json["annotations"] = std::move(annotations);
    if (model.made.referrer) {
        json["signature"] = model.made.referrer->digest.to_string();
    }
    return json;
}

void tell_claims(cli::Environment& environment,
                 const artifact::SigningSources& sources,
                 const oci::Annotations& annotations,
                 bool quiet) {
    if (const auto commit = artifact::commit_left_out(sources)) {
        environment.err << "Warning: the commit " << core::printable(*commit)
                        << " is not signed: the tree had changes\n";
    }
    if (!quiet) {
        note_default_name(environment, sources, annotations);
    }
}

}  // namespace modelseal::commands
