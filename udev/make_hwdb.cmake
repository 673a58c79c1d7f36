# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=file.hwdb -DPROFILES=a.toml,b.toml -P make_hwdb.cmake
# The devices that the drivers know, as a hardware database: one entry for each usb = ["VID:PID", ...]
# of a profile. Nothing is written twice: a new id is a row in its profile.
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
file(WRITE ${OUTPUT} "# SPDX-License-Identifier: Apache-2.0
# Devices that Tipring drives; made from drivers/at_modem/profiles/*.toml by udev/make_hwdb.cmake.
${entries}")
