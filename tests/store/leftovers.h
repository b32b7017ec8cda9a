// What killed servers leave in shared memory: the next server of the same database would replace it, but a test's folder is gone.
#pragma once

#include <sys/mman.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

namespace synoptic {

/** Removes the folder of a test, and the indexes of the databases in it. */
inline void remove_databases(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        struct stat there {};
        if (entry.path().extension() != ".lock" || stat(entry.path().c_str(), &there) < 0) continue;
        shm_unlink(("/synoptic-store-" + std::to_string(there.st_dev) + "-" + std::to_string(there.st_ino)).c_str());
    }
    std::filesystem::remove_all(folder);
}

}  // namespace synoptic
