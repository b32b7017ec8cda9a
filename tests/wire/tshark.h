// tshark, which reads capture files back and checks every checksum.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace synoptic {

class Tshark {
   public:
    explicit Tshark(const std::string& path)
        : command_(with_home("-r '" + path + "' -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE ")) {}

    static bool is_installed() { return std::system(with_home("--version >/dev/null 2>&1").c_str()) == 0; }

    /** How many packets match a display filter. */
    std::size_t matching(const std::string& filter) const {
        const std::string lines = output_of("-Y '" + filter + "'");
        return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
    }
    std::string output_of(const std::string& arguments) const {
        FILE* output = popen((command_ + arguments + " 2>/dev/null").c_str(), "r");
        std::string text;
        for (char line[4096]; fgets(line, sizeof line, output);) text += line;
        pclose(output);
        return text;
    }

   private:
    // Not the settings of whoever runs the tests, which may not even be readable.
    static std::string with_home(const std::string& arguments) { return "HOME=/tmp tshark " + arguments; }

    std::string command_;
};

}  // namespace synoptic
