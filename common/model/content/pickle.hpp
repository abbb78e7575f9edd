// What a pickle machine would do with a file's bytes, without doing any of it.
// Spec: CPython Lib/pickletools.py, protocols 0 to 5; Lib/pickle.py and Modules/_pickle.c of 3.11.
#pragma once

#include "common/core/stream.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace modelseal::model {

/// How far the opcodes of a file lead from its first byte on. A pickle machine runs them one after
/// the other, so that what stands before a broken opcode has been run; and a loader may read
/// several pickles, one behind the other. Where machines differ, the one that goes on counts.
struct PickleWalk {
    std::optional<std::uint64_t> import_offset;  // GLOBAL, INST or STACK_GLOBAL: imports by name
    std::string imported;                        // "os.system"; empty when only the stack knows
    std::optional<std::uint64_t> call_offset;    // the first call after an import, or change by one
    std::optional<std::uint64_t> hook_offset;    // asks its reader for an object, by number or name
    bool hook_used = false;                      // and calls or changes something after that
    bool complete = false;                       // reached STOP with a value, at least once
    bool ambiguous = false;                      // from here on machines read different bytes
    bool exhausted = false;                      // longer than the limits below: nobody knows
};

/// Opcodes that are followed. Files that are no pickles end after a few.
inline constexpr std::uint64_t walk_limit = std::uint64_t{1} << 20U;

/// Bytes of lines that are read to find their ends, in all.
inline constexpr std::uint64_t walk_line_limit = std::uint64_t{16} << 20U;

/// Follows the opcodes of `file` until one that does not exist or lacks what it needs on the stack,
/// or the end. What a machine makes of a value is not judged: a doubtful one is stepped over.
/// Constant memory but for the marks on the stack. Errors: those of reading.
[[nodiscard]] PickleWalk walk_pickle(const core::RandomAccess& file);

/// Whether the first bytes are those of protocol 2 or later: PROTO and its number.
[[nodiscard]] bool has_pickle_prefix(std::span<const std::byte> head) noexcept;

}  // namespace modelseal::model
