// SPDX-License-Identifier: Apache-2.0
#include "completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tipring::tools {
namespace {

std::string quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text) {
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return result + "'";
}

std::string names(const std::vector<CommandShape>& commands) {
    std::vector<std::string> list;
    list.reserve(commands.size());
    for (const CommandShape& command : commands) {
        list.push_back(command.name);
    }
    return fmt::format("{}", fmt::join(list, " "));
}

std::string optionNames(const CommandShape& command) {
    std::vector<std::string> list;
    for (const auto& option : command.options) {
        list.push_back(option.name);
    }
    return fmt::format("{}", fmt::join(list, " "));
}

/// Words after an option that takes a value: its values, files, or nothing.
std::string bashValues(const CommandShape& command) {
    std::string cases;
    for (const auto& option : command.options) {
        if (!option.takesValue) {
            continue;
        }
        const std::string reply =
            option.takesFile        ? std::string("COMPREPLY=($(compgen -f -- \"$current\"))")
            : option.values.empty() ? std::string("COMPREPLY=()")
                                    : fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$current\"))",
                                                  fmt::join(option.values, " "));
        cases += fmt::format("            {}) {}; return ;;\n", option.name, reply);
    }
    return cases;
}

std::string bash(const std::vector<CommandShape>& commands) {
    std::string cases;
    for (const CommandShape& command : commands) {
        const std::string values = bashValues(command);
        cases += fmt::format("    {})\n", command.name);
        if (!values.empty()) {
            cases += fmt::format("        case $previous in\n{}        esac\n", values);
        }
        std::string words = optionNames(command);
        if (!command.operandValues.empty()) {
            words += fmt::format(" {}", fmt::join(command.operandValues, " "));
        }
        cases += fmt::format("        COMPREPLY=($(compgen -W '{}' -- \"$current\"))\n", words);
        if (command.operandIsFile) {
            cases += "        COMPREPLY+=($(compgen -f -- \"$current\"))\n";
        }
        cases += "        ;;\n";
    }
    return fmt::format(R"(# bash completion for tipring; made by `tipring completion bash`
_tipring() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
    COMPREPLY=()
    if [[ $COMP_CWORD == 1 ]]; then
        COMPREPLY=($(compgen -W '{} --help --version' -- "$current"))
        return
    fi
    case ${{COMP_WORDS[1]}} in
{}    esac
}}
complete -o filenames -F _tipring tipring)",
                       names(commands), cases);
}

std::string zshSpec(const CommandShape::Option& option) {
    std::string text;
    for (const char c : option.description) {
        text += c == '[' || c == ']' || c == ':' ? std::string{'\\', c} : std::string(1, c);
    }
    std::string spec = fmt::format("{}[{}]", option.name, text);
    if (option.takesValue) {
        spec += option.takesFile        ? std::string(":file:_files")
                : option.values.empty() ? std::string(":value: ")
                                        : fmt::format(":value:({})", fmt::join(option.values, " "));
    }
    return quoted(spec);
}

std::string zsh(const std::vector<CommandShape>& commands) {
    std::string list, cases;
    for (const CommandShape& command : commands) {
        list += fmt::format("        {}\n", quoted(command.name + ":" + command.description));
        cases += fmt::format("    {}) _arguments", command.name);
        for (const auto& option : command.options) {
            cases += fmt::format(" \\\n        {}", zshSpec(option));
        }
        if (command.operandIsFile) {
            cases += " \\\n        '*:file:_files'";
        } else if (!command.operandValues.empty()) {
            cases +=
                fmt::format(" \\\n        '1:value:({})'", fmt::join(command.operandValues, " "));
        }
        cases += " ;;\n";
    }
    return fmt::format(R"(#compdef tipring
# zsh completion for tipring; made by `tipring completion zsh`
_tipring() {{
    local -a commands
    commands=(
{}    )
    if (( CURRENT == 2 )); then
        _describe command commands
        return
    fi
    local command=$words[2]
    shift words
    (( CURRENT-- ))
    case $command in
{}    esac
}}
_tipring "$@")",
                       list, cases);
}

std::string fish(const std::vector<CommandShape>& commands) {
    std::string script =
        "# fish completion for tipring; made by `tipring completion fish`\n"
        "complete -c tipring -f\n";
    for (const CommandShape& command : commands) {
        script += fmt::format("complete -c tipring -n __fish_use_subcommand -a {} -d {}\n",
                              command.name, quoted(command.description));
        for (const auto& option : command.options) {
            const bool isLong = option.name.starts_with("--");
            script += fmt::format(
                "complete -c tipring -n '__fish_seen_subcommand_from {}' {} {} -d {}{}{}\n",
                command.name, isLong ? "-l" : "-s", option.name.substr(isLong ? 2 : 1),
                quoted(option.description),
                option.takesFile    ? " -rF"
                : option.takesValue ? " -x"
                                    : "",
                option.values.empty() ? std::string()
                                      : fmt::format(" -a '{}'", fmt::join(option.values, " ")));
        }
        if (command.operandIsFile) {
            script += fmt::format("complete -c tipring -n '__fish_seen_subcommand_from {}' -F\n",
                                  command.name);
        } else if (!command.operandValues.empty()) {
            script +=
                fmt::format("complete -c tipring -n '__fish_seen_subcommand_from {}' -a '{}'\n",
                            command.name, fmt::join(command.operandValues, " "));
        }
    }
    script.pop_back();
    return script;
}

}  // namespace

std::string completionScript(std::string_view shell, const std::vector<CommandShape>& commands) {
    if (shell == "bash") {
        return bash(commands);
    }
    if (shell == "zsh") {
        return zsh(commands);
    }
    return shell == "fish" ? fish(commands) : std::string();
}

}  // namespace tipring::tools
