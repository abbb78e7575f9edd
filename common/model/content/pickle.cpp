#include "common/model/content/pickle.hpp"

#include "common/model/content/byte_cursor.hpp"
#include "common/model/content/pickle_arguments.hpp"
#include "common/model/content/pickle_opcodes.hpp"

#include <algorithm>
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

class PickleWalker {
  public:
    explicit PickleWalker(const core::RandomAccess& file) : cursor_(file) {}

    PickleWalk run() {
        for (std::uint64_t i = 0; i < walk_limit; ++i) {
            const std::uint64_t at = cursor_.position();
            const auto byte = cursor_.next();
            const Opcode* opcode = byte ? pickle::find_opcode(*byte) : nullptr;
            const bool passed = opcode != nullptr && pass_argument(*opcode);
            note_frame(at);
            if (!passed || walk_.ambiguous || !apply(*opcode, at)) {
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
                return read_line().has_value();
            case Argument::persistent:
                return pass_line(pickle::can_be_persistent_id);
            case Argument::number:
                return pass_line(pickle::can_be_number);
            case Argument::quoted:
                return pass_line(pickle::can_be_quoted);
            case Argument::two_lines:
                return read_import();
            case Argument::counted1:
                return skip_counted(1);
            case Argument::counted4:
                return skip_counted(4);
            case Argument::counted8:
                return skip_counted(8);
            case Argument::frame:
                return enter_frame();
        }
        return false;
    }

    bool skip_counted(unsigned width) {
        const auto count = cursor_.little_endian(width);
        return count && cursor_.skip(*count);
    }

    /// Nothing when too much was read to find the ends of lines. The machine in Python takes what
    /// is left of the file for a line, and removes the last byte of it for the newline.
    std::optional<Line> read_line() {
        const std::uint64_t begin = cursor_.position();
        Line line = cursor_.line(lines_left_);
        lines_left_ -= cursor_.position() - begin;
        if (line.end == Line::End::limit) {
            walk_.exhausted = true;
            return std::nullopt;
        }
        if (line.end == Line::End::end_of_file && line.whole && !line.text.empty()) {
            line.text.pop_back();
        }
        return line;
    }

    bool pass_line(bool (*accepts)(const Line&)) {
        const auto line = read_line();
        return line && accepts(*line);
    }

    bool read_import() {
        auto module = read_line();
        const auto name = module ? read_line() : std::nullopt;
        if (!name || !pickle::can_be_module(*module)) {
            return false;
        }
        last_import_ = std::move(module->text) + '.' + name->text;
        return true;
    }

    bool enter_frame() {
        const auto length = cursor_.little_endian(8);
        if (!length) {
            return false;
        }
        if (cursor_.position() >= frame_end_) {
            frame_end_ = cursor_.position() + std::min(*length, cursor_.left());
        } else if (*length > frame_end_ - cursor_.position()) {
            walk_.ambiguous = true;
        }
        return true;
    }

    /// What began in a frame and goes on behind it: one machine gives up, another reads on, and
    /// the one in C throws the rest of the frame away and begins anew behind it.
    void note_frame(std::uint64_t at) {
        walk_.ambiguous = walk_.ambiguous || (at < frame_end_ && cursor_.position() > frame_end_);
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
            case Effect::inst:  // the machine in Python imports before it looks for the mark
                return import(at) && stack_.take_to_mark() && replace(opcode) && call(at);
            case Effect::global:
                return replace(opcode) && import(at);
            case Effect::stack_global:
                last_import_.clear();
                return replace(opcode) && import(at);
            case Effect::change:
                return replace(opcode) && call(at);
            case Effect::hook:
                return replace(opcode) && ask(at);
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

    bool ask(std::uint64_t at) {
        walk_.hook_offset = walk_.hook_offset.value_or(at);
        return true;
    }

    bool call(std::uint64_t at) {
        walk_.hook_used = walk_.hook_used || walk_.hook_offset.has_value();
        if (walk_.import_offset && !walk_.call_offset) {
            walk_.call_offset = at;
        }
        return true;
    }

    ByteCursor cursor_;
    SymbolicStack stack_;
    std::string last_import_;
    std::uint64_t lines_left_ = walk_line_limit;
    std::uint64_t frame_end_ = 0;
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
