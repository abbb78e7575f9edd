# Every target of ours compiles with these; CI turns them into errors (MODELSEAL_WERROR).
add_library(modelseal_warnings INTERFACE)
target_compile_options(modelseal_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(modelseal_warnings INTERFACE
        -Wnull-dereference -Wduplicated-cond -Wlogical-op -Wuseless-cast)
endif()
if(MODELSEAL_WERROR)
    target_compile_options(modelseal_warnings INTERFACE -Werror)
endif()

# Hardening that production binaries ship with. _FORTIFY_SOURCE needs optimisation.
add_library(modelseal_hardening INTERFACE)
target_compile_options(modelseal_hardening INTERFACE
    -fstack-protector-strong -fstack-clash-protection $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
target_link_options(modelseal_hardening INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
