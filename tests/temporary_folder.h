// A folder of a test's own, which is gone with all that is in it when the test ends.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace synoptic {

class TemporaryFolder {
   public:
    TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "synoptic-test-XXXXXX").string()) {
        if (!mkdtemp(path_.data())) throw std::runtime_error("no folder can be made: " + path_);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
    /** How many files and folders are in it. */
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
    }

   private:
    std::string path_;
};

}  // namespace synoptic
