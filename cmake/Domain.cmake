include(GNUInstallDirs)

# modelseal_domain(NAME [USES other domains…] [LINK system libraries…])
# One folder of common/ is one static library.
function(modelseal_domain name)
    cmake_parse_arguments(ARG "" "" "USES;LINK" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
    string(REPLACE "/" "_" target modelseal_${name})
    if(NOT sources)
        message(FATAL_ERROR "common/${name} holds no .cpp file")
    endif()
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} PRIVATE modelseal_warnings modelseal_hardening)
    foreach(used IN LISTS ARG_USES)
        string(REPLACE "/" "_" used_target modelseal_${used})
        if(NOT TARGET ${used_target})
            message(FATAL_ERROR "${name} uses ${used}, which is no domain above it in this file")
        endif()
        target_link_libraries(${target} PUBLIC ${used_target})
    endforeach()
    target_link_libraries(${target} PUBLIC ${ARG_LINK})
endfunction()

# modelseal_executable(NAME COMMANDS folder of common/commands)
function(modelseal_executable name)
    cmake_parse_arguments(ARG "" "COMMANDS" "" ${ARGN})
    add_executable(${name} ${name}/main.cpp)
    target_link_libraries(${name} PRIVATE modelseal_warnings modelseal_hardening modelseal_commands_${ARG_COMMANDS})
    install(TARGETS ${name} RUNTIME)
    modelseal_generated_texts(${name})
endfunction()

# Manual page and shell completions: the executable itself prints them, and they go where man, bash, zsh and
# fish look.
function(modelseal_generated_texts name)
    set(folder ${CMAKE_BINARY_DIR}/generated/${name})
    set(page ${folder}/${name}.1)
    set(bash ${folder}/bash/${name})
    set(zsh ${folder}/zsh/_${name})
    set(fish ${folder}/fish/${name}.fish)
    file(MAKE_DIRECTORY ${folder}/bash ${folder}/zsh ${folder}/fish)
    add_custom_command(
        OUTPUT ${page} ${bash} ${zsh} ${fish}
        COMMAND ${name} --man > ${page}
        COMMAND ${name} --completion bash > ${bash}
        COMMAND ${name} --completion zsh > ${zsh}
        COMMAND ${name} --completion fish > ${fish}
        DEPENDS ${name}
        COMMENT "Generating the manual page and completions of ${name}"
        VERBATIM)
    add_custom_target(${name}-texts ALL DEPENDS ${page} ${bash} ${zsh} ${fish})
    install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    install(FILES ${bash} DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${zsh} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${fish} DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endfunction()
