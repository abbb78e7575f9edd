#include "common/model/pickle_opcodes.hpp"

#include <array>

namespace modelseal::model::pickle {

namespace {

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

}  // namespace

const Opcode* find_opcode(std::uint8_t byte) noexcept {
    return by_code[byte];
}

}  // namespace modelseal::model::pickle
