#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what follows from the interface definitions beside this file.

    generate.py header FILE.xml...     constants of every member, for both halves (C++)
    generate.py markdown FILE.xml...   docs/reference/dbus.md
    generate.py policy FILE.xml...     the bus policy: who may call what
"""
import sys
import xml.etree.ElementTree as ET

TEXT = "org.tipring.Text"
RIGHT = "org.tipring.Right"
REQUEST = "org.tipring.Request"
EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"
RIGHTS = ("monitor", "answer", "dial", "configure")
STANDARD = ("Introspectable", "Peer", "Properties", "ObjectManager")
FLAGS = {"const": "Const", "true": "Emits", "invalidates": "Invalidates", "false": "None"}


def note(element, name, default=""):
    for annotation in element.findall("annotation"):
        if annotation.get("name") == name:
            return annotation.get("value")
    return default


class Interface:
    def __init__(self, path):
        node = ET.parse(path).getroot()
        self.path = node.get("name")
        self.element = node.find("interface")
        self.name = self.element.get("name")
        self.short = self.name.rsplit(".", 1)[1].rstrip("0123456789").lower()
        self.text = note(self.element, TEXT)

    def members(self, kind):
        return self.element.findall(kind)


def args(member, direction=None):
    found = member.findall("arg")
    return [a for a in found if direction is None or a.get("direction") == direction]


def signature(arguments):
    return "".join(a.get("type") for a in arguments)


def names(arguments):
    return "".join(a.get("name") + "\\0" for a in arguments)


def header(interfaces):
    out = ["// Made by generate.py from the interface definitions.", "#pragma once", "",
           '#include "wire/members.h"', ""]
    for interface in interfaces:
        out.append(f"namespace tipring::rpc::def::{interface.short} {{")
        out.append(f'inline constexpr const char* kInterface = "{interface.name}";')
        for m in interface.members("method"):
            both = args(m, "in") + args(m, "out")
            out.append(f'inline constexpr Method k{m.get("name")}{{kInterface, "{m.get("name")}", '
                       f'"{signature(args(m, "in"))}", "{signature(args(m, "out"))}", '
                       f'"{names(both)}", {note(m, REQUEST, "false")}, '
                       f'Right::{note(m, RIGHT).capitalize()}}};')
        for p in interface.members("property"):
            out.append(f'inline constexpr Property k{p.get("name")}{{kInterface, "{p.get("name")}", '
                       f'"{p.get("type")}", Changes::{FLAGS[note(p, EMITS, "true")]}}};')
        for s in interface.members("signal"):
            out.append(f'inline constexpr Signal k{s.get("name")}{{kInterface, "{s.get("name")}", '
                       f'"{signature(args(s))}", "{names(args(s))}"}};')
        for kind, plural in (("method", "Methods"), ("property", "Properties"), ("signal", "Signals")):
            members = interface.members(kind)
            if members:
                listed = ", ".join(f'&k{m.get("name")}' for m in members)
                out.append(f"inline constexpr const {kind.capitalize()}* k{plural}[] = {{{listed}}};")
        out += [f"}}  // namespace tipring::rpc::def::{interface.short}", ""]
    return "\n".join(out)


def shown(arguments):
    return ", ".join(f'{a.get("type")} {a.get("name")}' for a in arguments)


def markdown(interfaces):
    out = ["# D-Bus interfaces", "",
           "Made from `tapi_core/rpc/xml`; `tools/dev/dbus-docs` writes it anew. The service is "
           "`org.tipring.Tipring1`, its objects stand below", "`/org/tipring/Tipring1`, which is an "
           "object manager. Numbers are those of the published TAPI headers.", "",
           "Errors are `org.tipring.Error.` and the TAPI word (`org.tipring.Error.INVALCALLSTATE`), "
           "with the cause in words.", "Methods marked *request* reply when the request is finished: "
           "once.", ""]
    for interface in interfaces:
        out += [f"## {interface.name}", "", f"At `{interface.path}`. {interface.text}", ""]
        methods = interface.members("method")
        if methods:
            out += ["| Method | Right | |", "|---|---|---|"]
            for m in methods:
                reply = f" → ({shown(args(m, 'out'))})" if args(m, "out") else ""
                star = " *request*" if note(m, REQUEST) else ""
                out.append(f'| `{m.get("name")}({shown(args(m, "in"))}){reply}`{star} | '
                           f"{note(m, RIGHT)} | {note(m, TEXT)} |")
            out.append("")
        properties = interface.members("property")
        if properties:
            out += ["| Property | Change is told | |", "|---|---|---|"]
            told = {"const": "never changes", "true": "with the value",
                    "invalidates": "without the value", "false": "no"}
            for p in properties:
                out.append(f'| `{p.get("type")} {p.get("name")}` | {told[note(p, EMITS, "true")]} | '
                           f"{note(p, TEXT)} |")
            out.append("")
        signals = interface.members("signal")
        if signals:
            out += ["| Signal | |", "|---|---|"]
            for s in signals:
                out.append(f'| `{s.get("name")}({shown(args(s))})` | {note(s, TEXT)} |')
            out.append("")
    return "\n".join(out)


def policy(interfaces):
    out = ['<?xml version="1.0" encoding="UTF-8"?>',
           "<!-- SPDX-License-Identifier: Apache-2.0",
           "     Made from tapi_core/rpc/xml. Who may speak to the service at all; which right each of",
           "     them has the service itself decides, and says ([rights] in tipringd.toml).",
           "     `adduser NAME tipring-monitor`; the group tipring has all rights. -->",
           '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"',
           ' "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">', "<busconfig>",
           '  <policy context="default">',
           '    <deny own="org.tipring.Tipring1"/>',
           '    <deny send_destination="org.tipring.Tipring1"/>', "  </policy>",
           '  <policy user="tipring">', '    <allow own="org.tipring.Tipring1"/>',
           "    <!-- Whether a client still reads its signals. -->",
           '    <allow send_interface="org.freedesktop.DBus.Peer" send_member="Ping"/>',
           "  </policy>"]
    interfaces = [i.name for i in interfaces] + [f"org.freedesktop.DBus.{n}" for n in STANDARD]
    door = [f'    <allow send_destination="org.tipring.Tipring1" send_interface="{name}"/>'
            for name in interfaces]
    for right in RIGHTS:
        out += [f'  <policy group="tipring-{right}">'] + door + ["  </policy>"]
    # Interfaces of providers have any name.
    for who in ('user="root"', 'user="tipring"', 'group="tipring"', 'group="tipring-configure"'):
        out += [f"  <policy {who}>", '    <allow send_destination="org.tipring.Tipring1"/>',
                "  </policy>"]
    return "\n".join(out + ["</busconfig>", ""])


def main():
    makers = {"header": header, "markdown": markdown, "policy": policy}
    if len(sys.argv) < 3 or sys.argv[1] not in makers:
        sys.exit(__doc__)
    sys.stdout.write(makers[sys.argv[1]]([Interface(path) for path in sys.argv[2:]]))


if __name__ == "__main__":
    main()
