// fuzz: model
#include "common/core/error.hpp"
#include "common/core/stream.hpp"
#include "common/model/safetensors/safetensors.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

namespace {

using namespace modelseal;

/// Whether the policy refuses the file.
bool refused(const core::RandomAccess& file, model::Policy policy) {
    const model::Allowances none;
    model::FindingCollector findings("fuzz.safetensors", policy, none);
    static_cast<void>(model::check_safetensors(file, findings));
    return findings.refused();
}

}  // namespace

void fuzz(std::span<const std::byte> input) {
    const core::MemoryAccess file(input);
    const bool reference = refused(file, model::Policy::reference);
    const bool recommended = refused(file, model::Policy::recommended);
    const bool strict = refused(file, model::Policy::strict);
    // No policy may accept what a laxer one refuses.
    if ((reference && !recommended) || (recommended && !strict)) {
        std::abort();
    }
}
