#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints who calls, on any line, until Ctrl-C. Needs nothing but the bus (python3-dbus, python3-gi).

    announce_callers.py [--session]
"""
import sys

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

NAME = "org.tipring.Tipring1"
ROOT = "/org/tipring/Tipring1"
CALL_NOTIFICATION, CALL_INFO_CHANGE = 0x4, 0x40
AUTOMATED_VOICE, INTERACTIVE_VOICE = 0x8, 0x4
CALLER = 0  # of the items that InfoChanged tells
STATUS = ("not known yet", "", "withheld", "out of area", "partly known", "never sent here")


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus() if "--session" in sys.argv[1:] else dbus.SystemBus()
    tapi = dbus.Interface(bus.get_object(NAME, ROOT), "org.tipring.Tapi1")
    tapi.Open("announce callers")

    def on_info(item, _instance, path=None):
        if item == CALLER:
            properties = dbus.Interface(bus.get_object(NAME, path), dbus.PROPERTIES_IFACE)
            info = properties.Get("org.tipring.Call1", "Info")
            number, number_status, name, name_status = info["Caller"]
            print(number or STATUS[number_status], name or STATUS[name_status], flush=True)

    bus.add_signal_receiver(on_info, "InfoChanged", "org.tipring.Call1", NAME,
                            path_keyword="path")
    tapi.SetEventFilter(dbus.UInt32(CALL_NOTIFICATION | CALL_INFO_CHANGE))
    addresses = dbus.Interface(bus.get_object(NAME, ROOT), dbus.PROPERTIES_IFACE).Get(
        "org.tipring.Tapi1", "Addresses")
    for address in addresses:
        tapi.RegisterCallNotifications(address, False, True,
                                       dbus.UInt32(AUTOMATED_VOICE | INTERACTIVE_VOICE),
                                       dbus.UInt32(0))
    print(f"listening on {len(addresses)} line(s)", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except dbus.DBusException as error:
        sys.exit(f"announce_callers: {error.get_dbus_message()}")
