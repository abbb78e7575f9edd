#include "common/model/content/pickle_opcodes.hpp"

#include <array>

namespace modelseal::model::pickle {

namespace {

constexpr auto none = Argument::none;

constexpr std::array opcodes = {
    Opcode{'(', none, Effect::mark, 0, 0},
    Opcode{'.', none, Effect::stop, 1, 0},
    Opcode{'0', none, Effect::pop, 0, 0},
    Opcode{'1', none, Effect::take_to_mark, 0, 0},
    Opcode{'2', none, Effect::push, 1, 2},
    Opcode{'F', Argument::number, Effect::push, 0, 1},
    Opcode{'I', Argument::number, Effect::push, 0, 1},
    Opcode{'J', Argument::bytes4, Effect::push, 0, 1},
    Opcode{'K', Argument::bytes1, Effect::push, 0, 1},
    Opcode{'L', Argument::number, Effect::push, 0, 1},
    Opcode{'M', Argument::bytes2, Effect::push, 0, 1},
    Opcode{'N', none, Effect::push, 0, 1},
    Opcode{'P', Argument::persistent, Effect::hook, 0, 1},
    Opcode{'Q', none, Effect::hook, 1, 1},
    Opcode{'R', none, Effect::call, 2, 1},
    Opcode{'S', Argument::quoted, Effect::push, 0, 1},
    Opcode{'T', Argument::counted4, Effect::push, 0, 1},
    Opcode{'U', Argument::counted1, Effect::push, 0, 1},
    Opcode{'V', Argument::line, Effect::push, 0, 1},
    Opcode{'X', Argument::counted4, Effect::push, 0, 1},
    Opcode{'a', none, Effect::change, 2, 1},
    Opcode{'b', none, Effect::call, 2, 1},
    Opcode{'c', Argument::two_lines, Effect::global, 0, 1},
    Opcode{'d', none, Effect::take_to_mark, 0, 1},
    Opcode{'}', none, Effect::push, 0, 1},
    Opcode{'e', none, Effect::onto_below_mark, 0, 0},
    Opcode{'g', Argument::line, Effect::push, 0, 1},
    Opcode{'h', Argument::bytes1, Effect::push, 0, 1},
    Opcode{'i', Argument::two_lines, Effect::inst, 0, 1},
    Opcode{'j', Argument::bytes4, Effect::push, 0, 1},
    Opcode{'l', none, Effect::take_to_mark, 0, 1},
    Opcode{']', none, Effect::push, 0, 1},
    Opcode{'o', none, Effect::object, 0, 1},
    Opcode{'p', Argument::line, Effect::push, 1, 1},
    Opcode{'q', Argument::bytes1, Effect::push, 1, 1},
    Opcode{'r', Argument::bytes4, Effect::push, 1, 1},
    Opcode{'s', none, Effect::change, 3, 1},
    Opcode{'t', none, Effect::take_to_mark, 0, 1},
    Opcode{')', none, Effect::push, 0, 1},
    Opcode{'u', none, Effect::onto_below_mark, 0, 0},
    Opcode{'G', Argument::bytes8, Effect::push, 0, 1},
    Opcode{'B', Argument::counted4, Effect::push, 0, 1},
    Opcode{'C', Argument::counted1, Effect::push, 0, 1},
    Opcode{'\x80', Argument::bytes1, Effect::push, 0, 0},
    Opcode{'\x81', none, Effect::call, 2, 1},
    Opcode{'\x82', Argument::bytes1, Effect::hook, 0, 1},
    Opcode{'\x83', Argument::bytes2, Effect::hook, 0, 1},
    Opcode{'\x84', Argument::bytes4, Effect::hook, 0, 1},
    Opcode{'\x85', none, Effect::push, 1, 1},
    Opcode{'\x86', none, Effect::push, 2, 1},
    Opcode{'\x87', none, Effect::push, 3, 1},
    Opcode{'\x88', none, Effect::push, 0, 1},
    Opcode{'\x89', none, Effect::push, 0, 1},
    Opcode{'\x8a', Argument::counted1, Effect::push, 0, 1},
    Opcode{'\x8b', Argument::counted4, Effect::push, 0, 1},
    Opcode{'\x8c', Argument::counted1, Effect::push, 0, 1},
    Opcode{'\x8d', Argument::counted8, Effect::push, 0, 1},
    Opcode{'\x8e', Argument::counted8, Effect::push, 0, 1},
    Opcode{'\x8f', none, Effect::push, 0, 1},
    Opcode{'\x90', none, Effect::onto_below_mark, 0, 0},
    Opcode{'\x91', none, Effect::take_to_mark, 0, 1},
    Opcode{'\x92', none, Effect::call, 3, 1},
    Opcode{'\x93', none, Effect::stack_global, 2, 1},
    Opcode{'\x94', none, Effect::push, 1, 1},
    Opcode{'\x95', Argument::frame, Effect::push, 0, 0},
    Opcode{'\x96', Argument::counted8, Effect::push, 0, 1},
    Opcode{'\x97', none, Effect::push, 0, 1},
    Opcode{'\x98', none, Effect::push, 1, 1},
};

constexpr auto table_by_code() {
    std::array<const Opcode*, 256> table{};
    for (const Opcode& opcode : opcodes) {
        table[static_cast<unsigned char>(opcode.code)] = &opcode;
    }
    return table;
}

constexpr auto by_code = table_by_code();

}  // namespace

const Opcode* find_opcode(std::uint8_t byte) noexcept {
    return by_code[byte];
}

}  // namespace modelseal::model::pickle
