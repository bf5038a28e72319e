# Runs qdoc on twiliosync.qdocconf, and fails if it warns.
execute_process(COMMAND ${QDOC} twiliosync.qdocconf ERROR_VARIABLE said OUTPUT_VARIABLE said RESULT_VARIABLE status)
string(REGEX MATCHALL "[^\n]*(warning|error)[^\n]*\n[^\n]*" warnings "${said}")
if(NOT status EQUAL 0 OR warnings)
    list(JOIN warnings "\n" warnings)
    message(FATAL_ERROR "qdoc (${status}):\n${warnings}")
endif()
