// fuzz: model
#include "common/core/stream.hpp"
#include "common/model/content/content_kind.hpp"
#include "common/model/content/onnx_external.hpp"
#include "common/model/content/pickle.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    const core::MemoryAccess file(input);
    const model::PickleWalk walk = model::walk_pickle(file);
    if (walk.import_offset.value_or(0) > input.size() ||
        (walk.call_offset && !walk.import_offset)) {
        std::abort();
    }
    static_cast<void>(model::identify("fuzz.bin", file));
    static_cast<void>(model::onnx_external_files(file));
}
