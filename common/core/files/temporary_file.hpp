// Files that stand under a temporary name until they are complete, and how they are told from what
// killed processes left behind.
#pragma once

#include "common/core/files/file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::core {

/// An open file under a name that is_temporary_name(). It is locked as long as it is open, so that
/// others can tell it from an abandoned one; a file system without locks merely cannot tell.
struct TemporaryFile {
    std::string name;
    FileDescriptor descriptor;
};

/// A new file in `folder`. `shown_name` is for messages. Errors: denied, io.
[[nodiscard]] TemporaryFile create_temporary(int folder, std::string_view shown_name);

/// The file partial_name(id) in `folder`, as an interrupted writer left it; nothing when there is
/// none, when it is in use, or when it has more than `size` bytes. Only a file that nobody else can
/// be writing to counts: of this user, under one name, and closed to group and others.
[[nodiscard]] std::optional<TemporaryFile> take_up_partial(int folder,
                                                           std::string_view id,
                                                           std::uint64_t size);

/// A new, empty file partial_name(id) in place of what stood there; nothing when that is in use.
/// Errors: denied, io.
[[nodiscard]] std::optional<TemporaryFile> create_partial(int folder,
                                                          std::string_view id,
                                                          std::string_view shown_name);

/// ".modelseal-<id>.part": content that a later process may go on with. `id` is 16 lower-case
/// hexadecimal digits, the same for the same content.
[[nodiscard]] std::string partial_name(std::string_view id);

/// ".modelseal-<id>.journal": which bytes of that content are there.
[[nodiscard]] std::string journal_name(std::string_view id);

/// Whether a file's name (without folders) is one of those above, or ".modelseal-<16 hexadecimal
/// digits>.tmp", that of all other temporary files and folders.
[[nodiscard]] bool is_temporary_name(std::string_view name) noexcept;

/// Whether the name is of partial content or its journal: kept on purpose.
[[nodiscard]] bool is_partial_name(std::string_view name) noexcept;

/// A new name that ends in ".tmp".
[[nodiscard]] std::string make_temporary_name();

/// ".modelseal-<16 hexadecimal digits>.old", a new name: no temporary one, so that nobody removes
/// what is rescued under it.
[[nodiscard]] std::string make_rescue_name();

}  // namespace modelseal::core
