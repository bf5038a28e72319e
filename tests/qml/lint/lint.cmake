# Runs qmllint on one file at a time, as qmllint of Qt 6.4 mixes up what it knows from the file before.
function(lint file result output)
    execute_process(
        COMMAND ${QMLLINT} -I ${IMPORTS} ${ARGN} ${file}
        RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
    set(${result} ${code} PARENT_SCOPE)
    set(${output} "${out}" PARENT_SCOPE)
endfunction()

set(clean ${CLEAN})
foreach(directory IN LISTS DIRECTORIES)
    file(GLOB files ${directory}/*.qml)
    list(APPEND clean ${files})
endforeach()
foreach(file IN LISTS clean)
    # An id of an outer component is "unqualified", with no way to say that it is meant: told, not counted
    lint(${file} code output --unqualified info)
    if(NOT code EQUAL 0)
        message(SEND_ERROR "${file}: qmllint ended with ${code}\n${output}")
    endif()
endforeach()

# Each says in its first line what qmllint has to find.
file(GLOB misspelt ${MISSPELT}/*.qml)
foreach(file IN LISTS misspelt)
    lint(${file} code output)
    file(STRINGS ${file} expected LIMIT_COUNT 1 REGEX "^// ")
    string(SUBSTRING "${expected}" 3 -1 expected)
    string(FIND "${output}" "${expected}" found)
    if(code EQUAL 0 OR found EQUAL -1)
        message(SEND_ERROR "${file}: expected qmllint to find '${expected}', it ended with ${code}\n${output}")
    endif()
endforeach()
list(LENGTH clean clean_count)
list(LENGTH misspelt misspelt_count)
message(STATUS "${clean_count} files without a warning, ${misspelt_count} mistakes found")
