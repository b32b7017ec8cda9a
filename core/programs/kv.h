// What the key-value servers share: requests, and the talk with one client.
//
//     put KEY VALUE      OK          if the key is new      one request a line, LF or CR LF; KEY is an integer of 64 bits;
//     get KEY            the value   if there is the key    VALUE is the rest of the line, spaces included
//     del KEY            OK          if there was the key
//     Bye                Goodbye     and the connection ends
//     anything else      ERROR and what is wrong
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/programs/programs.h"
#include "core/store/pairs.h"
#include "core/store/store.h"

namespace synoptic {

struct KvRequest {
    enum class Kind { put, get, del, bye, wrong };
    Kind kind = Kind::wrong;
    int64_t key = 0;
    std::string_view value{};     // of put; points into the line
    const char* error = nullptr;  // of wrong: the reply
};

/** Reads a line, which comes without its line feed. */
KvRequest parse_request(std::string_view line);

/** Carries a request out. The reply, without its line feed. */
std::string answer(Pairs& pairs, std::string_view line);

/** Answers one request after the other until the client says Bye, leaves, or is silent for too long. Leaves connfd open. */
void serve_kv(Sockets& os, int connfd, Pairs& pairs, const ServerLimits& limits);

/** Opens the database that the arguments name, and says what was found there. Null, and printed, if it can't be used. */
std::shared_ptr<Store> open_database(Sockets& os, const ServerArguments& arguments);

/** At the end, when no worker uses it any more: the last server leaves the file in order. The server's exit status: 0, or 1 and printed why it is not in order. */
int close_database(Sockets& os, Store& store);

/** Tells a client that there are too many already, and closes its connection. */
void turn_away(Sockets& os, int connfd, const ServerLimits& limits);

/** Pairs in memory alone, which end with the process: each forked child has its own copy. Not for several threads at once. */
std::unique_ptr<Pairs> pairs_in_memory();

}  // namespace synoptic
