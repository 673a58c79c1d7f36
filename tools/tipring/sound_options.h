// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands.h"
#include "synth_sound.h"

namespace CLI {
class App;
}

namespace tipring::tools {

/// Options of `listen` and `synth`; what they point to must outlive the parsing.
void addListenOptions(CLI::App& command, ListenOptions& options);
void addSynthOptions(CLI::App& command, SynthOptions& options, SynthSettings& settings);

}  // namespace tipring::tools
