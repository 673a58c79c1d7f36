# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=file.hwdb -DPROFILES=a.toml,b.toml -DADAPTERS=a/devices.inc,b/devices.inc -P make_hwdb.cmake
# The devices that the drivers know, as a hardware database: one entry for each usb = ["VID:PID", ...]
# of a profile, and one for each row of an adapter driver's devices.inc. Nothing is written twice: a
# new id is a row in its profile or in its driver's table.
string(REPLACE "," ";" profiles "${PROFILES}")
set(entries "")
foreach(profile IN LISTS profiles)
    get_filename_component(name ${profile} NAME_WE)
    file(READ ${profile} text)
    string(REGEX MATCHALL "\nusb *= *\\[[^]]*\\]" lists "${text}")
    string(REGEX MATCHALL "[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]:[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]"
        ids "${lists}")
    foreach(id IN LISTS ids)
        string(TOUPPER "${id}" id)
        string(REPLACE ":" "p" match "${id}")
        string(APPEND entries "\nusb:v${match}*\n ID_TIPRING=1\n ID_TIPRING_PROFILE=${name}\n")
    endforeach()
endforeach()
string(REPLACE "," ";" adapters "${ADAPTERS}")
set(hex "0x([0-9A-F][0-9A-F][0-9A-F][0-9A-F])")
foreach(adapter IN LISTS adapters)
    get_filename_component(family ${adapter} DIRECTORY)
    get_filename_component(family ${family} NAME)
    file(READ ${adapter} text)
    set(row "TIPRING_USB_DEVICE\\(${hex}, ${hex}, \"([^\"]*)\", \"[^\"]*\", (Fx[os])")
    string(REGEX MATCHALL "${row}" rows "${text}")
    foreach(one IN LISTS rows)
        string(REGEX MATCH "${row}" found "${one}")
        string(TOLOWER "${CMAKE_MATCH_4}" kind)
        string(APPEND entries "\nusb:v${CMAKE_MATCH_1}p${CMAKE_MATCH_2}*\n ID_TIPRING=1\n"
            " ID_TIPRING_ADAPTER=${kind}\n ID_TIPRING_DRIVER=${family}\n"
            " ID_MODEL_FROM_DATABASE=${CMAKE_MATCH_3}\n")
    endforeach()
endforeach()
file(WRITE ${OUTPUT} "# SPDX-License-Identifier: Apache-2.0
# Devices that Tipring drives; made from drivers/at_modem/profiles/*.toml
# and drivers/*/devices.inc by udev/make_hwdb.cmake.
${entries}")
