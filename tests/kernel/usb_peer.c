/* SPDX-License-Identifier: Apache-2.0
 * A plain libusb program that knows the adapters by their descriptors and frames, and nothing of
 * this project: usb_peer sangoma-u100     control requests of the bridge, 1 s of frames both ways
 * on bulk endpoints usb_peer open-usb-fxs     bulk commands, 1 s of isochronous packets both ways
 *   usb_peer hid-phone        interrupt reports, until the line rings
 *   usb_peer ring TTY         waits until RI of a terminal changes
 * Tells what it saw; ends with 0 when all of it was right. */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <libusb.h>
#include <linux/serial.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static libusb_context* context;
static libusb_device_handle* handle;
static int failures;

static void check(int good, const char* what) {
    printf("%s  %s\n", good ? "  ok    " : "  FAILED", what);
    failures += !good;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Opens, reads the descriptors, and claims an interface, whatever kernel driver has it. */
static int take(int vendor, int product, int interface, int configuration_size, const char* name) {
    struct libusb_device_descriptor device;
    struct libusb_config_descriptor* configuration = NULL;
    unsigned char text[64] = "";
    handle = libusb_open_device_with_vid_pid(context, (uint16_t)vendor, (uint16_t)product);
    check(handle != NULL, "the device opens");
    if (handle == NULL) {
        return 0;
    }
    check(libusb_get_device_descriptor(libusb_get_device(handle), &device) == 0 &&
              device.idVendor == vendor && device.bNumConfigurations == 1,
          "its descriptor is there");
    check(libusb_get_active_config_descriptor(libusb_get_device(handle), &configuration) == 0 &&
              configuration->wTotalLength == configuration_size,
          "its configuration is as long as it says");
    libusb_free_config_descriptor(configuration);
    check(libusb_get_device_speed(libusb_get_device(handle)) == LIBUSB_SPEED_FULL,
          "it is a full-speed device");
    libusb_get_string_descriptor_ascii(handle, device.iProduct, text, sizeof text);
    check(strcmp((char*)text, name) == 0, "its name is right");
    libusb_set_auto_detach_kernel_driver(handle, 1);
    check(libusb_claim_interface(handle, interface) == 0, "its interface is ours");
    return 1;
}

/* 32 bytes of the U100: both channels silent, the control bytes as given. */
static void u100_frame(unsigned char* frame, const unsigned char* control) {
    for (int i = 0; i < 32; ++i) {
        const int bits = (control[i / 4] >> (6 - 2 * (i % 4))) & 3;
        frame[i] =
            (unsigned char)((bits << 6) | (i % 4 == 0 ? 0x10 : 0) | (i == 0 ? 0x20 : 0) | 0x0F);
    }
}

static int u100_control(const unsigned char* frame, int slot) {
    int value = 0;
    for (int i = 0; i < 4; ++i) {
        value = (value << 2) | (frame[4 * slot + i] >> 6);
    }
    return value;
}

struct u100 {
    int frames, good, heard, identity;
};

/* Reads for a time, and answers each frame with one that asks for register 0 of the processor. */
static void u100_run(struct u100* seen, double seconds) {
    const unsigned char ask[8] = {0x7E, 0x10, 0x00, 0x7E, 0x7E, 0x7E, 0x7E, 0x7E};
    unsigned char in[576], out[576];
    const double end = now() + seconds;
    memset(seen, 0, sizeof *seen);
    while (now() < end) {
        int count = 0, sent = 0;
        const int result = libusb_bulk_transfer(handle, 0x81, in, sizeof in, &count, 1000);
        if (result != 0 && result != LIBUSB_ERROR_TIMEOUT) {
            printf("  bulk in: %s\n", libusb_error_name(result));
            failures++;
            return;
        }
        for (int at = 0; at + 32 <= count; at += 32) {
            seen->frames++;
            seen->good += (in[at] & 0x30) == 0x30 && u100_control(in + at, 0) == 0x7E;
            seen->heard += (in[at + 1] & 0x20) != 0;
            seen->identity += u100_control(in + at, 1) == 0x10 && u100_control(in + at, 2) == 0 &&
                              u100_control(in + at, 3) == 0x55;
            u100_frame(out + at, ask);
        }
        if (count >= 32) {
            libusb_bulk_transfer(handle, 0x01, out, count / 32 * 32, &sent, 1000);
        }
    }
}

static void sangoma_u100(void) {
    unsigned char control[2] = {0, 0};
    struct u100 seen;
    if (!take(0x10C4, 0x8461, 0, 32, "USBfxo")) {
        return;
    }
    check(libusb_control_transfer(handle, 0x41, 0, 1, 0, NULL, 0, 500) == 0 &&
              libusb_control_transfer(handle, 0x41, 1, 7, 0, NULL, 0, 500) == 0 &&
              libusb_control_transfer(handle, 0x41, 3, 0x0800, 0, NULL, 0, 500) == 0,
          "control: the bridge is set up");
    check(libusb_control_transfer(handle, 0xC1, 4, 0, 0, control, 2, 500) == 2 && control[1] == 8,
          "control: what was set is read");
    check(libusb_control_transfer(handle, 0xC1, 0x77, 0, 0, control, 2, 500) == LIBUSB_ERROR_PIPE,
          "control: an unknown request stalls");
    u100_run(&seen, 6); /* its boot loader has the first 5 s */
    u100_run(&seen, 2);
    printf("  %d frames in 2 s, %d good, %d heard us, %d answers\n", seen.frames, seen.good,
           seen.heard, seen.identity);
    /* A busy machine loses frames, and none has more than there are milliseconds. */
    check(seen.frames > 300 && seen.frames < 2200, "bulk: frames come at their pace");
    check(seen.good == seen.frames, "bulk: every frame is whole");
    check(seen.heard > seen.frames / 2, "bulk: it hears our frames");
    check(seen.identity > 100, "bulk: registers are read inside the frames");
}

struct iso {
    struct libusb_transfer* transfers[8];
    unsigned char buffers[8][8 * 16];
    unsigned char sequence;
    int running, packets, empty, odd, even, mirrored, lost, stopping;
    int last, last_mirror;
};

static void fill(struct iso* all, struct libusb_transfer* transfer) {
    memset(transfer->buffer, 0xFF, (size_t)transfer->length);
    for (int i = 0; i < transfer->num_iso_packets; ++i) {
        transfer->buffer[16 * i + 3] = ++all->sequence;
    }
}

static void LIBUSB_CALL on_iso(struct libusb_transfer* transfer) {
    struct iso* all = transfer->user_data;
    for (int i = 0; i < transfer->num_iso_packets; ++i) {
        const struct libusb_iso_packet_descriptor* packet = &transfer->iso_packet_desc[i];
        const unsigned char* data = transfer->buffer + 16 * i;
        if (transfer->status != LIBUSB_TRANSFER_COMPLETED ||
            packet->status != LIBUSB_TRANSFER_COMPLETED) {
            all->lost++;
        } else if ((transfer->endpoint & 0x80) != 0 && packet->actual_length == 16) {
            all->packets++;
            all->odd += data[0] == 0xBA && data[1] == 0xDD && all->last != 0xDD;
            all->even += data[0] == 0xBA && data[1] == 0xEE && all->last != 0xEE;
            all->mirrored += data[3] != all->last_mirror;
            all->last = data[1];
            all->last_mirror = data[3];
        } else if ((transfer->endpoint & 0x80) != 0) {
            all->empty++;
        }
    }
    if ((transfer->endpoint & 0x80) == 0) {
        fill(all, transfer);
    }
    if (all->stopping || libusb_submit_transfer(transfer) != 0) {
        all->running--;
    }
}

static void iso_start(struct iso* all) {
    memset(all, 0, sizeof *all);
    for (int i = 0; i < 8; ++i) {
        struct libusb_transfer* transfer = all->transfers[i] = libusb_alloc_transfer(8);
        libusb_fill_iso_transfer(transfer, handle, i % 2 == 0 ? 0x82 : 0x02, all->buffers[i],
                                 8 * 16, 8, on_iso, all, 2000);
        libusb_set_iso_packet_lengths(transfer, 16);
        fill(all, transfer);
        all->running += libusb_submit_transfer(transfer) == 0;
    }
}

/* Its answer to a bulk command; -1 where none came. */
static int command(const char* bytes, int size, unsigned char* reply) {
    int count = 0;
    if (libusb_bulk_transfer(handle, 0x01, (unsigned char*)(uintptr_t)bytes, size, &count, 500) !=
            0 ||
        libusb_bulk_transfer(handle, 0x81, reply, 32, &count, 500) != 0) {
        return -1;
    }
    return count;
}

static void open_usb_fxs(void) {
    static struct iso all;
    unsigned char reply[32] = {0};
    struct timeval step = {0, 50000};
    int sent = 0;
    if (!take(0x04D8, 0xFCF1, 0, 0x2E, "Open USB FXS board")) {
        return;
    }
    check(command("\x00\x5A", 2, reply) == 4 && reply[1] == 0x5A, "bulk: it tells its version");
    check(command("\x83\x0E\x10", 3, reply) == 3 && command("\x82\x0E", 2, reply) == 3 &&
              reply[2] == 0x10,
          "bulk: a register of the line circuit is written and read");
    check(libusb_bulk_transfer(handle, 0x81, reply, 32, &sent, 200) == LIBUSB_ERROR_TIMEOUT,
          "bulk: nothing comes that was not asked for");
    check(libusb_bulk_transfer(handle, 0x01, (unsigned char[]){0x7D, 0, 0}, 3, &sent, 500) == 0,
          "bulk: sound begins");
    iso_start(&all);
    check(all.running == 8, "isochronous: transfers are taken");
    for (const double end = now() + 2; now() < end;) {
        libusb_handle_events_timeout(context, &step);
    }
    all.stopping = 1;
    for (const double end = now() + 3; all.running > 0 && now() < end;) {
        libusb_handle_events_timeout(context, &step);
    }
    printf("  %d packets in 2 s, %d odd, %d even, %d that mirror, %d empty, %d lost\n", all.packets,
           all.odd, all.even, all.mirrored, all.empty, all.lost);
    check(all.running == 0, "isochronous: all transfers come back");
    check(all.packets > 300 && all.packets < 2200, "isochronous: packets come at their pace");
    /* A packet that this machine was too late for is gone, as on a real bus. */
    check(all.odd + all.even > all.packets * 9 / 10, "isochronous: odd and even take turns");
    check(all.mirrored > all.packets / 2, "isochronous: our sequence numbers come back");
    check(all.lost == 0, "isochronous: none is lost");
}

static void hid_phone(void) {
    unsigned char report[8] = {0}, order = 0x01;
    int count = 0, rang = 0;
    if (!take(0x335E, 0x8A01, 2, 0x74, "Maple")) {
        return;
    }
    check(libusb_interrupt_transfer(handle, 0x81, report, 2, &count, 2000) == 0 && count == 2,
          "interrupt: the first report comes");
    check(libusb_interrupt_transfer(handle, 0x01, &order, 1, &count, 1000) == 0 && count == 1,
          "interrupt: it takes an order");
    for (const double end = now() + 60; !rang && now() < end;) {
        if (libusb_interrupt_transfer(handle, 0x81, report, 2, &count, 1000) == 0 && count == 2) {
            printf("  report %02x %02x\n", report[0], report[1]);
            rang = (report[0] & 2) != 0;
        }
    }
    check(rang, "interrupt: it tells that the line rings");
}

static void ring(const char* name) {
    struct serial_icounter_struct before, after;
    const int fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
    check(fd >= 0 && ioctl(fd, TIOCGICOUNT, &before) == 0, "the terminal has modem lines");
    alarm(60);
    check(ioctl(fd, TIOCMIWAIT, TIOCM_RNG) == 0, "RI changes");
    check(ioctl(fd, TIOCGICOUNT, &after) == 0 && after.rng > before.rng, "the kernel counts it");
    close(fd);
}

int main(int argc, char** argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 3 && strcmp(argv[1], "ring") == 0) {
        ring(argv[2]);
        return failures != 0;
    }
    if (argc != 2 || libusb_init(&context) != 0) {
        fprintf(stderr, "usb_peer: names one of sangoma-u100, open-usb-fxs, hid-phone\n");
        return 2;
    }
    if (strcmp(argv[1], "sangoma-u100") == 0) {
        sangoma_u100();
    } else if (strcmp(argv[1], "open-usb-fxs") == 0) {
        open_usb_fxs();
    } else {
        hid_phone();
    }
    if (handle != NULL) {
        libusb_close(handle);
    }
    libusb_exit(context);
    return failures != 0;
}
