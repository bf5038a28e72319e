# Where everything goes, and the package by which other projects find it.

include(CMakePackageConfigHelpers)

set(TWILIOSYNC_INSTALL_QMLDIR ${CMAKE_INSTALL_LIBDIR}/qt6/qml CACHE STRING "Where QML modules are looked for")
set(TWILIOSYNC_INSTALL_CATEGORIESDIR ${CMAKE_INSTALL_DATADIR}/qlogging-categories6 CACHE STRING
    "Where the names of logging categories are looked for")

# twiliosync_install_library(<target> <exported name> COMPONENT <c> [FILE_SETS …]): as TwilioSync::<exported name>.
function(twiliosync_install_library target exported)
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${exported})
    if(NOT TWILIOSYNC_INSTALL)
        return()
    endif()
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "COMPONENT" "FILE_SETS")
    set(file_sets)
    foreach(file_set IN LISTS arg_FILE_SETS)
        list(APPEND file_sets FILE_SET ${file_set} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
    endforeach()
    set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")
    install(TARGETS ${target} EXPORT TwilioSyncTargets
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${arg_COMPONENT}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${arg_COMPONENT} NAMELINK_COMPONENT development
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
        ${file_sets})
endfunction()

# twiliosync_install_qml_module(<backing library> <exported name> [FURTHER targets of qt_add_qml_module()])
function(twiliosync_install_qml_module target exported)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "FURTHER")
    get_target_property(uri ${target} QT_QML_MODULE_URI)
    get_target_property(typeinfo ${target} QT_QML_MODULE_TYPEINFO)
    get_target_property(plugin ${target} QT_QML_MODULE_PLUGIN_TARGET)
    get_target_property(built ${target} QT_QML_MODULE_OUTPUT_DIRECTORY)
    string(REPLACE "." "/" path ${uri})
    set(directory ${TWILIOSYNC_INSTALL_QMLDIR}/${path})
    set_target_properties(${target} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
    twiliosync_install_library(${target} ${exported} COMPONENT qml)
    set_target_properties(${plugin} PROPERTIES EXPORT_NAME ${exported}Plugin)
    add_library(TwilioSync::${exported}Plugin ALIAS ${plugin})
    if(NOT TWILIOSYNC_INSTALL)
        return()
    endif()
    file(RELATIVE_PATH up /${directory} /${CMAKE_INSTALL_LIBDIR})
    set_target_properties(${plugin} PROPERTIES INSTALL_RPATH "$ORIGIN/${up}")
    install(TARGETS ${plugin} ${arg_FURTHER} EXPORT TwilioSyncTargets
        LIBRARY DESTINATION ${directory} COMPONENT qml
        ARCHIVE DESTINATION ${directory} COMPONENT qml
        OBJECTS DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT qml)
    install(FILES ${built}/qmldir ${built}/${typeinfo} DESTINATION ${directory} COMPONENT qml)
endfunction()

# Once all targets are there.
function(twiliosync_install_package)
    if(NOT TWILIOSYNC_INSTALL)
        return()
    endif()
    set(package ${CMAKE_INSTALL_LIBDIR}/cmake/TwilioSync)
    set(here ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
    install(EXPORT TwilioSyncTargets NAMESPACE TwilioSync:: DESTINATION ${package} COMPONENT development)
    configure_package_config_file(${here}/TwilioSyncConfig.cmake.in ${PROJECT_BINARY_DIR}/TwilioSyncConfig.cmake
        INSTALL_DESTINATION ${package} PATH_VARS TWILIOSYNC_INSTALL_QMLDIR)
    write_basic_package_version_file(${PROJECT_BINARY_DIR}/TwilioSyncConfigVersion.cmake
        COMPATIBILITY SameMajorVersion)
    install(FILES ${PROJECT_BINARY_DIR}/TwilioSyncConfig.cmake ${PROJECT_BINARY_DIR}/TwilioSyncConfigVersion.cmake
        DESTINATION ${package} COMPONENT development)
    file(RELATIVE_PATH prefix_from_pkgconfig /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
    configure_file(${here}/TwilioSync.pc.in ${PROJECT_BINARY_DIR}/TwilioSync.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/TwilioSync.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
    install(FILES ${here}/twiliosync.categories
        DESTINATION ${TWILIOSYNC_INSTALL_CATEGORIESDIR} COMPONENT runtime)
    install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
endfunction()
