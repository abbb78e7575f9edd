# System libraries only; nothing is vendored (docs/architecture.md, "Dependencies").
find_package(OpenSSL 3.0 REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(cxxopts 3.0 REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libgit2 REQUIRED IMPORTED_TARGET libgit2>=1.5)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive>=3.6)
pkg_check_modules(libsodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)

# Linked by name, because the linker then takes the shared library for most executables and the
# archive for the static one; CMake's own targets always name the shared library.
function(modelseal_system_library target name library include_dirs)
    add_library(${target} INTERFACE)
    get_filename_component(folder ${library} DIRECTORY)
    target_include_directories(${target} SYSTEM INTERFACE ${include_dirs})
    target_link_directories(${target} INTERFACE ${folder})
    target_link_libraries(${target} INTERFACE ${name})
endfunction()
modelseal_system_library(system_crypto crypto ${OPENSSL_CRYPTO_LIBRARY} "${OPENSSL_INCLUDE_DIR}")
modelseal_system_library(system_sodium sodium ${pkgcfg_lib_libsodium_sodium} "${libsodium_INCLUDE_DIRS}")
