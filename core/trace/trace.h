// Trace: the shared memory, mapped; and Writer: how one actor writes its ring.
//
// Thread safety: a Writer belongs to one thread (and the signal handlers that run on it). Everything in Trace may be called from any thread.
#pragma once

#include <sys/types.h>

#include <cstring>
#include <memory>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/trace/ring.h"

namespace synoptic {

/** Where in a program's source a call stands. */
struct Where {
    const char* file;
    int line;
    static constexpr Where here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

class Trace {
   public:
    /** Makes the memfd and maps it. ENOMEM, EMFILE. */
    static Result<std::unique_ptr<Trace>> create();
    /** Maps a trace made by another process; refuses another version. Does not take the descriptor. */
    static Result<std::unique_ptr<Trace>> attach(int memfd);
    ~Trace();
    Trace(const Trace&) = delete;
    Trace& operator=(const Trace&) = delete;

    int memfd() const { return memfd_; }  // -1 in a process that attached
    TraceHeader& header() { return *header_; }
    Ring& ring(std::uint32_t slot) { return rings_[slot]; }
    bool tsc() const { return header_->tsc != 0; }

    /** Claims the lowest free ring for the calling thread, of program `program`; nullptr if all are taken. Async-signal-safe. */
    Ring* claim(ProgramId program);
    /** The same where the thread's ids are known: a forked child's are the same, and need one system call. */
    Ring* claim(ProgramId program, pid_t pid, pid_t tid);
    /** Gives a drained ring back. The collector's; its writer must be gone. */
    void release(Ring& ring);
    std::uint32_t slot_of(const Ring& ring) const { return static_cast<std::uint32_t>(&ring - rings_); }
    ActorId actor_of(const Ring& ring) const { return make_actor_id(slot_of(ring), ring.generation); }

    /** 1-based index of a source file's name in the shared table; 0 if the table is full. Async-signal-safe. */
    std::uint16_t name_index(const char* file);
    std::string_view name(std::uint16_t index) const;
    /** The same as name_index() for a name that stays where it is, as those of call sites do; quick from the second time on. */
    std::uint16_t file_index(const char* file);

    /** True if actors stop before a call at this line. Async-signal-safe. */
    bool has_breakpoint(Where where);

    void wake_collector();

   private:
    Trace() = default;
    int memfd_ = -1;
    TraceHeader* header_ = nullptr;
    Ring* rings_ = nullptr;

    // What name_index() said of the files seen lately, for all threads of this process: a file's address in the upper 48 bits, its index in the
    // lower 16. One word, so that nobody, a signal handler included, ever finds half an entry.
    static constexpr int file_slot_bits = 5;
    std::atomic<std::uint64_t> files_[1 << file_slot_bits] = {};
};

/** What a call tells besides where it stands. */
struct Args {
    int fd = -1;
    std::int64_t a = 0;
    std::int64_t b = 0;
    std::int64_t value = 0;
    std::string_view payload{};
    std::uint64_t socket = 0;
};

/** Writes one actor's ring. All of it is async-signal-safe. */
class Writer {
   public:
    constexpr Writer() = default;
    Writer(Trace& trace, Ring& ring) : trace_(&trace), ring_(&ring), tsc_(trace.tsc()) {}

    explicit operator bool() const { return ring_ != nullptr; }
    Trace& trace() { return *trace_; }
    Ring& ring() { return *ring_; }

    /** Publishes an enter, after the gate if that is not open. False if the ring was full: then its exit must not be published. */
    bool enter(EventKind kind, Where where, const Args& args);
    /** Publishes the exit of the call that was entered last, with its errno or 0; then waits at the gate if that is not open. */
    void exit(EventKind kind, Where where, const Args& args, int error);
    /** Publishes a fact. */
    void happened(EventKind kind, Where where, const Args& args);
    /** Makes room for an exit whose enter is in another ring: fork returns twice. */
    void promise_exit() { ++ring_->promised; }
    /** Says that nothing more will come; the collector frees the ring once it is drained. */
    void end();

   private:
    /** What of a payload is published, and why not all of it. */
    struct Payload {
        std::uint16_t bytes;
        std::uint8_t flags;
    };
    bool has_room(std::uint32_t slots);
    bool count_lost(std::uint32_t records);
    void publish(EventKind kind, Phase phase, Where where, const Args& args, int error, std::uint8_t more_flags = 0);
    bool must_stand(Phase phase, Where where) const;
    Payload fit(std::string_view payload);
    void put_payload(std::uint32_t slot, std::string_view payload);
    void stand(EventKind kind, Phase phase, Where where, const Args& args);  // the gate: gate.cpp
    std::uint8_t flags_of(Phase phase) const;

    Trace* trace_ = nullptr;
    Ring* ring_ = nullptr;
    bool tsc_ = false;
    std::uint32_t standing_ = 0;  // how many stand at the gate: the thread itself, and its signal handlers above it
};

/** The calling thread's writer; empty in a thread that is not traced. */
inline Writer& this_writer();

}  // namespace synoptic

#include "core/trace/writer_inline.h"
