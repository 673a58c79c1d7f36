// SPDX-License-Identifier: Apache-2.0
// The collection of what real modems said: tests/data/modem/modem-transcripts.jsonl.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tipring::at_modem {

struct Transcript {
    std::string id;
    bool frame = false;  ///< raw caller-ID message instead of AT text
    bool weak = false;   ///< a matter of policy
    std::string bytes;
    std::vector<std::string> chunks;  ///< how the bytes arrived, where that matters
    nlohmann::json expect;
};

inline void PrintTo(const Transcript& transcript, std::ostream* out) {
    *out << transcript.id;
}

/// The code points of a JSON string are byte values.
inline std::string bytesOf(const std::string& utf8) {
    std::string bytes;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto first = static_cast<unsigned char>(utf8[i]);
        if (first < 0x80) {
            bytes += utf8[i];
        } else {
            const auto second = static_cast<unsigned char>(utf8[++i]);
            bytes += static_cast<char>((first & 0x1F) << 6 | (second & 0x3F));
        }
    }
    return bytes;
}

inline std::vector<Transcript> loadTranscripts() {
    std::ifstream file(TIPRING_SOURCE_DIR "/tests/data/modem/modem-transcripts.jsonl");
    std::vector<Transcript> all;
    for (std::string line; std::getline(file, line);) {
        if (line.empty()) {
            continue;
        }
        const auto json = nlohmann::json::parse(line);
        Transcript one;
        one.id = json.at("id");
        one.frame = json.at("kind") == "frame";
        one.weak = json.value("weak", false);
        one.bytes = bytesOf(json.at("bytes"));
        for (const auto& chunk : json.value("chunks", nlohmann::json::array())) {
            one.chunks.push_back(bytesOf(chunk));
        }
        one.expect = json.at("expect");
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace tipring::at_modem
