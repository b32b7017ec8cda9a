// Writes the fuzzer's first inputs into a folder: packets as they really look, from which it goes on. Usage: seeds FOLDER
#include <fstream>

#include "tests/wire/packet_seeds.h"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    int number = 0;
    for (const synoptic::Bytes& seed : synoptic::packet_seeds()) {
        std::ofstream file(std::string(argv[1]) + "/" + std::to_string(number++), std::ios::binary);
        file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    }
    return 0;
}
