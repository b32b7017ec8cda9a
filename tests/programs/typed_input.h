// A taught program run inside the test's process, untraced: lines that a test types, and what the program prints.
#pragma once

#include <algorithm>
#include <deque>
#include <string>

#include "core/programs/registry.h"

namespace synoptic {

/** Lines that a test types. */
class Typed : public Input {
   public:
    explicit Typed(std::deque<std::string> lines) : lines_(std::move(lines)) {}
    char* read_line(char* buffer, int size) override {
        if (lines_.empty()) return nullptr;
        std::string& line = lines_.front();
        const std::size_t length = std::min(line.size(), static_cast<std::size_t>(size) - 1);
        line.copy(buffer, length);
        buffer[length] = 0;
        line.erase(0, length);
        if (line.empty()) lines_.pop_front();
        return buffer;
    }
    void end() override {}

   private:
    std::deque<std::string> lines_;
};

struct Untraced {
    std::string printed;
    Sockets os;
    explicit Untraced(Input* input = nullptr)
        : os({.trace = nullptr,
              .program = {},
              .input = input,
              .output = [this](std::string_view text) { printed += text; },
              .own_process = false}) {}
};

}  // namespace synoptic
