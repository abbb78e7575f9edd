#include "common/cli/run_main.hpp"
#include "common/commands/cosign/program.hpp"

int main(int argc, char** argv) {
    return modelseal::cli::run_main(modelseal::commands::cosign::program(), argc, argv);
}
