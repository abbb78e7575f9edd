#include "common/model/content/pickle.hpp"

#include "common/core/text.hpp"
#include "common/model/content/byte_cursor.hpp"
#include "common/model/content/pickle_opcodes.hpp"

#include <cctype>
#include <string_view>
#include <vector>

namespace modelseal::model {

namespace {

using pickle::Argument;
using pickle::Effect;
using pickle::Opcode;

constexpr std::uint8_t highest_protocol = 5;

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

/// Whether int() or float() could take it: other lines end a pickle machine with an error. Digits
/// of other scripts count.
bool can_be_number(std::string_view line) {
    constexpr std::string_view digits = "0123456789";
    constexpr std::string_view others = "abcdefABCDEFxXoOlL_+-. \t\r\f\v";
    bool digit = false;
    for (const char c : line) {
        const bool counts =
            static_cast<unsigned char>(c) >= 0x80 || digits.find(c) != std::string_view::npos;
        if (!counts && others.find(c) == std::string_view::npos) {
            std::string word = core::ascii_lower(core::trim(line));
            word.erase(0, word.find_first_not_of("+-"));
            return word == "inf" || word == "nan" || word == "infinity";
        }
        digit = digit || counts;
    }
    return digit;
}

class PickleWalker {
  public:
    explicit PickleWalker(const core::RandomAccess& file) : cursor_(file) {}

    PickleWalk run() {
        for (std::uint64_t i = 0; i < walk_limit; ++i) {
            const std::uint64_t at = cursor_.position();
            const auto byte = cursor_.next();
            const Opcode* opcode = byte ? pickle::find_opcode(*byte) : nullptr;
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
            case Argument::number: {
                const auto line = cursor_.line();
                return line && can_be_number(*line);
            }
            case Argument::quoted: {
                const auto line = cursor_.line();
                return line && (line->starts_with('\'') || line->starts_with('"'));
            }
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
                return stack_.take_to_mark() && stack_.take(1) && (stack_.push(1), call(at));
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
            case Effect::change:
                return replace(opcode) && call(at);
            case Effect::stop:
                return stop();
        }
        return false;
    }

    /// The next pickle begins with an empty stack; loaders of old checkpoints read several.
    bool stop() {
        if (!stack_.take(1)) {
            return false;
        }
        walk_.complete = true;
        stack_ = {};
        return true;
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
