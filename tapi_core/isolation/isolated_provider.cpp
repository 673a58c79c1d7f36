// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/isolation/isolated_provider.h"

#include <filesystem>
#include <system_error>

#include "stub.h"

namespace tipring::isolation {

hal::Result<std::unique_ptr<IsolatedProvider>> IsolatedProvider::create(Launcher launcher,
                                                                        Options options) {
    auto stub = std::make_unique<Stub>(std::move(launcher), std::move(options));
    if (auto begun = stub->begin(); !begun) {
        return tl::unexpected(std::move(begun.error()));
    }
    return std::make_unique<IsolatedProvider>(std::move(stub));
}

IsolatedProvider::IsolatedProvider(std::unique_ptr<Stub> stub) : stub_(std::move(stub)) {}
IsolatedProvider::~IsolatedProvider() = default;

const TspiProvider& IsolatedProvider::table() const {
    return stub_->table();
}

HostStatus IsolatedProvider::status() const {
    return stub_->status();
}

hal::Result<std::unique_ptr<IsolatedProvider>> loadProvider(const std::string& library,
                                                            Options options) {
    Launcher launcher = processLauncher(library, options.program);
    return IsolatedProvider::create(std::move(launcher), std::move(options));
}

bool isolatedByDefault(const std::string& library, std::string_view providerFolder) {
    namespace fs = std::filesystem;
    std::error_code failed;
    const fs::path file = fs::weakly_canonical(library, failed);
    const fs::path folder = fs::weakly_canonical(fs::path(providerFolder), failed);
    return providerFolder.empty() || file.parent_path() != folder;
}

bool isolatedByDefault(const std::string& library) {
    return isolatedByDefault(library, TIPRING_PROVIDER_FOLDER);
}

}  // namespace tipring::isolation
