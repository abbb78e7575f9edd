#include "common/commands/verify/verify_command.hpp"

#include "common/cli/exit_code.hpp"
#include "common/cli/progress.hpp"
#include "common/cli/run_main.hpp"
#include "common/commands/verify/report.hpp"
#include "common/commands/verify/settings.hpp"
#include "common/core/subprocess.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/crypto/startup.hpp"
#include "common/seal/verify_file.hpp"
#include "common/seal/verify_folder.hpp"

#include <filesystem>
#include <ostream>
#include <system_error>

#include <sys/statvfs.h>

namespace modelseal::commands {

namespace {

using core::Error;
using core::ErrorKind;
using core::Reason;

bool is_writable_storage(int descriptor) {
    struct statvfs status {};

    return ::fstatvfs(descriptor, &status) == 0 && (status.f_flag & ST_RDONLY) == 0;
}

/// Without anything to verify against.
[[noreturn]] void refuse_unconfigured(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        throw Error(ErrorKind::mismatch,
                    Reason::not_configured,
                    core::concat(core::in_quotes(path.string()),
                                 " is a folder and there is nothing to verify it against: give "
                                 "--key FILE and --model NAME, or set MODEL_DIGEST to the digest "
                                 "of its manifest. Refusing to load."));
    }
    // The sentence of the script that this program succeeds; tools look for it.
    throw Error(ErrorKind::mismatch,
                Reason::not_configured,
                "MODEL_DIGEST environment variable not set. Refusing to load.");
}

VerifyOutcome verify_path(const VerifySettings& settings, core::Progress& progress) {
    if (!settings.has_demand()) {
        refuse_unconfigured(settings.path);
    }
    std::error_code ignored;  // opening it says what is wrong
    if (std::filesystem::is_directory(settings.path, ignored)) {
        const core::Folder folder = core::Folder::open(settings.path);
        return {.model = seal::verify_folder(folder, settings.demands, progress),
                .writable = is_writable_storage(folder.descriptor())};
    }
    const core::File file = core::File::open(settings.path);
    if (settings.demands.signature || !settings.demands.digest) {
        throw Error(ErrorKind::usage,
                    "a signature is verified over a folder with its seal, not over one file; "
                    "name the folder");
    }
    return {.model = seal::verify_file(file, *settings.demands.digest, progress),
            .writable = is_writable_storage(file.descriptor())};
}

/// A usage error is no outcome: it goes to run_main(), which shows the way to --help.
VerifyOutcome verify(cli::Environment& environment, const VerifySettings& settings) {
    if (settings.refusal) {
        return {.refusal = settings.refusal};
    }
    const auto progress = cli::make_progress(environment, settings.progress);
    try {
        return verify_path(settings, *progress);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::usage) {
            throw;
        }
        return {.refusal = error};
    }
}

/// As shells say it; the numbers are not of the project's table, because the model was verified.
constexpr int command_not_found = 127;
constexpr int command_not_executable = 126;

/// Whoever waits for the outcome must have it before the command takes this process over.
void require_reported(cli::Environment& environment) {
    environment.out.flush();
    if (!environment.out) {
        throw Error(ErrorKind::io, "writing the outcome to standard output failed");
    }
}

/// Returns only when the command cannot be started. Errors: io when the outcome cannot be written;
/// those of core::check_termination().
int become(cli::Environment& environment, const std::vector<std::string>& command) {
    require_reported(environment);
    core::check_termination();
    try {
        core::replace_process(command);
    } catch (const Error& error) {
        environment.err << "Error: the model is verified, but the command cannot be started: "
                        << error.message() << '\n';
        return error.kind() == ErrorKind::not_found ? command_not_found : command_not_executable;
    }
}

int run_verify(cli::Environment& environment, const cli::Arguments& arguments) {
    const VerifySettings settings = verify_settings(environment, arguments);
    const VerifyOutcome outcome = verify(environment, settings);
    report_outcome(environment, settings, outcome);
    if (outcome.refusal) {
        if (!is_verdict(*outcome.refusal)) {
            return cli::exit_code(outcome.refusal->kind());
        }
        if (!settings.warn) {
            return cli::exit_code(ErrorKind::mismatch);
        }
    }
    if (!settings.command.empty()) {
        return become(environment, settings.command);
    }
    return cli::exit_ok;
}

cli::Program make_program() {
    return {
        .name = "modelseal-verify",
        .summary = "verify a model before it is loaded",
        .commands = {
            {.name = "modelseal-verify",
             .usage = "[OPTIONS] [PATH] [-- COMMAND ARGUMENTS…]",
             .summary = "verify a model before it is loaded",
             .description =
                 "Verifies a model file, or a folder that oras-modelseal pulled, without any "
                 "network.\n\n"
                 "A file is compared with its SHA-256. A folder is compared with its seal: the "
                 "signature or digest covers the manifest, the manifest covers every file, and "
                 "a file that it does not list is refused.\n\n"
                 "MODEL_PATH is the default of PATH (else /models/model.safetensors). "
                 "MODEL_DIGEST, also spelled VERIFICATION_DIGEST, is what to compare with: the "
                 "file's SHA-256, or the digest of the folder's manifest; sha256:HEX or HEX. "
                 "Every option but --warn and --quiet can be given as a variable, --min-version "
                 "as MODELSEAL_MIN_VERSION; several values stand between commas.\n\n"
                 "Versions are compared number by number, v2.3 before v2.10; one that cannot be "
                 "compared is refused.\n\n"
                 "With a COMMAND, verifies and then becomes it; after a failure it is never "
                 "started, and after success the exit code is its own; 126 or 127 when it cannot "
                 "be started. Exit codes: 0 verified, 1 do not load this model, 2 usage, 3 the key "
                 "given is no public key, 4 not found, 5 denied, 7 reading failed.",
             .examples =
                 "  MODEL_PATH=model.safetensors MODEL_DIGEST=9f86d081… modelseal-verify\n"
                 "  modelseal-verify ./serving --key cosign.pub --model fraud-detector\n"
                 "  modelseal-verify /models --key env://MODEL_KEY --model fraud-detector \\\n"
                 "      --min-version v2.3 -- serve /models\n"
                 "  modelseal-verify /models --trust-policy policy.yaml \\\n"
                 "      --model fraud-detector\n",
             .options = verify_options(),
             .run = run_verify},
        }};
}

}  // namespace

const cli::Program& verify_program() {
    static const cli::Program program = make_program();
    return program;
}

int run_verifier(int argc, char** argv) noexcept {
    try {
        crypto::start_without_configuration();
    } catch (const Error&) {
        return cli::exit_code(ErrorKind::internal);
    }
    return cli::run_main(verify_program(), argc, argv);
}

}  // namespace modelseal::commands
