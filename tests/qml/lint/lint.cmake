# Runs qmllint on one file at a time, as qmllint of Qt 6.4 mixes up what it knows from the file before.
function(lint file result output)
    # With its plugin for Qt Quick, qmllint of Qt 6.4 crashes at times when all is said: once more without
    foreach(plugins IN ITEMS "" "--disable-plugins;all")
        execute_process(
            COMMAND ${QMLLINT} ${plugins} -I ${IMPORTS} ${ARGN} ${file}
            RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
        if(code MATCHES "^[0-9]+$")
            break()
        endif()
    endforeach()
    set(${result} ${code} PARENT_SCOPE)
    set(${output} "${out}" PARENT_SCOPE)
endfunction()

set(clean ${CLEAN})
foreach(directory IN LISTS DIRECTORIES EXAMPLES)
    file(GLOB files ${directory}/*.qml)
    list(APPEND clean ${files})
endforeach()
cmake_policy(SET CMP0057 NEW) # IN_LIST
set(interpreted)
foreach(file IN LISTS clean)
    # An id of an outer component is "unqualified", with no way to say that it is meant: told, not counted
    lint(${file} code output --unqualified info --compiler info)
    if(NOT code EQUAL 0)
        message(SEND_ERROR "${file}: qmllint ended with ${code}\n${output}")
    endif()
    cmake_path(GET file PARENT_PATH directory)
    if(directory IN_LIST EXAMPLES)
        cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${IMPORTS} OUTPUT_VARIABLE name)
        string(REGEX MATCHALL "Could not compile (binding for|function) [A-Za-z]+|Functions without type annotations" found "${output}")
        list(TRANSFORM found REPLACE "Could not compile (binding|function)( for)?" "\\1")
        list(TRANSFORM found PREPEND "${name}: ")
        list(APPEND interpreted ${found})
    endif()
endforeach()
# What the compiler of QML leaves to the interpreter; what newer ones leave is less, and not ours to list.
if(FALLBACKS)
    file(STRINGS ${FALLBACKS} expected REGEX "^[^#]")
    list(SORT interpreted)
    list(SORT expected)
    if(NOT interpreted STREQUAL expected)
        file(STRINGS ${FALLBACKS} told REGEX "^#")
        list(JOIN interpreted "\n" interpreted)
        list(JOIN told "\n" told)
        file(WRITE ${SCRATCH}/fallbacks.txt "${told}\n${interpreted}\n")
        execute_process(COMMAND diff ${FALLBACKS} ${SCRATCH}/fallbacks.txt OUTPUT_VARIABLE difference)
        message(SEND_ERROR "the compiler of QML leaves other bindings to the interpreter than ${FALLBACKS} says:\n${difference}")
    endif()
    list(LENGTH expected fallback_count)
    message(STATUS "${fallback_count} bindings and functions of the examples are interpreted, as listed")
endif()

# What a hurried user may write, one mistake a line, and the words qmllint has to find it with.
set(property_mistake "ELEMENT { NAME: null }")
set(property_finding "no property \"NAME\" exists")
set(signal_mistake "ELEMENT { onNAME: () => console.log() }")
set(signal_finding "no matching signal found for handler \"onNAME\"")
set(method_mistake "QtObject { function use(it: ELEMENT) { it.NAME() } }")
set(member_mistake "QtObject { function use(it: ELEMENT) { return it.NAME } }")
set(enum_mistake "QtObject { readonly property int one: ELEMENT.NAME }")
foreach(kind IN ITEMS method member enum)
    set(${kind}_finding "Property \"NAME\" not found")
endforeach()
set(mistakes
    "property SyncClient tokenProvidr" "signal SyncClient TokenExpird"
    "method SyncClient documnt" "enum SyncClient Conected"
    "property SyncDocument uniqueNme" "signal SyncDocument Updatd" "method SyncDocument mutat"
    "property SyncList valueRols" "signal SyncList WriteBackFaild" "method SyncList psh"
    "property SyncMap pageSiz" "signal SyncMap ItemAded" "method SyncMap valueOff"
    "property SyncStream subscriptionStat" "signal SyncStream MessagePublishd"
    "method SyncStream publishMesage"
    "property SyncSortFilterModel filterFuncton" "signal SyncSortFilterModel CountChangd"
    "method SyncSortFilterModel mapToSorce"
    "member SyncPaginator hasNextPag" "method SyncPaginator nextPge"
    "property LocalSyncServer databasePth" "signal LocalSyncServer ErrorOccured"
    "method LocalSyncServer createTokn"
    "enum Sync Redy"
    "member syncError mesage" "member syncListItem indx" "member syncMapItem ky"
    "member syncStreamMessage vale"
)
foreach(mistake IN LISTS mistakes)
    string(REPLACE " " ";" parts "${mistake}")
    list(POP_FRONT parts kind element name)
    foreach(what IN ITEMS mistake finding)
        string(REPLACE ELEMENT ${element} ${what} "${${kind}_${what}}")
        string(REPLACE NAME ${name} ${what} "${${what}}")
    endforeach()
    set(file ${SCRATCH}/Misspelt.qml)
    file(WRITE ${file} "import QtQml\nimport Twilio.Sync\nimport Twilio.Sync.LocalServer\n\n${mistake}\n")
    lint(${file} code output)
    string(FIND "${output}" "${finding}" found)
    if(code EQUAL 0 OR found EQUAL -1)
        message(SEND_ERROR "${mistake}\nexpected qmllint to find '${finding}', it ended with ${code}\n${output}")
    endif()
endforeach()
list(LENGTH clean clean_count)
list(LENGTH mistakes mistake_count)
message(STATUS "${clean_count} files without a warning, ${mistake_count} mistakes found")
