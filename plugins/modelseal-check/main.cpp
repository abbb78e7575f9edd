#include "common/cli/run_main.hpp"
#include "common/commands/check/check_program.hpp"

int main(int argc, char** argv) {
    return modelseal::cli::run_main(modelseal::commands::check_program(), argc, argv);
}
