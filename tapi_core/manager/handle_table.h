// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

namespace tipring::core {

/// Opaque handles to shared objects, with generations: a stale or invented handle finds nothing.
/// Zero is none. Handle is a pointer type or std::uintptr_t. Thread: any.
template <class T, class Handle>
class HandleTable {
public:
    explicit HandleTable(std::size_t capacity = 65535) : capacity_(capacity) {}

    /// Zero where the table is full. The object may be null and set later.
    [[nodiscard]] Handle add(std::shared_ptr<T> object = nullptr) {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) {
            if (slots_.size() == capacity_) {
                return Handle{};
            }
            free_.push_back(slots_.size());
            slots_.emplace_back();
        }
        const std::size_t index = free_.back();
        free_.pop_back();
        slots_[index].used = true;
        slots_[index].object = std::move(object);
        return encode(index, slots_[index].generation);
    }
    void set(Handle handle, std::shared_ptr<T> object) {
        const std::lock_guard lock(mutex_);
        if (Slot* slot = slotOf(handle)) {
            slot->object.swap(object);
        }
    }
    [[nodiscard]] std::shared_ptr<T> find(Handle handle) const {
        const std::lock_guard lock(mutex_);
        const Slot* slot = const_cast<HandleTable*>(this)->slotOf(handle);
        return slot == nullptr ? nullptr : slot->object;
    }
    /// True for a handle that was once given and is dead.
    [[nodiscard]] bool stale(Handle handle) const {
        const std::lock_guard lock(mutex_);
        const std::size_t index = indexOf(handle);
        return index < slots_.size() && generationOf(handle) != 0 &&
               generationOf(handle) < slots_[index].generation;
    }
    /// Handles in use.
    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return slots_.size() - free_.size();
    }
    void remove(Handle handle) {
        std::shared_ptr<T> dying;  // dies outside the lock
        const std::lock_guard lock(mutex_);
        if (Slot* slot = slotOf(handle)) {
            dying.swap(slot->object);
            slot->used = false;
            slot->generation = slot->generation == kMask ? 1 : slot->generation + 1;
            free_.push_back(indexOf(handle));
        }
    }

private:
    static constexpr unsigned kIndexBits = sizeof(std::uintptr_t) * 4;
    static constexpr std::uintptr_t kMask = (std::uintptr_t{1} << kIndexBits) - 1;

    struct Slot {
        std::uintptr_t generation = 1;
        bool used = false;
        std::shared_ptr<T> object;
    };

    static std::uintptr_t bits(Handle handle) {
        if constexpr (std::is_pointer_v<Handle>) {
            return reinterpret_cast<std::uintptr_t>(handle);
        } else {
            return handle;
        }
    }
    static std::size_t indexOf(Handle handle) { return (bits(handle) & kMask) - 1; }
    static std::uintptr_t generationOf(Handle handle) { return bits(handle) >> kIndexBits; }
    static Handle encode(std::size_t index, std::uintptr_t generation) {
        const std::uintptr_t value = generation << kIndexBits | (index + 1);
        if constexpr (std::is_pointer_v<Handle>) {
            return reinterpret_cast<Handle>(value);
        } else {
            return value;
        }
    }
    Slot* slotOf(Handle handle) {
        const std::size_t index = indexOf(handle);
        if (index >= slots_.size() || !slots_[index].used ||
            slots_[index].generation != generationOf(handle)) {
            return nullptr;
        }
        return &slots_[index];
    }

    const std::size_t capacity_;
    mutable std::mutex mutex_;
    std::vector<Slot> slots_;        // guarded by mutex_
    std::vector<std::size_t> free_;  // guarded by mutex_
};

}  // namespace tipring::core
