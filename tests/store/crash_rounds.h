// Rounds of writing and dying: four forked writers put and delete, noting what they ask for and what they are told, until all of them are killed, at a random moment or at a
// named point of one of them. Then the store is opened again, and each key must hold what was acknowledged last, or what was being asked for.
//
// A power cut is played on top of that: what was not synced is gone, in part or whole, or is zeros, also in the middle, and a rename whose directory was not synced may not have happened.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace synoptic {

class Store;

class CrashRounds {
   public:
    /** `folder` is an empty one. */
    CrashRounds(const std::string& folder, bool power_cuts, std::uint32_t seed);
    ~CrashRounds();
    CrashRounds(const CrashRounds&) = delete;
    CrashRounds& operator=(const CrashRounds&) = delete;

    /** Writes, dies, looks. "" or what was found to be wrong. */
    std::string round();

    std::uint64_t acknowledged() const { return acknowledged_; }
    std::uint64_t in_flight() const { return in_flight_; }
    /** Starts that found a last line without an end. */
    std::uint64_t torn() const { return torn_; }
    /** Starts that were refused because a page was lost before later ones that were not. */
    std::uint64_t refused() const { return refused_; }
    std::uint64_t in_flight_found() const { return in_flight_found_; }

   private:
    struct Shared;
    std::string look();
    std::string reopen(std::unique_ptr<Store>& store);
    void cut_power();
    void lose_a_page(std::uint64_t synced, std::uint64_t size);
    std::string cut_off_the_lost(const std::string& said);

    std::string path_;
    bool power_cuts_;
    std::mt19937 random_;
    Shared* shared_;
    std::map<std::int64_t, std::string> pairs_;  // that must be there
    std::uint64_t acknowledged_ = 0, in_flight_ = 0, in_flight_found_ = 0, torn_ = 0, refused_ = 0;
    bool page_lost_ = false;  // in this round
    std::uint32_t rounds_ = 0;
};

}  // namespace synoptic
