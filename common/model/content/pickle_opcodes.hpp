// The opcodes of pickle: what follows each in the stream, and what it does to the stack.
// Spec: CPython Lib/pickletools.py, protocols 0 to 5.
#pragma once

#include <cstdint>

namespace modelseal::model::pickle {

/// What follows an opcode in the stream.
enum class Argument : std::uint8_t {
    none,
    bytes1,
    bytes2,
    bytes4,
    bytes8,
    line,        // up to a newline
    persistent,  // a line of ASCII, which a hook of the reader turns into an object
    number,      // a line that Python reads as a number
    quoted,      // a line that begins with a quote
    two_lines,   // module and name
    counted1,    // a length of so many bytes, then that many bytes
    counted4,
    counted8,
    frame,  // eight bytes: how many of the following ones are read at once
};

/// What an opcode does to the stack, as far as it matters here.
enum class Effect : std::uint8_t {
    push,             // pushes `pushes` values after taking `takes`
    mark,             // pushes a mark
    take_to_mark,     // takes everything down to the last mark, and the mark; pushes `pushes`
    onto_below_mark,  // the same, and changes the object below the mark, which stays
    change,           // takes `takes`, changes the lowest of them and pushes it again
    object,           // OBJ: like take_to_mark, with at least the class above the mark; a call
    call,             // takes `takes`, calls, pushes one
    pop,
    inst,          // two lines, then like take_to_mark: an import and a call
    global,        // two lines: an import
    stack_global,  // two values: an import
    hook,          // takes `takes`, asks its reader for an object and pushes that
    stop,
};

struct Opcode {
    char code;
    Argument argument;
    Effect effect;
    std::uint8_t takes;
    std::uint8_t pushes;
};

/// The opcode with this byte; nullptr when there is none.
[[nodiscard]] const Opcode* find_opcode(std::uint8_t byte) noexcept;

}  // namespace modelseal::model::pickle
