# modelseal_embed(TARGET HEADER FUNCTION FILE)
# Compiles the bytes of FILE into TARGET, as what FUNCTION returns; HEADER declares it.
function(modelseal_embed target header function file)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "(................................................................................)" "\\1\n"
        bytes "${bytes}")
    set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded/${function}.cpp)
    set(content "#include \"@header@\"\n
namespace modelseal::sigstore {\n
namespace {
constexpr unsigned char bytes[] = {
@bytes@
};
}  // namespace\n
std::string_view @function@() noexcept {
    return {reinterpret_cast<const char*>(bytes), sizeof(bytes)};
}\n
}  // namespace modelseal::sigstore
")
    file(CONFIGURE OUTPUT ${source} CONTENT "${content}" @ONLY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    target_sources(${target} PRIVATE ${source})
endfunction()
