#include "core/model/world_codec.h"

#include <bit>
#include <concepts>
#include <functional>
#include <utility>

#include "core/base/packed_bytes.h"
#include "core/model/world_members.h"

namespace synoptic {
namespace {

template <class T>
concept sequence = requires(T list) {
    list.push_back(list.front());
}
&&!std::same_as<T, std::string>;
template <class T>
concept keyed = requires {
    typename T::mapped_type;
};
template <class T>
concept ordered_set = requires {
    typename T::key_type;
}
&&!keyed<T>;

void put(PackedWriter& out, const auto& value);

/** Writes by what a value is made of. */
template <class T>
struct Put {
    static void it(PackedWriter& out, const T& value) {
        if constexpr (std::is_enum_v<T>) {
            out.number(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::same_as<T, double>) {
            out.number(std::bit_cast<std::uint64_t>(value));
        } else if constexpr (std::unsigned_integral<T>) {  // bool, too
            out.number(value);
        } else if constexpr (std::signed_integral<T>) {
            out.signed_number(value);
        } else if constexpr (std::same_as<T, std::string>) {
            out.text(value);
        } else if constexpr (sequence<T> || ordered_set<T> || keyed<T>) {
            out.number(value.size());
            for (const auto& element : value) put(out, element);
        } else if constexpr (std::same_as<T, Address>) {
            // Most are IPv4: what lies behind their 16 bytes is 0.
            out.number(value.length_bytes);
            out.raw({reinterpret_cast<const char*>(value.bytes), std::min<std::size_t>(value.length_bytes, sizeof value.bytes)});
        } else {
            world_members::members(value, [&](const auto&... member) { (put(out, member), ...); });
        }
    }
};
template <class First, class Second>
struct Put<std::pair<First, Second>> {
    static void it(PackedWriter& out, const std::pair<First, Second>& value) {
        put(out, value.first);
        put(out, value.second);
    }
};
template <class T, std::size_t size>
struct Put<T[size]> {
    static void it(PackedWriter& out, const T (&value)[size]) {
        for (const T& element : value) put(out, element);
    }
};
template <class T, std::size_t size>
struct Put<std::array<T, size>> {
    static void it(PackedWriter& out, const std::array<T, size>& value) {
        for (const T& element : value) put(out, element);
    }
};

void put(PackedWriter& out, const auto& value) {
    Put<std::remove_cvref_t<decltype(value)>>::it(out, value);
}

void get(PackedReader& in, auto& value);

template <class T>
struct Get {
    static void it(PackedReader& in, T& value) {
        if constexpr (std::is_enum_v<T>) {
            using Number = std::underlying_type_t<T>;
            const std::uint64_t number = in.number();
            value = static_cast<T>(number <= static_cast<Number>(world_members::last_of<T>) ? number : in.fail());
        } else if constexpr (std::same_as<T, double>) {
            value = std::bit_cast<double>(in.number());
        } else if constexpr (std::unsigned_integral<T>) {
            const std::uint64_t number = in.number();
            value = static_cast<T>(std::in_range<std::conditional_t<std::same_as<T, bool>, std::uint8_t, T>>(number) ? number : in.fail());
        } else if constexpr (std::signed_integral<T>) {
            const std::int64_t number = in.signed_number();
            value = static_cast<T>(std::in_range<T>(number) ? number : static_cast<std::int64_t>(in.fail()));
        } else if constexpr (std::same_as<T, std::string>) {
            value = in.text();
        } else if constexpr (sequence<T>) {
            // One by one: each takes some bytes, so that damage asks for no more memory than these are worth.
            for (std::uint64_t left = in.count(); left > 0 && !in.failed(); --left) get(in, value.emplace_back());
        } else if constexpr (keyed<T> || ordered_set<T>) {
            get_ordered(in, value);
        } else if constexpr (std::same_as<T, Address>) {
            get(in, value.length_bytes);
            const std::string_view bytes = in.raw(std::min<std::size_t>(value.length_bytes, sizeof value.bytes));
            std::copy(bytes.begin(), bytes.end(), value.bytes);
        } else {
            world_members::members(value, [&](auto&... member) { (get(in, member), ...); });
        }
    }

    /** Of a map or set: each element belongs behind the one before it. */
    static void get_ordered(PackedReader& in, T& value) {
        for (std::uint64_t left = in.count(); left > 0 && !in.failed(); --left) {
            if constexpr (keyed<T>) {
                typename T::key_type key{};
                get(in, key);
                const auto placed = value.try_emplace(value.end(), std::move(key));
                get(in, placed->second);
            } else {
                typename T::key_type key{};
                get(in, key);
                value.emplace_hint(value.end(), std::move(key));
            }
        }
    }
};
template <class First, class Second>
struct Get<std::pair<First, Second>> {
    static void it(PackedReader& in, std::pair<First, Second>& value) {
        get(in, value.first);
        get(in, value.second);
    }
};
template <class T, std::size_t size>
struct Get<T[size]> {
    static void it(PackedReader& in, T (&value)[size]) {
        for (T& element : value) get(in, element);
    }
};
template <class T, std::size_t size>
struct Get<std::array<T, size>> {
    static void it(PackedReader& in, std::array<T, size>& value) {
        for (T& element : value) get(in, element);
    }
};

void get(PackedReader& in, auto& value) {
    Get<std::remove_cvref_t<decltype(value)>>::it(in, value);
}

}  // namespace

std::string encode(const World& world) {
    thread_local std::size_t last_bytes = 0;  // the next one takes about as much
    PackedWriter out(last_bytes + last_bytes / 8);
    put(out, world);
    std::string bytes = out.take();
    last_bytes = bytes.size();
    return bytes;
}

std::optional<World> decode_world(std::string_view bytes) {
    PackedReader in(bytes);
    std::optional<World> world(std::in_place);
    get(in, *world);
    if (in.failed() || !in.at_end()) world.reset();
    return world;
}

std::uint64_t hash(const World& world) {
    return std::hash<std::string>{}(encode(world));
}

}  // namespace synoptic
