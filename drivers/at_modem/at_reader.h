// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace tipring::at_modem {

/// Who gets what the reader finds. Views are valid during the call only.
class AtReaderSink {
public:
    virtual ~AtReaderSink() = default;
    /// A line without its separators, never empty. Return false to stop right behind it: what
    /// follows is sound (after CONNECT in voice class).
    virtual bool onLine(std::string_view line) = 0;
    /// A DLE pair between or within lines (V.253 clause 9; "X" and "." frame a complex report).
    virtual void onDle(char code) = 0;
    /// A line longer than AtReader::kLongestLine; the rest of it is dropped. Once a line.
    virtual void onOverlong(std::string_view beginning) = 0;
};

/// Splits what a modem sends in command state. Any run of CR and LF is one separator (modems send
/// CR LF, CR CR LF, LF alone); NUL bytes vanish; DLE pairs are taken out of the text. A line that
/// stands whole in the input is not copied. No allocation.
class AtReader {
public:
    static constexpr std::size_t kLongestLine = 2048;

    /// Reads on; returns how many bytes were taken: all, or up to where the sink said stop (one
    /// line feed that belongs to the separator included).
    std::size_t feed(std::span<const std::byte> bytes, AtReaderSink& sink);
    /// The modem has been silent: hands over the unfinished line, if there is one.
    void flush(AtReaderSink& sink);
    /// Forgets the unfinished line.
    void reset();
    [[nodiscard]] bool hasUnfinishedLine() const { return size_ > 0; }

private:
    bool endLine(std::string_view tail, AtReaderSink& sink);
    void keep(std::string_view text, AtReaderSink& sink);

    std::array<char, kLongestLine> kept_{};
    std::size_t size_ = 0;
    bool overlong_ = false;
    bool afterDle_ = false;
};

}  // namespace tipring::at_modem
