#include "common/commands/oras/stock_options.hpp"

namespace modelseal::commands::oras {

const std::vector<cli::Option>& stock_options() {
    static const std::vector<cli::Option> options = {
        {.long_name = "debug",
         .short_name = 'd',
         .refused = "there is no debug log in this version"},
        {.long_name = "verbose",
         .short_name = 'v',
         .refused = "leave it out; every file is listed as it is, unless --quiet"},
    };
    return options;
}

}  // namespace modelseal::commands::oras
