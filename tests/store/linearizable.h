// Whether what several saw of one key can be put in an order in which each saw it right: a search as of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993), which tries
// each request that had begun before the first of the others was answered.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace synoptic {

inline constexpr std::uint64_t never_told = ~std::uint64_t{0};

struct KeyRequest {
    enum class Kind : std::uint8_t { put, get, del };
    Kind kind{};
    bool ok = false;          // else: key exists, or key not found
    std::uint32_t value = 0;  // that was put, or that get told; none of them is 0
    std::uint64_t asked_ns = 0,
                  told_ns = 0;  // never_told: a put or del whose answer was lost. It was carried out (say `ok`) at some time, or never
};

class Linearization {
   public:
    explicit Linearization(std::vector<KeyRequest> requests) : requests_(std::move(requests)), taken_(requests_.size(), '0') {
        std::sort(requests_.begin(), requests_.end(), [](const auto& a, const auto& b) { return a.asked_ns < b.asked_ns; });
        told_ = static_cast<std::size_t>(
            std::count_if(requests_.begin(), requests_.end(), [](const auto& request) { return request.told_ns != never_told; }));
    }
    /** From a key that is not there. */
    bool exists() { return search(0, 0); }

   private:
    bool search(std::size_t count, std::uint32_t state) {
        if (count == told_) return true;
        if (!tried_.insert(taken_ + std::to_string(state)).second) return false;
        std::uint64_t first_told = ~std::uint64_t{0};
        for (std::size_t i = 0; i < requests_.size(); ++i) {
            if (taken_[i] == '0') first_told = std::min(first_told, requests_[i].told_ns);
        }
        for (std::size_t i = 0; i < requests_.size() && requests_[i].asked_ns <= first_told; ++i) {
            std::uint32_t next = state;
            if (taken_[i] != '0' || !applies(requests_[i], next)) continue;
            taken_[i] = '1';
            if (search(count + (requests_[i].told_ns != never_told), next)) return true;
            taken_[i] = '0';
        }
        return false;
    }
    /** `state` is the key's value, 0 if it is not there. */
    static bool applies(const KeyRequest& request, std::uint32_t& state) {
        switch (request.kind) {
            case KeyRequest::Kind::put:
                if (request.ok != (state == 0)) return false;
                if (request.ok) state = request.value;
                return true;
            case KeyRequest::Kind::get:
                return request.ok ? state == request.value : state == 0;
            case KeyRequest::Kind::del:
                if (request.ok != (state != 0)) return false;
                state = 0;
                return true;
        }
        return false;
    }

    std::vector<KeyRequest> requests_;
    std::size_t told_ = 0;  // those that were
    std::string taken_;
    std::set<std::string> tried_;
};

}  // namespace synoptic
