// The trace's shared memory: made, mapped, claimed and given back. See ring.h for its layout and rules.
#include "core/trace/trace.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <climits>
#include <new>

#include "core/base/clock.h"

namespace synoptic {

namespace {

constexpr std::size_t round_to_pages(std::size_t bytes) { return (bytes + 4095) & ~std::size_t{4095}; }
constexpr std::size_t header_bytes = round_to_pages(sizeof(TraceHeader));
constexpr std::size_t trace_bytes = header_bytes + sizeof(Ring) * ring_count;

/** FNV-1a; never 0, which marks a free entry. */
std::uint32_t hash_of(const char* text) {
    std::uint32_t hash = 2166136261u;
    for (; *text; ++text) hash = (hash ^ static_cast<unsigned char>(*text)) * 16777619u;
    return hash ? hash : 1;
}

}  // namespace

Result<std::unique_ptr<Trace>> Trace::create() {
    const int memfd = memfd_create("synoptic-trace", MFD_CLOEXEC);
    if (memfd < 0) return errno_error("memfd_create", "no shared memory for the trace");
    if (ftruncate(memfd, static_cast<off_t>(trace_bytes)) < 0) {
        Error error = errno_error("ftruncate", "no shared memory for the trace");
        close(memfd);
        return error;
    }
    void* memory = mmap(nullptr, trace_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, memfd, 0);
    if (memory == MAP_FAILED) {
        Error error = errno_error("mmap", "no shared memory for the trace");
        close(memfd);
        return error;
    }
    // All-zero bytes are a valid header and valid rings: free, empty, open gates. Only the header's constants are missing.
    std::unique_ptr<Trace> trace(new Trace);
    trace->memfd_ = memfd;
    trace->header_ = static_cast<TraceHeader*>(memory);
    trace->rings_ = reinterpret_cast<Ring*>(static_cast<char*>(memory) + header_bytes);
    trace->header_->magic = trace_magic;
    trace->header_->version = trace_version;
    trace->header_->event_bytes = sizeof(Event);
    trace->header_->rings = ring_count;
    trace->header_->tsc = tsc_is_reliable() ? 1 : 0;
    return trace;
}

Result<std::unique_ptr<Trace>> Trace::attach(int memfd) {
    void* memory = mmap(nullptr, trace_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, memfd, 0);
    if (memory == MAP_FAILED) return errno_error("mmap", "the trace cannot be mapped");
    auto* header = static_cast<TraceHeader*>(memory);
    // Reading beyond a shorter file would be SIGBUS; a trace is always made whole.
    const off_t size = lseek(memfd, 0, SEEK_END);
    if (size != static_cast<off_t>(trace_bytes) || header->magic != trace_magic || header->version != trace_version ||
        header->event_bytes != sizeof(Event) || header->rings != ring_count) {
        munmap(memory, trace_bytes);
        return Error{"", 0, "this is no trace of this version of Synoptic"};
    }
    std::unique_ptr<Trace> trace(new Trace);
    trace->header_ = header;
    trace->rings_ = reinterpret_cast<Ring*>(static_cast<char*>(memory) + header_bytes);
    return trace;
}

Trace::~Trace() {
    munmap(header_, trace_bytes);
    if (memfd_ >= 0) close(memfd_);
}

Ring* Trace::claim(ProgramId program) { return claim(program, getpid(), gettid()); }

Ring* Trace::claim(ProgramId program, pid_t pid, pid_t tid) {
    for (std::uint32_t word = 0; word < ring_count / 64; ++word) {
        // Written to, not read, as the ring is below: in a forked child the first access is a page fault, and one for reading maps what lies
        // around the page, too, at twice the price.
        std::uint64_t taken = header_->taken[word].fetch_or(0, std::memory_order_relaxed);
        while (taken != ~std::uint64_t{0}) {
            const auto bit = static_cast<std::uint32_t>(std::countr_one(taken));
            if (!header_->taken[word].compare_exchange_weak(taken, taken | (std::uint64_t{1} << bit), std::memory_order_acquire)) continue;
            const std::uint32_t slot = word * 64 + bit;
            Ring& ring = rings_[slot];
            const std::uint32_t generation = (ring.generation.fetch_add(1, std::memory_order_relaxed) + 1) % (1u << (32 - actor_slot_bits));
            ring.generation = generation == 0 ? 1 : generation;  // so that no ActorId is none
            ring.pid = pid;
            ring.tid = tid;
            ring.program = static_cast<std::uint32_t>(program);
            ring.promised = 0;
            ring.forks = 0;
            ring.last_move_ns = 0;
            ring.seen_tail = ring.tail.load(std::memory_order_relaxed);
            ring.granted.store(0, std::memory_order_relaxed);
            ring.used.store(0, std::memory_order_relaxed);
            ring.standing.store(Standing::none, std::memory_order_relaxed);
            ring.state.store(RingState::live, std::memory_order_seq_cst);
            std::uint32_t used = header_->rings_used.load(std::memory_order_relaxed);
            while (used <= slot && !header_->rings_used.compare_exchange_weak(used, slot + 1, std::memory_order_seq_cst)) {
            }
            // After state is live: whoever changes the pace of all sets the first mode, then that of all live rings. This ring may be set between
            // the two lines here; then what was stored over it is old, and is read again.
            GateMode mode;
            std::uint32_t ms;
            do {
                ms = header_->first_gate_ms.load(std::memory_order_seq_cst);
                mode = header_->first_gate_mode.load(std::memory_order_seq_cst);
                ring.gate_ms.store(ms, std::memory_order_relaxed);
                ring.gate_mode.store(mode, std::memory_order_seq_cst);
            } while (header_->first_gate_ms.load(std::memory_order_seq_cst) != ms || header_->first_gate_mode.load(std::memory_order_seq_cst) != mode);
            return &ring;
        }
    }
    return nullptr;
}

void Trace::release(Ring& ring) {
    // A writer that was killed may have taken slots that it never committed, or left payload in them, and a handler of its may have committed
    // later ones: forget them.
    for (std::uint32_t slot = ring.tail.load(std::memory_order_relaxed); slot != ring.head; ++slot) {
        commit_word(ring.slots[slot % ring_slots]).store(ActorId::none, std::memory_order_relaxed);
    }
    // The next writer begins in the first slot: that is on the ring's first page. Numbers go on, so that no commit word of this turn fits later.
    ring.head = (ring.head + ring_slots - 1) / ring_slots * ring_slots;
    ring.tail.store(ring.head, std::memory_order_relaxed);
    ring.state.store(RingState::free, std::memory_order_relaxed);
    const std::uint32_t slot = slot_of(ring);
    header_->taken[slot / 64].fetch_and(~(std::uint64_t{1} << (slot % 64)), std::memory_order_release);
}

std::uint16_t Trace::name_index(const char* file) {
    const std::uint32_t hash = hash_of(file);
    for (std::uint32_t i = 0; i < name_count; ++i) {
        SourceName& name = header_->names[i];
        std::uint32_t found = name.hash.load(std::memory_order_acquire);
        if (found == 0 && name.hash.compare_exchange_strong(found, hash, std::memory_order_acq_rel)) {
            std::strncpy(name.text, file, name_bytes - 1);
            name.ready.store(1, std::memory_order_release);
            return static_cast<std::uint16_t>(i + 1);
        }
        if (found == hash) return static_cast<std::uint16_t>(i + 1);
    }
    return 0;
}

std::string_view Trace::name(std::uint16_t index) const {
    if (index == 0 || index > name_count) return {};
    const SourceName& name = header_->names[index - 1];
    if (name.ready.load(std::memory_order_acquire) == 0) return {};
    return name.text;
}

void Trace::wake_collector() {
    header_->sleep.store(CollectorSleep::awake, std::memory_order_relaxed);
    header_->doorbell.fetch_add(1, std::memory_order_release);
    const int saved = errno;
    syscall(SYS_futex, &header_->doorbell, FUTEX_WAKE, 1, nullptr, nullptr, 0);
    errno = saved;
}

void Writer::end() {
    ring_->state.store(RingState::ended, std::memory_order_release);
    // One that naps frees the ring when it looks again; a wake would cost a thread or child that ends more than all of its events.
    if (trace_->header().sleep.load(std::memory_order_relaxed) == CollectorSleep::sleeps) trace_->wake_collector();
    ring_ = nullptr;
}

bool Writer::count_lost(std::uint32_t records) {
    ring_->lost_records.fetch_add(records, std::memory_order_relaxed);
    // A collector that is awake will find the ring full; waking it at every lost event would only slow the writer down.
    if (trace_->header().sleep.load(std::memory_order_relaxed) != CollectorSleep::awake) trace_->wake_collector();
    return false;
}

Writer::Payload Writer::fit(std::string_view payload) {
    const auto wanted = static_cast<std::uint32_t>(payload.size() < payload_limit_bytes ? payload.size() : payload_limit_bytes);
    if (!has_room(1 + slots_for(wanted))) {
        ring_->lost_payload_bytes.fetch_add(wanted, std::memory_order_relaxed);
        return {0, event_payload_lost};
    }
    const bool is_cut = wanted < payload.size();
    return {static_cast<std::uint16_t>(wanted), static_cast<std::uint8_t>(is_cut ? event_payload_cut : 0)};
}

void Writer::put_payload(std::uint32_t slot, std::string_view payload) {
    const std::uint32_t place = slot % ring_slots;
    const std::size_t until_end = std::size_t{ring_slots - place} * slot_bytes;
    const std::size_t first = payload.size() < until_end ? payload.size() : until_end;
    std::memcpy(static_cast<void*>(&ring_->slots[place]), payload.data(), first);
    std::memcpy(static_cast<void*>(&ring_->slots[0]), payload.data() + first, payload.size() - first);
}

}  // namespace synoptic
