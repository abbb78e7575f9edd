// Shared libraries that are loaded when one of their functions is first called.
//
// libcurl and libgit2 bring some thirty others. Loaded at the start, all of them together take four
// milliseconds and six megabytes of each command, and most commands that verify need none of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace modelseal::core {

/// Stays loaded until the process ends.
class LateLibrary {
  public:
    /// The name is looked for where the system keeps its libraries. Errors: io.
    explicit LateLibrary(const char* literal);

    /// Errors: io, when the library has no such function.
    [[nodiscard]] void* find(const char* function) const;

  private:
    const char* name_;  // nothing to destroy: called until the last static object is gone
    void* handle_;
};

/// The name of a function, as an argument of a template.
template <std::size_t size>
struct FunctionName {
    // NOLINTNEXTLINE(google-explicit-constructor,modernize-avoid-c-arrays): takes a literal
    consteval FunctionName(const char (&literal)[size]) {
        std::copy(std::begin(literal), std::end(literal), text.begin());
    }

    std::array<char, size> text{};
};

/// Called like the function of that name and type in the library that `library()` returns.
template <auto library, FunctionName name, typename Function>
class LateFunction;

template <auto library, FunctionName name, typename Result, typename... Parameters>
class LateFunction<library, name, Result(Parameters...)> {
  public:
    Result operator()(Parameters... arguments) const {
        static const auto function =
            reinterpret_cast<Result (*)(Parameters...)>(library().find(name.text.data()));
        return function(arguments...);
    }
};

template <auto library, FunctionName name, typename Result, typename... Parameters>
class LateFunction<library, name, Result(Parameters..., ...)> {
  public:
    template <typename... More>
    Result operator()(Parameters... arguments, More... more) const {
        static const auto function =
            reinterpret_cast<Result (*)(Parameters..., ...)>(library().find(name.text.data()));
        return function(arguments..., more...);
    }
};

}  // namespace modelseal::core

/// Declares `name` to be that function of the library, of the type that the library's header
/// declares.
// NOLINTBEGIN(cppcoreguidelines-macro-usage,bugprone-macro-parentheses): a name and its text
#define MODELSEAL_LATE_FUNCTION(library, name) \
    inline constexpr ::modelseal::core::LateFunction<library, #name, decltype(::name)> name
// NOLINTEND(cppcoreguidelines-macro-usage,bugprone-macro-parentheses)
