#include "common/commands/oras/program.hpp"

#include "common/commands/oras/copy.hpp"
#include "common/commands/oras/doctor.hpp"
#include "common/commands/oras/inspect.hpp"
#include "common/commands/oras/layout.hpp"
#include "common/commands/oras/pull.hpp"
#include "common/commands/oras/push.hpp"
#include "common/commands/oras/stock_options.hpp"

namespace modelseal::commands {

cli::Program oras_program() {
    cli::Program program = {
        .name = "oras-modelseal",
        .summary = "model-aware push and pull beside oras",
        .description =
            "What it pushes, 'oras pull' reads; what 'oras push' wrote, it pulls. It is an "
            "executable of its own: oras does not dispatch to it.",
        .commands = {oras::push_command(),
                     oras::pull_command(),
                     oras::copy_command(),
                     oras::inspect_command(),
                     oras::layout_command(),
                     oras::doctor_command()},
        .has_subcommands = true};
    for (cli::Command& command : program.commands) {
        const auto refused = oras::stock_options(command.name);
        command.options.insert(command.options.end(), refused.begin(), refused.end());
    }
    const auto refused = oras::stock_commands();
    program.commands.insert(program.commands.end(), refused.begin(), refused.end());
    return program;
}

}  // namespace modelseal::commands
