# An overlay port of this tree: vcpkg install twilio-sync-qt --overlay-ports=packaging/vcpkg
get_filename_component(SOURCE_PATH ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
vcpkg_cmake_configure(SOURCE_PATH ${SOURCE_PATH}
    OPTIONS -DBUILD_TESTING=OFF -DTWILIOSYNC_BUILD_EXAMPLES=OFF
        # Where vcpkg's Qt has its own
        -DTWILIOSYNC_INSTALL_QMLDIR=Qt6/qml)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME TwilioSync CONFIG_PATH lib/cmake/TwilioSync)
vcpkg_fixup_pkgconfig()
vcpkg_copy_tools(TOOL_NAMES twilio-sync-server AUTO_CLEAN)
file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR}/debug/include ${CURRENT_PACKAGES_DIR}/debug/share
    ${CURRENT_PACKAGES_DIR}/share/doc)
vcpkg_install_copyright(FILE_LIST ${SOURCE_PATH}/LICENSE)
