// Names that a file system may take for one another.
#pragma once

#include <string>
#include <string_view>

namespace modelseal::core {

/// `text` with letters of different case made equal: by simple case folding for Latin, Greek,
/// Cyrillic, Armenian and full-width letters. Two names that fold alike are one file on the usual
/// file systems of macOS and Windows. Other scripts with case, and different normalisations of one
/// text, are told apart, as Linux does. Text that is not UTF-8 keeps its bytes.
/// Spec: Unicode 15, CaseFolding.txt, status C and S.
[[nodiscard]] std::string fold_case(std::string_view text);

}  // namespace modelseal::core
