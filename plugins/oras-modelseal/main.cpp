#include "common/cli/run_main.hpp"
#include "common/commands/oras/program.hpp"

int main(int argc, char** argv) {
    return modelseal::cli::run_main(modelseal::commands::oras_program(), argc, argv);
}
