#include "common/model/pickle.hpp"

#include "common/model/byte_cursor.hpp"

#include <array>
#include <cctype>
#include <string_view>
#include <vector>

namespace modelseal::model {

namespace {

constexpr std::uint8_t highest_protocol = 5;

/// What follows an opcode in the stream.
enum class Argument {
    none,
    bytes1,
    bytes2,
    bytes4,
    bytes8,
    line,       // up to a newline
    two_lines,  // module and name
    counted1,   // a length of so many bytes, then that many bytes
    counted4,
    counted8,
};

/// What an opcode does to the stack, as far as it matters here.
enum class Effect {
    push,             // pushes `pushes` values after taking `takes`
    mark,             // pushes a mark
    take_to_mark,     // takes everything down to the last mark, and the mark; pushes `pushes`
    onto_below_mark,  // the same, and needs the object below the mark, which stays
    object,           // OBJ: like take_to_mark, with at least the class above the mark; a call
    call,             // takes `takes`, calls, pushes one
    pop,
    inst,          // two lines, then like take_to_mark: an import and a call
    global,        // two lines: an import
    stack_global,  // two values: an import
    stop,
};

struct Opcode {
    char code;
    Argument argument;
    Effect effect;
    std::uint8_t takes;
    std::uint8_t pushes;
};

constexpr auto none = Argument::none;

constexpr Opcode opcodes[] = {
    {'(', none, Effect::mark, 0, 0},
    {'.', none, Effect::stop, 1, 0},
    {'0', none, Effect::pop, 0, 0},
    {'1', none, Effect::take_to_mark, 0, 0},
    {'2', none, Effect::push, 1, 2},
    {'F', Argument::line, Effect::push, 0, 1},
    {'I', Argument::line, Effect::push, 0, 1},
    {'J', Argument::bytes4, Effect::push, 0, 1},
    {'K', Argument::bytes1, Effect::push, 0, 1},
    {'L', Argument::line, Effect::push, 0, 1},
    {'M', Argument::bytes2, Effect::push, 0, 1},
    {'N', none, Effect::push, 0, 1},
    {'P', Argument::line, Effect::push, 0, 1},
    {'Q', none, Effect::push, 1, 1},
    {'R', none, Effect::call, 2, 1},
    {'S', Argument::line, Effect::push, 0, 1},
    {'T', Argument::counted4, Effect::push, 0, 1},
    {'U', Argument::counted1, Effect::push, 0, 1},
    {'V', Argument::line, Effect::push, 0, 1},
    {'X', Argument::counted4, Effect::push, 0, 1},
    {'a', none, Effect::push, 2, 1},
    {'b', none, Effect::call, 2, 1},
    {'c', Argument::two_lines, Effect::global, 0, 1},
    {'d', none, Effect::take_to_mark, 0, 1},
    {'}', none, Effect::push, 0, 1},
    {'e', none, Effect::onto_below_mark, 0, 0},
    {'g', Argument::line, Effect::push, 0, 1},
    {'h', Argument::bytes1, Effect::push, 0, 1},
    {'i', Argument::two_lines, Effect::inst, 0, 1},
    {'j', Argument::bytes4, Effect::push, 0, 1},
    {'l', none, Effect::take_to_mark, 0, 1},
    {']', none, Effect::push, 0, 1},
    {'o', none, Effect::object, 0, 1},
    {'p', Argument::line, Effect::push, 1, 1},
    {'q', Argument::bytes1, Effect::push, 1, 1},
    {'r', Argument::bytes4, Effect::push, 1, 1},
    {'s', none, Effect::push, 3, 1},
    {'t', none, Effect::take_to_mark, 0, 1},
    {')', none, Effect::push, 0, 1},
    {'u', none, Effect::onto_below_mark, 0, 0},
    {'G', Argument::bytes8, Effect::push, 0, 1},
    {'B', Argument::counted4, Effect::push, 0, 1},
    {'C', Argument::counted1, Effect::push, 0, 1},
    {'\x80', Argument::bytes1, Effect::push, 0, 0},
    {'\x81', none, Effect::call, 2, 1},
    {'\x82', Argument::bytes1, Effect::push, 0, 1},
    {'\x83', Argument::bytes2, Effect::push, 0, 1},
    {'\x84', Argument::bytes4, Effect::push, 0, 1},
    {'\x85', none, Effect::push, 1, 1},
    {'\x86', none, Effect::push, 2, 1},
    {'\x87', none, Effect::push, 3, 1},
    {'\x88', none, Effect::push, 0, 1},
    {'\x89', none, Effect::push, 0, 1},
    {'\x8a', Argument::counted1, Effect::push, 0, 1},
    {'\x8b', Argument::counted4, Effect::push, 0, 1},
    {'\x8c', Argument::counted1, Effect::push, 0, 1},
    {'\x8d', Argument::counted8, Effect::push, 0, 1},
    {'\x8e', Argument::counted8, Effect::push, 0, 1},
    {'\x8f', none, Effect::push, 0, 1},
    {'\x90', none, Effect::onto_below_mark, 0, 0},
    {'\x91', none, Effect::take_to_mark, 0, 1},
    {'\x92', none, Effect::call, 3, 1},
    {'\x93', none, Effect::stack_global, 2, 1},
    {'\x94', none, Effect::push, 1, 1},
    {'\x95', Argument::bytes8, Effect::push, 0, 0},
    {'\x96', Argument::counted8, Effect::push, 0, 1},
    {'\x97', none, Effect::push, 0, 1},
    {'\x98', none, Effect::push, 1, 1},
};

constexpr auto table_by_code() {
    std::array<const Opcode*, 256> table{};
    for (const Opcode& opcode : opcodes) {
        table[static_cast<unsigned char>(opcode.code)] = &opcode;
    }
    return table;
}

constexpr auto by_code = table_by_code();

/// Counts values between marks; what they are does not matter.
class SymbolicStack {
  public:
    [[nodiscard]] bool take(std::uint64_t count) {
        if (above_ < count) {
            return false;
        }
        above_ -= count;
        return true;
    }

    void push(std::uint64_t count) { above_ += count; }

    void mark() {
        below_.push_back(above_);
        above_ = 0;
    }

    /// Values above the last mark; nothing without a mark.
    [[nodiscard]] std::optional<std::uint64_t> take_to_mark() {
        if (below_.empty()) {
            return std::nullopt;
        }
        const std::uint64_t taken = above_;
        above_ = below_.back();
        below_.pop_back();
        return taken;
    }

    /// POP takes a value, or a mark when there is none above it.
    [[nodiscard]] bool pop() { return take(1) || take_to_mark().has_value(); }

  private:
    std::uint64_t above_ = 0;
    std::vector<std::uint64_t> below_;
};

bool is_dotted_identifier(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && std::isalnum(byte) == 0 && c != '_' && c != '.' && c != '<' &&
            c != '>') {
            return false;
        }
    }
    return !text.empty();
}

class PickleWalker {
  public:
    explicit PickleWalker(const core::RandomAccess& file) : cursor_(file) {}

    PickleWalk run() {
        for (std::uint64_t i = 0; i < walk_limit; ++i) {
            const std::uint64_t at = cursor_.position();
            const auto byte = cursor_.next();
            const Opcode* opcode = byte ? by_code[*byte] : nullptr;
            if (opcode == nullptr || !pass_argument(*opcode) || !apply(*opcode, at)) {
                return walk_;
            }
        }
        walk_.exhausted = true;
        return walk_;
    }

  private:
    bool pass_argument(const Opcode& opcode) {
        switch (opcode.argument) {
            case Argument::none:
                return true;
            case Argument::bytes1:
                return cursor_.skip(1);
            case Argument::bytes2:
                return cursor_.skip(2);
            case Argument::bytes4:
                return cursor_.skip(4);
            case Argument::bytes8:
                return cursor_.skip(8);
            case Argument::line:
                return cursor_.skip_line();
            case Argument::two_lines:
                return read_import();
            case Argument::counted1:
                return skip_counted(1);
            case Argument::counted4:
                return skip_counted(4);
            case Argument::counted8:
                return skip_counted(8);
        }
        return false;
    }

    bool skip_counted(unsigned width) {
        const auto count = cursor_.little_endian(width);
        return count && cursor_.skip(*count);
    }

    /// Names that could not be imported end a pickle machine with an error before anything runs.
    bool read_import() {
        const auto module = cursor_.line();
        const auto name = module ? cursor_.line() : std::nullopt;
        if (!name || !is_dotted_identifier(*module) || !is_dotted_identifier(*name)) {
            return false;
        }
        last_import_ = *module + '.' + *name;
        return true;
    }

    bool apply(const Opcode& opcode, std::uint64_t at) {
        switch (opcode.effect) {
            case Effect::push:
                return replace(opcode);
            case Effect::mark:
                stack_.mark();
                return true;
            case Effect::take_to_mark:
                return stack_.take_to_mark() && replace(opcode);
            case Effect::onto_below_mark:
                return stack_.take_to_mark() && stack_.take(1) && (stack_.push(1), true);
            case Effect::object:
                return stack_.take_to_mark().value_or(0) > 0 && replace(opcode) && call(at);
            case Effect::call:
                return replace(opcode) && call(at);
            case Effect::pop:
                return stack_.pop();
            case Effect::inst:
                return stack_.take_to_mark() && replace(opcode) && import(at) && call(at);
            case Effect::global:
                return replace(opcode) && import(at);
            case Effect::stack_global:
                last_import_.clear();
                return replace(opcode) && import(at);
            case Effect::stop:
                walk_.complete = stack_.take(1);
                return false;
        }
        return false;
    }

    bool replace(const Opcode& opcode) {
        if (!stack_.take(opcode.takes)) {
            return false;
        }
        stack_.push(opcode.pushes);
        return true;
    }

    bool import(std::uint64_t at) {
        if (!walk_.import_offset) {
            walk_.import_offset = at;
            walk_.imported = last_import_;
        }
        return true;
    }

    bool call(std::uint64_t at) {
        if (walk_.import_offset && !walk_.call_offset) {
            walk_.call_offset = at;
        }
        return true;
    }

    ByteCursor cursor_;
    SymbolicStack stack_;
    std::string last_import_;
    PickleWalk walk_;
};

}  // namespace

PickleWalk walk_pickle(const core::RandomAccess& file) {
    return PickleWalker(file).run();
}

bool has_pickle_prefix(std::span<const std::byte> head) noexcept {
    return head.size() >= 2 && head[0] == std::byte{0x80} &&
           std::to_integer<std::uint8_t>(head[1]) <= highest_protocol;
}

}  // namespace modelseal::model
