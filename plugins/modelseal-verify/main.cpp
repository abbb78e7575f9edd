#include "common/commands/verify/verify_command.hpp"

int main(int argc, char** argv) {
    return modelseal::commands::run_verifier(argc, argv);
}
