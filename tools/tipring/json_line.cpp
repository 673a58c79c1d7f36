// SPDX-License-Identifier: Apache-2.0
#include "json_line.h"

#include <nlohmann/json.hpp>

namespace tipring::tools {

struct JsonLine::Impl {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
};

JsonLine::JsonLine() : impl_(std::make_unique<Impl>()) {}
JsonLine::JsonLine(JsonLine&&) noexcept = default;
JsonLine& JsonLine::operator=(JsonLine&&) noexcept = default;
JsonLine::~JsonLine() = default;

JsonLine& JsonLine::set(std::string_view key, std::string_view value) {
    impl_->object[std::string(key)] = std::string(value);
    return *this;
}
JsonLine& JsonLine::set(std::string_view key, bool value) {
    impl_->object[std::string(key)] = value;
    return *this;
}
JsonLine& JsonLine::set(std::string_view key, double value) {
    impl_->object[std::string(key)] = value;
    return *this;
}
JsonLine& JsonLine::set(std::string_view key, std::int64_t value) {
    impl_->object[std::string(key)] = value;
    return *this;
}
JsonLine& JsonLine::set(std::string_view key, const std::vector<std::string>& values) {
    impl_->object[std::string(key)] = values;
    return *this;
}

std::string JsonLine::text() const {
    return impl_->object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace tipring::tools
