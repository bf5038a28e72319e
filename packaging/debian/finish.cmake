# Runs when what the packages hold has been put together, in a folder for each component.
set(names "runtime=libtwiliosync1" "development=libtwiliosync-dev" "qml=qml6-module-twilio-sync" "server=twilio-sync-server")
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
foreach(pair IN LISTS names)
    string(REPLACE "=" ";" pair ${pair})
    list(GET pair 0 component)
    list(GET pair 1 name)
    set(root ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr)
    if(NOT EXISTS ${root})
        message(FATAL_ERROR "${component}: expected it in ${root}")
    endif()
    file(REMOVE_RECURSE ${root}/share/doc)
    set(docs ${root}/share/doc/${name})

    file(READ ${CPACK_TWILIOSYNC_SOURCE}/LICENSE licence)
    string(REGEX REPLACE "\n\n" "\n.\n" licence "${licence}")
    string(STRIP "${licence}" licence)
    string(REPLACE "\n" "\n " licence " ${licence}")
    file(WRITE ${docs}/copyright
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: TwilioSync\n\nFiles: *\nCopyright: 2026 The Twilio.Sync for Qt developers\nLicense: MIT\n\n"
        "License: MIT\n${licence}\n")
    file(WRITE ${docs}/changelog.Debian
        "twiliosync (${CPACK_PACKAGE_VERSION}-1) unstable; urgency=medium\n\n  * Version ${CPACK_PACKAGE_VERSION}.\n\n"
        " -- ${CPACK_PACKAGE_CONTACT}  ${now}\n")
    execute_process(COMMAND gzip -9n ${docs}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)

    file(GLOB_RECURSE files LIST_DIRECTORIES OFF ${root}/bin/* ${root}/lib/*.so*)
    foreach(file IN LISTS files)
        if(IS_SYMLINK ${file}) # to what may be in another package
            continue()
        endif()
        file(RPATH_REMOVE FILE ${file})
        if(file MATCHES "\\.so")
            file(CHMOD ${file} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
        endif()
    endforeach()
endforeach()
