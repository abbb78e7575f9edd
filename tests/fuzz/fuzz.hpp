// The one function that a fuzz target defines.
#pragma once

#include <cstddef>
#include <span>

/// Feeds `input` to a parser. Refusing it with a core::Error is fine; anything else is a finding.
void fuzz(std::span<const std::byte> input);
