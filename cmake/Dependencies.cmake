# System libraries only; nothing is vendored (docs/architecture.md, "Dependencies").
find_package(OpenSSL 3.0 REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(cxxopts 3.0 REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libgit2 REQUIRED libgit2>=1.5)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive>=3.6)
pkg_check_modules(yaml_cpp REQUIRED yaml-cpp>=0.7)
pkg_check_modules(libsodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(libre2 REQUIRED IMPORTED_TARGET re2)

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
modelseal_system_library(system_re2 re2 ${pkgcfg_lib_libre2_re2} "${libre2_INCLUDE_DIRS}")
target_link_libraries(system_re2 INTERFACE Threads::Threads)
modelseal_system_library(system_yaml yaml-cpp ${pkgcfg_lib_yaml_cpp_yaml-cpp} "${yaml_cpp_INCLUDE_DIRS}")

# A library that TARGET loads at run time (common/core/late_library.hpp): the macro DEFINITION is the name that
# linking with it would have recorded.
function(modelseal_late_library target definition name include_dirs)
    find_library(MODELSEAL_${name}_LIBRARY ${name} REQUIRED)
    execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${MODELSEAL_${name}_LIBRARY}
        OUTPUT_VARIABLE headers COMMAND_ERROR_IS_FATAL ANY)
    if(NOT headers MATCHES "SONAME +([^ \n]+)")
        message(FATAL_ERROR "${MODELSEAL_${name}_LIBRARY} states no SONAME")
    endif()
    target_compile_definitions(${target} PRIVATE ${definition}="${CMAKE_MATCH_1}")
    target_include_directories(${target} SYSTEM PRIVATE ${include_dirs})
endfunction()
