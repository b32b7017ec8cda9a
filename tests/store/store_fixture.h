// A folder of its own for each test of the store, and its file as bytes.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "core/store/disk.h"
#include "core/store/store.h"
#include "tests/store/leftovers.h"

namespace synoptic {

using Kind = PairsAnswer::Kind;

class StoreTest : public testing::Test {
   public:
    ~StoreTest() override { use_disk(nullptr); }

    std::unique_ptr<Store> open() {
        Result<std::unique_ptr<Store>> opened = Store::open(path);
        EXPECT_TRUE(opened) << opened.error().text();
        return opened ? std::move(*opened) : nullptr;
    }
    /** What a start that fails says; "" if it does not. */
    std::string refusal() {
        Result<std::unique_ptr<Store>> opened = Store::open(path);
        return opened ? "" : opened.error().text();
    }
    std::string file() const { return bytes_of_file(path); }
    static std::string bytes_of_file(const std::string& name) {
        std::ifstream in(name, std::ios::binary);
        std::ostringstream all;
        all << in.rdbuf();
        return all.str();
    }
    void write_file(const std::string& bytes) const { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }

    DatabaseFolder temporary;
    const std::string folder = temporary.path();
    std::string path = temporary / "database.txt";
};

/** Runs `body` in a child; its exit status, or 1000 + the signal that killed it. */
inline int in_child(const std::function<void()>& body) {
    const pid_t pid = fork();
    if (pid == 0) {
        body();
        _exit(0);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace synoptic
