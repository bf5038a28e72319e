# Warnings, sanitizers and the two functions every target of this project goes through.

option(TWILIOSYNC_WERROR "Treat warnings as errors" OFF)
option(TWILIOSYNC_CLAZY "Run clazy level 1 while compiling (compiler must be clazy)" OFF)
option(TWILIOSYNC_UNITY "Compile the libraries' sources a dozen at a time" OFF)
option(TWILIOSYNC_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
set(TWILIOSYNC_SANITIZE "" CACHE STRING "Sanitizers for every target, e.g. address,undefined")

add_library(twiliosync_warnings INTERFACE)
target_compile_options(twiliosync_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    # Sources that do not include each other share names
    $<$<AND:$<BOOL:${TWILIOSYNC_UNITY}>,$<CXX_COMPILER_ID:Clang>>:-Wno-shadow>
    $<$<BOOL:${TWILIOSYNC_WERROR}>:-Werror>)
if(TWILIOSYNC_SANITIZE)
    # simdjson's and Qt's inline code trip gcc's flow analysis at -O1 and above under sanitizers
    target_compile_options(twiliosync_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
target_compile_definitions(twiliosync_warnings INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_KEYWORDS QT_NO_FOREACH QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
    # Qt 6.5 has another name for it
    $<IF:$<VERSION_LESS:${Qt6_VERSION},6.5>,QT_DISABLE_DEPRECATED_BEFORE,QT_DISABLE_DEPRECATED_UP_TO>=0x060400)
if(TWILIOSYNC_CLAZY)
    target_compile_options(twiliosync_warnings INTERFACE
        "SHELL:-Xclang -plugin-arg-clazy -Xclang level1")
endif()
if(TWILIOSYNC_SANITIZE)
    add_compile_options(-fsanitize=${TWILIOSYNC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${TWILIOSYNC_SANITIZE})
endif()
if(TWILIOSYNC_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()

# What nearly every source includes, compiled once for all targets; the fuzzers' build does without, so that a
# file which forgets an include does not go unnoticed.
set(twiliosync_pch_for_ccache
    "$<IF:$<CXX_COMPILER_ID:GNU>,-fpch-preprocess,SHELL:-Xclang -fno-pch-timestamp>"
    # As all of Qt's users were until 6.4; later ones differ by kind, and a precompiled header serves one only
    $<$<VERSION_GREATER_EQUAL:${Qt6_VERSION},6.5>:-fPIC>)
function(twiliosync_precompile name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;HEADERS")
    if(TWILIOSYNC_FUZZ OR NOT CMAKE_CXX_COMPILER_ID MATCHES "^(GNU|Clang)$")
        return()
    endif()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "// Only to own the header\n")
    add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    target_compile_features(${name} PRIVATE cxx_std_20)
    set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF AUTOMOC OFF)
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} twiliosync_warnings)
    target_compile_options(${name} PRIVATE ${twiliosync_pch_for_ccache})
    target_precompile_headers(${name} PRIVATE ${arg_HEADERS}
        <algorithm> <chrono> <functional> <memory> <optional> <variant> <vector>)
endfunction()

function(twiliosync_use_precompiled target name)
    if(TARGET ${name})
        target_compile_options(${target} PRIVATE ${twiliosync_pch_for_ccache})
        target_precompile_headers(${target} REUSE_FROM ${name})
    endif()
endfunction()

# Everything a first-party target needs besides its own libraries.
# twiliosync_target(<target> [PRECOMPILED <name of twiliosync_precompile(), or OFF>])
function(twiliosync_target target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "PRECOMPILED" "")
    if(NOT DEFINED arg_PRECOMPILED)
        set(arg_PRECOMPILED twiliosync_precompiled)
    endif()
    twiliosync_use_precompiled(${target} ${arg_PRECOMPILED})
    target_compile_features(${target} PUBLIC cxx_std_20)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF AUTOMOC ON)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:twiliosync_warnings>)
endfunction()

# twiliosync_forward(<header> <name>…): has <TwilioSync/name> include <header>; the files are appended to
# forwarding_headers.
function(twiliosync_forward header)
    foreach(name IN LISTS ARGN)
        set(file ${CMAKE_CURRENT_BINARY_DIR}/include/TwilioSync/${name})
        file(CONFIGURE OUTPUT ${file} CONTENT "#include \"${header}\"\n")
        list(APPEND forwarding_headers ${file})
    endforeach()
    set(forwarding_headers ${forwarding_headers} PARENT_SCOPE)
endfunction()

# twiliosync_add_test(<name> SOURCES … LIBRARIES … [LABELS …] [TIMEOUT s] [ENVIRONMENT …] [ARGUMENTS …])
# Every test has what tests/shared needs; those that link Qt Gui say GUI.
# The result goes to <build>/results/<name>.xml as well, for tests/behaviour/table.mjs.
# Runs moc for \a source, which includes the result: faster than AUTOMOC, which compiles one more file for each target.
function(twiliosync_moc target source)
    cmake_path(GET source STEM stem)
    set(moc ${CMAKE_CURRENT_BINARY_DIR}/${stem}.moc)
    qt_generate_moc(${source} ${moc} TARGET ${target})
    target_sources(${target} PRIVATE ${moc})
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
    set_target_properties(${target} PROPERTIES AUTOMOC OFF)
endfunction()

function(twiliosync_add_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "GUI;AUTOMOC" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;ENVIRONMENT;ARGUMENTS")
    add_executable(${name} ${arg_SOURCES})
    # Qt Test's header is another one for Qt Gui
    if(arg_GUI)
        twiliosync_target(${name} PRECOMPILED OFF)
    else()
        twiliosync_target(${name} PRECOMPILED twiliosync_test_precompiled)
    endif()
    target_link_libraries(${name} PRIVATE twiliosync_testshared ${arg_LIBRARIES})
    list(LENGTH arg_SOURCES count)
    if(count EQUAL 1 AND NOT arg_AUTOMOC)
        twiliosync_moc(${name} ${arg_SOURCES})
    endif()
    set(results ${PROJECT_BINARY_DIR}/results)
    file(MAKE_DIRECTORY ${results})
    add_test(NAME ${name} COMMAND ${name} ${arg_ARGUMENTS} -o ${results}/${name}.xml,junitxml -o -,txt)
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    if(TWILIOSYNC_SANITIZE)
        math(EXPR arg_TIMEOUT "3 * ${arg_TIMEOUT}")
    endif()
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${arg_TIMEOUT}
        LABELS "${arg_LABELS}"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QML_IMPORT_PATH=${PROJECT_BINARY_DIR}/qml;${arg_ENVIRONMENT}")
endfunction()
