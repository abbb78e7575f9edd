#include "common/commands/cosign/policy_test.hpp"

#include "common/cli/error_report.hpp"
#include "common/cli/exit_code.hpp"
#include "common/commands/cosign/stored_artifact.hpp"
#include "common/commands/source_options.hpp"
#include "common/commands/trust/signer_report.hpp"
#include "common/commands/trust/trust_options.hpp"
#include "common/commands/trust/trusted_root_option.hpp"
#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/policy/document.hpp"
#include "common/sigstore/policy/policy_test_table.hpp"
#include "common/sigstore/policy/trust_policy.hpp"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <variant>

#include <nlohmann/json.hpp>

namespace modelseal::commands::cosign {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using sigstore::PolicyTestCase;

namespace fs = std::filesystem;

/// What the policy said.
struct Verdict {
    bool accepted;
    core::Reason reason = core::Reason::unspecified;  // of a rejection
    std::string message;                              // who signed, or why it is rejected
};

struct JudgedCase {
    const PolicyTestCase& expected;
    std::variant<Verdict, Error> outcome;  // the error is what kept it from being judged

    [[nodiscard]] const Error* error() const noexcept { return std::get_if<Error>(&outcome); }

    [[nodiscard]] bool is_as_expected() const noexcept {
        const auto* verdict = std::get_if<Verdict>(&outcome);
        return verdict != nullptr && verdict->accepted == expected.accepted &&
               (!expected.reason || *expected.reason == verdict->reason);
    }
};

bool is_verdict(const Error& error) noexcept {
    return error.kind() == ErrorKind::mismatch || error.kind() == ErrorKind::no_signature ||
           error.kind() == ErrorKind::no_matching_signature ||
           error.kind() == ErrorKind::no_certificate;
}

/// Runs what only decides, and fetches nothing: whatever it refuses, the policy does.
template <typename Decide>
std::optional<Verdict> rejection_by(Decide decide) {
    try {
        decide();
        return std::nullopt;
    } catch (const Error& error) {
        if (!is_verdict(error)) {
            throw;
        }
        return Verdict{.accepted = false, .reason = error.reason(), .message = error.message()};
    }
}

/// Of a layout by its own options: those of a registry mean nothing there.
cli::Arguments arguments_of(const PolicyTestCase& one, const cli::Arguments& arguments) {
    return one.is_layout ? cli::parse_arguments({.options = store_options()}, {"--oci-layout"})
                         : arguments;
}

class PolicyTest {
  public:
    PolicyTest(cli::Environment& environment, const cli::Arguments& arguments, fs::path folder)
        : environment_(environment), arguments_(arguments), folder_(std::move(folder)) {}

    [[nodiscard]] Verdict judge(const sigstore::TrustPolicy& policy, const PolicyTestCase& one) {
        const cli::Arguments arguments = arguments_of(one, arguments_);
        const std::string reference =
            one.is_layout ? (folder_ / one.reference).string() : one.reference;
        core::NoProgress no_progress;  // manifests and signatures are small
        OpenedStore opened = open_source(environment_, arguments, reference, no_progress);
        // First of all: about what is not there, a policy says nothing.
        opened.reference.digest = oci::fetch(*opened.store, opened.reference).descriptor.digest;
        const Settings settings = Settings::of_flags(arguments_, environment_.variables);
        sigstore::Demands demands{.statements = {},
                                  .trust = trust_of(environment_, settings, one.at)};
        if (auto rejected = rejection_by([&] {
                policy.require_current(demands.trust.now);
                demands.statements =
                    policy.requirements_for(asked_model(one, opened.reference.repository));
            })) {
            return *std::move(rejected);
        }
        has_warned_ |= warn_if_old_root(
            environment_, settings, demands, has_warned_ || arguments_.has("quiet"));
        const StoredArtifact stored = fetch_artifact(environment_, arguments, opened, demands);
        std::string by;
        auto rejected = rejection_by([&] {
            by = signer_line(
                sigstore::verify_artifact(stored.digest, stored.evidence, demands, stored.revision)
                    .signature()
                    .authentication);
        });
        return rejected ? *std::move(rejected)
                        : Verdict{.accepted = true, .message = concat("signed by ", by)};
    }

  private:
    static sigstore::RequiredModel asked_model(const PolicyTestCase& one,
                                               const oci::Repository& repository) {
        return one.model ? sigstore::RequiredModel{.name = *one.model}
                         : model_of(repository).value();  // a layout names its model
    }

    cli::Environment& environment_;
    const cli::Arguments& arguments_;
    fs::path folder_;
    bool has_warned_ = false;  // of an old trusted root: once is enough
};

std::string_view word_of(bool accepted) noexcept {
    return accepted ? "accepted" : "rejected";
}

core::Json to_json(const JudgedCase& judged) {
    const PolicyTestCase& one = judged.expected;
    core::Json json = {{"line", one.line},
                       {"ref", core::as_utf8(one.reference)},
                       {"expected", word_of(one.accepted)},
                       {"asExpected", judged.is_as_expected()}};
    if (one.model) {
        json["model"] = *one.model;
    }
    if (one.at) {
        json["at"] = one.at->to_string();
    }
    if (one.reason) {
        json["expectedReason"] = core::to_string(*one.reason);
    }
    if (const Error* error = judged.error()) {
        json["error"] = {{"reason", cli::reason_text(*error)},
                         {"message", core::as_utf8(error->message())}};
        return json;
    }
    const auto& verdict = std::get<Verdict>(judged.outcome);
    json["verdict"] = word_of(verdict.accepted);
    json["message"] = core::as_utf8(verdict.message);
    if (!verdict.accepted) {
        json["reason"] = core::to_string(verdict.reason);
    }
    return json;
}

/// "ok    rejected (EXPIRED)  "
std::string outcome_text(const JudgedCase& judged) {
    if (judged.error() != nullptr) {
        return "ERROR not judged  ";
    }
    const auto& verdict = std::get<Verdict>(judged.outcome);
    return concat(judged.is_as_expected() ? "ok    " : "WRONG ",
                  word_of(verdict.accepted),
                  verdict.accepted ? "" : concat(" (", core::to_string(verdict.reason), ')'),
                  "  ");
}

void print_text(std::ostream& out, const JudgedCase& judged) {
    const PolicyTestCase& one = judged.expected;
    out << outcome_text(judged) << core::printable(one.reference);
    if (one.model) {
        out << ", model " << core::in_quotes(*one.model);
    }
    if (one.at) {
        out << ", at " << one.at->to_string();
    }
    out << '\n';
    if (judged.error() == nullptr && !judged.is_as_expected()) {
        out << "      line " << one.line << " expects " << word_of(one.accepted)
            << (one.reason ? concat(" (", core::to_string(*one.reason), ')') : "") << "; "
            << std::get<Verdict>(judged.outcome).message << '\n';
    }
}

/// What came of all cases. One that could not be judged decides over the exit code, by its error.
struct Tally {
    std::size_t wrong = 0;
    std::size_t not_judged = 0;
    int exit = cli::exit_ok;

    void add(const JudgedCase& judged) {
        if (const Error* error = judged.error()) {
            exit = not_judged == 0 ? cli::exit_code(error->kind()) : exit;
            ++not_judged;
        } else if (!judged.is_as_expected()) {
            exit = not_judged == 0 ? cli::exit_code(ErrorKind::mismatch) : exit;
            ++wrong;
        }
    }

    [[nodiscard]] std::string text() const {
        std::vector<std::string> parts;
        if (wrong > 0) {
            parts.push_back(concat(wrong, " not as expected"));
        }
        if (not_judged > 0) {
            parts.push_back(concat(not_judged, " not judged"));
        }
        return parts.empty() ? "all as expected" : core::join(parts, ", ");
    }
};

JudgedCase judge(PolicyTest& test, const sigstore::TrustPolicy& policy, const PolicyTestCase& one) {
    try {
        return {one,
                core::with_context(concat("line ", one.line, ", ", core::in_quotes(one.reference)),
                                   [&] { return test.judge(policy, one); })};
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::terminated) {
            throw;
        }
        return {one, error};
    }
}

/// A path of the table is one from the table's folder.
fs::path policy_path(const cli::Arguments& arguments,
                     const fs::path& table_path,
                     const sigstore::PolicyTestTable& table) {
    if (const auto path = arguments.get("trust-policy")) {
        return *path;
    }
    if (!table.policy) {
        throw Error(ErrorKind::usage,
                    "the table names no policy: give --trust-policy, or write policy: FILE in it");
    }
    return table_path.parent_path() / *table.policy;
}

}  // namespace

std::vector<cli::Option> policy_test_options() {
    return {{.long_name = "trust-policy",
             .value = "FILE",
             .help = "test: the policy to test, instead of the one that the table names"},
            cli::format_option()};
}

int run_policy_test(cli::Environment& environment, const cli::Arguments& arguments) {
    if (arguments.positional().size() != 2) {
        throw Error(ErrorKind::usage, "write: policy test TABLE");
    }
    const fs::path path = arguments.positional()[1];
    const auto table = core::with_context(concat("reading ", core::in_quotes(path.string())), [&] {
        return sigstore::PolicyTestTable::parse(
            core::read_small_file(path, sigstore::document_size_limit));
    });
    const fs::path policy_file = policy_path(arguments, path, table);
    const auto policy = sigstore::TrustPolicy::load(policy_file);
    const bool as_json = arguments.get_or("format", "text") == "json";
    PolicyTest test(environment, arguments, path.parent_path());
    core::Json cases = core::Json::array();
    Tally tally;
    for (const PolicyTestCase& one : table.cases) {
        const JudgedCase judged = judge(test, policy, one);
        tally.add(judged);
        if (as_json) {
            cases.push_back(to_json(judged));
        } else {
            print_text(environment.out, judged);
        }
        if (const Error* error = judged.error()) {
            environment.err << "Error: " << error->message() << '\n';
        }
    }
    if (as_json) {
        environment.out << core::to_pretty_json({{"policy", core::as_utf8(policy_file.string())},
                                                 {"serial", policy.serial()},
                                                 {"asExpected", tally.exit == cli::exit_ok},
                                                 {"cases", std::move(cases)}})
                        << '\n';
    } else {
        environment.out << table.cases.size() << " cases: " << tally.text() << '\n';
    }
    return tally.exit;
}

}  // namespace modelseal::commands::cosign
