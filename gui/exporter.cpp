#include "gui/exporter.h"

#include <utility>

namespace synoptic {

Exporter::~Exporter() {
    ends_.store(true);
    if (thread_.joinable()) thread_.join();
}

bool Exporter::start(std::string path, Work work) {
    if (works()) return false;
    path_ = std::move(path);
    percent_.store(0);
    done_.store(false);
    ends_.store(false);
    thread_ = std::thread([this, work = std::move(work)] {
        outcome_ = work([this](double share) {
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
