// A test's folder of databases. What killed servers leave in shared memory goes with it: the next server of the same database would replace it, but none comes.
#pragma once

#include <sys/mman.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/temporary_folder.h"

namespace synoptic {

class DatabaseFolder : public TemporaryFolder {
   public:
    ~DatabaseFolder() {
        std::error_code error;
        for (std::filesystem::directory_iterator at(path(), error), end; !error && at != end; at.increment(error)) {
            struct stat there {};
            if (at->path().extension() != ".lock" || stat(at->path().c_str(), &there) < 0) continue;
            shm_unlink(("/synoptic-store-" + std::to_string(there.st_dev) + "-" + std::to_string(there.st_ino)).c_str());
        }
    }
};

}  // namespace synoptic
