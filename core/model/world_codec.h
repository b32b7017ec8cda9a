// A World as bytes: keyframes in memory and in recordings. Equal Worlds have equal bytes, so that their hash can be compared, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/world.h"

namespace synoptic {

/** All of the World, every member of it. Another layout of World is another format: `world_format` counts them. */
std::string encode(const World& world);
/** None if the bytes are not a World's: cut off, too long, or with a state that does not exist. */
std::optional<World> decode_world(std::string_view bytes);
std::uint64_t hash(const World& world);

inline constexpr std::uint32_t world_format = 3;

}  // namespace synoptic
