# Debian packages of what is installed: cpack --config <build>/CPackConfig.cmake
if(NOT TWILIOSYNC_INSTALL OR NOT PROJECT_IS_TOP_LEVEL)
    return()
endif()
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The Twilio.Sync for Qt developers <developers@twilio-sync-qt.invalid>")
set(CPACK_PACKAGE_VENDOR "The Twilio.Sync for Qt developers")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL runtime development qml server)
set(CPACK_COMPONENTS_GROUPING IGNORE)
# Copyright and changelog, and no search paths where the system has one
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/debian/finish.cmake)
set(CPACK_TWILIOSYNC_SOURCE ${PROJECT_SOURCE_DIR})

set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS
    ${PROJECT_BINARY_DIR}/src/TwilioSync ${PROJECT_BINARY_DIR}/src/server ${PROJECT_BINARY_DIR}/plugin
    ${PROJECT_BINARY_DIR}/plugin/localserver)
set(version "${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")

# package(<component> <name> <section> <depends> <synopsis> <text>)
macro(package component name section depends synopsis text)
    string(TOUPPER ${component} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
    set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
    set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${depends}")
    set(CPACK_COMPONENT_${upper}_DESCRIPTION "${synopsis}\n${text}")
    set(CPACK_DEBIAN_${upper}_DESCRIPTION "${synopsis}\n${text}")
endmacro()
package(runtime libtwiliosync1 libs "libqt6sql6-sqlite" "Twilio Sync for Qt - libraries"
    "Documents, lists, maps and message streams that are shared live between\napplications, as Qt objects and item models; and a local server.")
package(development libtwiliosync-dev libdevel
    "libtwiliosync1 (= ${version}), qml6-module-twilio-sync (= ${version}), qt6-base-dev, qt6-websockets-dev, qt6-declarative-dev"
    "Twilio Sync for Qt - development files"
    "Headers, the CMake package TwilioSync and a pkg-config file.")
package(qml qml6-module-twilio-sync libs "libtwiliosync1 (= ${version})" "Twilio Sync for Qt - QML modules"
    "The QML modules Twilio.Sync and Twilio.Sync.LocalServer.")
package(server twilio-sync-server net "libtwiliosync1 (= ${version})" "Twilio Sync for Qt - local server"
    "A Sync server for development: documents, lists, maps and message streams\nfor tests and demos, without an account.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/debian/triggers)
set(CPACK_DEBIAN_QML_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/debian/triggers)
include(CPack)
