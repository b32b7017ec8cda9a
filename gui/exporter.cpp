#include "gui/exporter.h"

#include <utility>

#include "core/session/capture.h"

namespace synoptic {

Exporter::~Exporter() {
    ends_.store(true);
    if (thread_.joinable()) thread_.join();
}

bool Exporter::start(const History& history, EventIndex up_to, std::string path, std::uint64_t realtime_offset_ns) {
    if (works()) return false;
    path_ = std::move(path);
    percent_.store(0);
    done_.store(false);
    thread_ = std::thread([this, &history, up_to, realtime_offset_ns] {
        outcome_ = export_capture(history, up_to, path_, realtime_offset_ns, [this](double share) {
            percent_.store(static_cast<int>(share * 100));
            return !ends_.load();
        });
        done_.store(true);
    });
    return true;
}

std::optional<Status> Exporter::take_outcome() {
    if (!works() || !done_.load()) return {};
    thread_.join();
    return std::exchange(outcome_, std::nullopt);
}

}  // namespace synoptic
