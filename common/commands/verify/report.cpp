#include "common/commands/verify/report.hpp"

#include "common/cli/explanation_report.hpp"
#include "common/commands/trust/signer_report.hpp"
#include "common/commands/verify/termination_log.hpp"
#include "common/core/text.hpp"

#include <filesystem>
#include <ostream>
#include <system_error>

#include <nlohmann/json.hpp>

namespace modelseal::commands {

namespace {

using core::as_utf8;
using core::concat;
using core::in_quotes;
using core::Json;

std::string shown_digest(const VerifySettings& settings, const seal::VerifiedModel& model) {
    return settings.demands.digest ? settings.demands.digest->in_same_form(model.digest)
                                   : model.digest.to_string();
}

Json to_json(const sigstore::SignatureFacts& signature) {
    Json json = Json::object();
    add_signer(json, signature.authentication);
    json["artifact"] = signature.artifact.to_string();
    json["origin"] = signature.origin;
    json["format"] = sigstore::to_string(signature.format);
    json["predicate_type"] = signature.predicate_type;
    json["annotations"] = Json::object();
    for (const auto& [key, value] : signature.annotations) {
        json["annotations"][key] = value;
    }
    return json;
}

void add_model(Json& json, const seal::VerifiedModel& model) {
    json["digest"] = model.digest.to_string();
    json["size_bytes"] = model.size;
    if (model.signature) {
        json["signature"] = to_json(model.signature->signature());
    }
    json["not_asked"] = Json::array();
    for (const seal::Unasked unasked : model.unasked) {
        json["not_asked"].push_back(seal::to_string(unasked));
    }
}

void add_contents(Json& json, const seal::VerifiedModel& model) {
    json["annotations"] = Json::object();
    for (const auto& [key, value] : model.annotations) {
        json["annotations"][key] = value;
    }
    json["files"] = Json::array();
    for (const seal::SealedFile& file : model.files) {
        json["files"].push_back(
            {{"path", file.path}, {"digest", file.digest.to_string()}, {"size_bytes", file.size}});
    }
    json["notes"] = model.notes;
}

/// What was looked at, whatever came of it; nothing where no signature was asked about.
const core::Explanation& explanation_of(const VerifyOutcome& outcome) {
    static const core::Explanation none;
    if (outcome.refusal) {
        return outcome.refusal->explanation();
    }
    return outcome.model->signature ? outcome.model->signature->explanation() : none;
}

/// What every form of the report begins with.
Json verdict(const VerifySettings& settings, const VerifyOutcome& outcome) {
    const bool matched = outcome.model.has_value();
    Json json = {{"schema", "modelseal.verify/v1"},
                 {"verified", matched && !settings.warn},
                 {"matched", matched},
                 {"enforced", !settings.warn}};
    if (outcome.refusal && outcome.refusal->reason() != core::Reason::unspecified) {
        json["reason"] = core::to_string(outcome.refusal->reason());
    }
    json["message"] = as_utf8(outcome_line(settings, outcome));
    json["path"] = as_utf8(settings.path.string());
    return json;
}

/// At most `limit` bytes of UTF-8, cut between characters.
std::string shortened(const std::string& text, std::size_t limit) {
    constexpr std::string_view ellipsis = "...";
    if (text.size() <= limit) {
        return text;
    }
    std::size_t end = limit - ellipsis.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return text.substr(0, end).append(ellipsis);
}

void print_notes(std::ostream& err, const VerifySettings& settings, const VerifyOutcome& outcome) {
    if (outcome.refusal) {
        if (settings.demands.digest && !settings.demands.digest->digest()) {
            err << "Note: the expected digest is not a SHA-256 digest: 64 hexadecimal digits, "
                   "with or without sha256: before them.\n";
        }
        if (settings.warn && is_verdict(*outcome.refusal)) {
            err << "Warning: going on all the same, because of --warn.\n";
        }
        return;
    }
    if (const auto& signature = outcome.model->signature) {
        const sigstore::SignatureFacts& facts = signature->signature();
        err << "Signed by " << signer_line(facts.authentication);
        for (const auto& [key, value] : facts.annotations) {
            err << ", " << in_quotes(key) << ": " << in_quotes(value);
        }
        err << '\n';
    }
    for (const std::string& note : outcome.model->notes) {
        err << "Note: " << note << '\n';
    }
    if (outcome.writable) {
        err << "Note: " << in_quotes(settings.path.string())
            << " is on storage that can be written to: what was verified can still be changed. "
               "Mount it read-only.\n";
    }
}

/// Nothing to verify against is said first, in words that tools know; and there is more to mend.
void note_missing_path(std::ostream& err,
                       const VerifySettings& settings,
                       const VerifyOutcome& outcome) {
    std::error_code error;
    if (outcome.refusal && outcome.refusal->reason() == core::Reason::not_configured &&
        !std::filesystem::exists(settings.path, error) && !error) {
        err << "Note: there is no file or folder " << in_quotes(settings.path.string())
            << " either\n";
    }
}

}  // namespace

bool is_verdict(const core::Error& refusal) noexcept {
    const core::ErrorKind kind = refusal.kind();
    return kind == core::ErrorKind::mismatch || kind == core::ErrorKind::malformed ||
           kind == core::ErrorKind::no_signature ||
           kind == core::ErrorKind::no_matching_signature ||
           kind == core::ErrorKind::no_certificate;
}

std::string outcome_line(const VerifySettings& settings, const VerifyOutcome& outcome) {
    if (outcome.model) {
        const std::string_view claim = settings.warn ? "Model integrity matches (not enforced): "
                                                     : "Model integrity verified: ";
        return concat(claim, shown_digest(settings, *outcome.model));
    }
    if (outcome.refusal->reason() == core::Reason::not_configured) {
        return outcome.refusal->message();
    }
    return concat(
        is_verdict(*outcome.refusal) ? "INTEGRITY CHECK FAILED: " : "Model not verified: ",
        outcome.refusal->message());
}

core::Json to_json(const VerifySettings& settings, const VerifyOutcome& outcome) {
    Json json = verdict(settings, outcome);
    if (outcome.model) {
        add_model(json, *outcome.model);
        if (outcome.model->is_folder) {
            add_contents(json, *outcome.model);
        }
        json["storage_writable"] = outcome.writable;
    }
    if (settings.explain) {
        json["explain"] = cli::to_json(explanation_of(outcome));
    }
    return json;
}

std::string termination_message(const VerifySettings& settings, const VerifyOutcome& outcome) {
    Json json = verdict(settings, outcome);
    if (outcome.model) {
        add_model(json, *outcome.model);
    }
    std::string text = core::to_go_json(json);
    for (std::size_t limit = 1024; text.size() > termination_limit; limit /= 2) {
        json.erase("signature");  // names and values in it have no limit of their own
        json["message"] = shortened(json["message"].get<std::string>(), limit);
        json["path"] = shortened(json["path"].get<std::string>(), limit);
        text = core::to_go_json(json);
    }
    return text;
}

void report_outcome(cli::Environment& environment,
                    const VerifySettings& settings,
                    const VerifyOutcome& outcome) {
    if (settings.json) {
        environment.out << core::to_pretty_json(to_json(settings, outcome)) << '\n';
    } else {
        environment.out << outcome_line(settings, outcome) << '\n';
    }
    if (settings.explain && !settings.json) {
        cli::print_explanation(environment.err, explanation_of(outcome));
    }
    const auto problem =
        write_termination_log(settings.termination_log, termination_message(settings, outcome));
    if (!settings.quiet) {
        note_missing_path(environment.err, settings, outcome);
        print_notes(environment.err, settings, outcome);
        if (problem) {
            environment.err << "Note: " << *problem << '\n';
        }
    }
}

}  // namespace modelseal::commands
