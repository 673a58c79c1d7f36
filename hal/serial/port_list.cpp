// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/serial/port_list.h"

#include <libserialport.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "libserialport_error.h"

namespace tipring::hal {
namespace {

struct FreeList {
    void operator()(sp_port** list) const { sp_free_port_list(list); }
};

std::string textOf(const char* text) {
    return text != nullptr ? std::string(text) : std::string{};
}

PortInfo describe(const sp_port* port) {
    PortInfo info;
    info.path = textOf(sp_get_port_name(port));
    info.name = "serial:" + info.path;
    info.description = textOf(sp_get_port_description(port));
    int vendor = 0;
    int product = 0;
    if (sp_get_port_transport(port) == SP_TRANSPORT_USB &&
        sp_get_port_usb_vid_pid(port, &vendor, &product) == SP_OK) {
        info.usb = PortInfo::Usb{
            std::uint16_t(vendor), std::uint16_t(product), textOf(sp_get_port_usb_serial(port)),
            textOf(sp_get_port_usb_manufacturer(port)), textOf(sp_get_port_usb_product(port))};
    }
    return info;
}

}  // namespace

Result<std::vector<PortInfo>> listSerialPorts() {
    sp_port** raw = nullptr;
    if (const sp_return result = sp_list_ports(&raw); result != SP_OK) {
        if (result == SP_ERR_FAIL && sp_last_error_code() == ENOENT) {
            return std::vector<PortInfo>{};  // a system without any, a container
        }
        return tl::unexpected(serialPortError("cannot list the serial ports", result));
    }
    const std::unique_ptr<sp_port*, FreeList> list(raw);
    std::vector<PortInfo> ports;
    for (sp_port** port = raw; *port != nullptr; ++port) {
        ports.push_back(describe(*port));
    }
    std::sort(ports.begin(), ports.end(),
              [](const PortInfo& a, const PortInfo& b) { return a.path < b.path; });
    return ports;
}

}  // namespace tipring::hal
