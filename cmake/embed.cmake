# Files compiled into a program.
#
#   grantlink_embed(TARGET HEADER FUNCTION NAME FILES FILE…)
#
#   grantlink_embed(grantlinkd daemon/notify/mail_templates.hpp
#       FUNCTION grantlink::mailTemplate
#       FILES daemon/notify/templates/facts.txt daemon/notify/templates/connected.html)
#
# generates HEADER, below a directory that TARGET gets as an include path, with
#
#   namespace grantlink { std::string_view mailTemplate(std::string_view name); }
#
# `name` is a file's name without its folder, so names must differ within one call. The view is the
# file byte for byte; for an unknown name its data() is null. An edited file is embedded again by the
# next build. Several targets of one directory may ask for the same HEADER: it is generated once.

if(CMAKE_SCRIPT_MODE_FILE)
    # The build's half: cmake -D HEADER= -D SOURCE= -D FUNCTION= -D FILES=a|b -P embed.cmake
    cmake_minimum_required(VERSION 3.25)
    string(REPLACE "|" ";" FILES "${FILES}")
    string(REGEX MATCH "^(.*)::([^:]+)$" qualified "${FUNCTION}")
    if(NOT qualified)
        message(FATAL_ERROR "grantlink_embed: FUNCTION ${FUNCTION}: give it with its namespace")
    endif()
    set(namespace "${CMAKE_MATCH_1}")
    set(function "${CMAKE_MATCH_2}")

    set(arrays "")
    set(branches "")
    set(seen "")
    set(index 0)
    foreach(file IN LISTS FILES)
        get_filename_component(name "${file}" NAME)
        if(name IN_LIST seen)
            message(FATAL_ERROR "grantlink_embed: ${name} is given twice; names must differ")
        endif()
        list(APPEND seen "${name}")
        file(SIZE "${file}" size)
        file(READ "${file}" bytes HEX)
        string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
        # The last zero is no part of the view; it makes an empty file a valid array.
        string(APPEND arrays "// ${name}\nconst char file${index}[] = {${bytes}0};\n")
        string(APPEND branches "    if (name == \"${name}\")\n"
                               "        return {file${index}, ${size}};\n")
        math(EXPR index "${index} + 1")
    endforeach()

    file(WRITE "${HEADER}" "#pragma once\n\n#include <string_view>\n\n"
         "namespace ${namespace} {\n\n"
         "std::string_view ${function}(std::string_view name);\n\n"
         "} // namespace ${namespace}\n")
    file(WRITE "${SOURCE}" "#include \"${HEADER}\"\n\n"
         "namespace ${namespace} {\n\nnamespace {\n\n${arrays}\n} // namespace\n\n"
         "std::string_view ${function}(std::string_view name) {\n${branches}    return {};\n}\n\n"
         "} // namespace ${namespace}\n")
    return()
endif()

set(GRANTLINK_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

function(grantlink_embed target header)
    cmake_parse_arguments(PARSE_ARGV 2 embed "" "FUNCTION" "FILES")
    if(NOT embed_FUNCTION OR NOT embed_FILES)
        message(FATAL_ERROR "grantlink_embed(${target} ${header}): FUNCTION and FILES are needed")
    endif()
    set(root "${CMAKE_CURRENT_BINARY_DIR}/embedded")
    set(output "${root}/${header}")
    string(REGEX REPLACE "\\.[^./]+$" ".cpp" source "${output}")
    string(MAKE_C_IDENTIFIER "embed_${header}" generator)

    if(NOT TARGET ${generator})
        set(files "")
        foreach(file IN LISTS embed_FILES)
            get_filename_component(file "${file}" ABSOLUTE)
            list(APPEND files "${file}")
        endforeach()
        list(JOIN files "|" joined)
        add_custom_command(
            OUTPUT "${output}" "${source}"
            COMMAND "${CMAKE_COMMAND}" -D "HEADER=${output}" -D "SOURCE=${source}"
                    -D "FUNCTION=${embed_FUNCTION}" -D "FILES=${joined}"
                    -P "${GRANTLINK_EMBED_SCRIPT}"
            DEPENDS ${files} "${GRANTLINK_EMBED_SCRIPT}"
            COMMENT "Embedding the files of ${header}"
            VERBATIM)
        add_custom_target(${generator} DEPENDS "${output}" "${source}")
    endif()
    add_dependencies(${target} ${generator})
    target_sources(${target} PRIVATE "${source}" "${output}")
    target_include_directories(${target} PRIVATE "${root}")
endfunction()
