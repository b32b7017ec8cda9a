#include "core/session/collector.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/clock.h"
#include "core/kernel/proc.h"
#include "core/trace/reader.h"

namespace synoptic {

namespace {

constexpr std::uint64_t blocked_after_ns = 20 * ms_ns;  // shorter waits than a frame are not worth a look into /proc
constexpr int quiet_rounds_before_sleep = 20;
// Where so much is told that each round finds a batch, rounds are rarer: each one takes a core from a worker, and its caches.
constexpr std::size_t batch_events = 32;
constexpr std::uint64_t nap_ns = ms_ns, nap_between_batches_ns = 4 * ms_ns;  // a writer whose ring is half full rings the doorbell
constexpr std::size_t events_between_yields = 64;
constexpr std::uint32_t pressing_slots = ring_slots / 8;
constexpr std::uint64_t long_yield_ns = 2 * ms_ns;         // all cores are taken: what comes meanwhile needs its room in the rings
constexpr std::uint64_t no_yield_after_ns = 1000 * ms_ns;  // such a one
constexpr std::uint64_t tables_every_ns = 100 * ms_ns;
constexpr std::uint64_t longest_sleep_ns = 3'600'000 * ms_ns;

void wait_on(std::atomic<std::uint32_t>& word, std::uint32_t seen, std::uint64_t ns) {
    timespec limit{static_cast<time_t>(ns / 1'000'000'000u), static_cast<long>(ns % 1'000'000'000u)};
    syscall(SYS_futex, &word, FUTEX_WAIT, seen, &limit, nullptr, 0);
}

/** Makes this thread one that takes the processor from nobody when it wakes (sched(7), SCHED_BATCH): its turn comes when they wait or have had theirs. What
    it collects waits in rings; the workers of a server that answers many at once wait for each other. */
void wait_for_ones_turn() {
    const sched_param none{};
    sched_setscheduler(0, SCHED_BATCH, &none);  // where it is refused, all is as it was
}

}  // namespace

Collector::Collector(Trace& trace, History& history, Hooks hooks)
    : trace_(trace),
      history_(history),
      tables_({.now = [this] { return moment(); },
               // What happens while the kernel is asked comes later in the history.
               .tell =
                   [this](std::uint64_t ticks, EventKind kind, const Args& args, std::string payload) {
                       post_at(ticks, {.kind = kind, .args = args, .payload = std::move(payload), .actor = ActorId::none});
                   }}),
      hooks_(std::move(hooks)),
      scale_(TickScale::measure()),
      views_(ring_count),
      files_(name_count + 1) {
    thread_ = std::thread([this] { run(); });
}

Collector::~Collector() {
    ending_.store(true);
    trace_.wake_collector();
    thread_.join();
    close_new_tables();
}

void Collector::post(PostedFact fact) {
    const std::lock_guard lock(posted_mutex_);
    posted_.emplace_back(read_ticks(trace_.tsc()), std::move(fact));
    trace_.wake_collector();
}

void Collector::run() {
    wait_for_ones_turn();
    for (;;) {
        const bool last = ending_.load();
        const bool found = drain();
        const bool look_again = look_for_blocked();
        const bool tables = look_at_tables();
        if (last && !found) return;
        wait(found || look_again || tables, tables_.has_tables(history_.latest()));
    }
}

void Collector::wait(bool busy, bool tables) {
    if (ending_.load()) return;
    TraceHeader& header = trace_.header();
    quiet_rounds_ = busy ? 0 : quiet_rounds_ + 1;
    const std::uint32_t seen = header.doorbell.load(std::memory_order_acquire);
    const bool nap = quiet_rounds_ < quiet_rounds_before_sleep;
    header.sleep.store(nap ? CollectorSleep::naps : CollectorSleep::sleeps, std::memory_order_seq_cst);
    wait_on(header.doorbell, seen, appended_ < batch_events ? nap_ns : nap_between_batches_ns);
    // A writer that read the flag just before it was set has its record on the way: the first sleep is short, and the rings are read after it.
    if (!nap && !drain() && !ending_.load()) wait_on(header.doorbell, seen, tables ? tables_every_ns : longest_sleep_ns);
    header.sleep.store(CollectorSleep::awake, std::memory_order_relaxed);
}

/** The kernel's tables, which no call tells: states and queues, and who else is there. */
bool Collector::look_at_tables() {
    {
        const std::lock_guard lock(posted_mutex_);
        if (new_tables_) tables_.read_hosts(new_tables_->first, new_tables_->second);
        new_tables_.reset();
    }
    return tables_.look(history_.latest()) || tables_.has_noted();
}

KernelTables::Moment Collector::moment() const {
    const std::uint64_t ticks = read_ticks(trace_.tsc());
    return {ticks, scale_.to_ns(ticks)};
}

/** Those that nobody has taken over yet. */
void Collector::close_new_tables() {
    if (!new_tables_) return;
    for (const int fd : {new_tables_->first, new_tables_->second}) {
        if (fd >= 0) close(fd);
    }
    new_tables_.reset();
}

void Collector::post_at(std::uint64_t ticks, PostedFact fact) {
    {
        const std::lock_guard lock(posted_mutex_);
        posted_.emplace_back(ticks, std::move(fact));
    }
    if (trace_.header().sleep.load(std::memory_order_seq_cst) == CollectorSleep::sleeps) trace_.wake_collector();
}

void Collector::read_tables_of(int client_netlink_fd, int server_netlink_fd) {
    const std::lock_guard lock(posted_mutex_);
    close_new_tables();
    new_tables_ = {client_netlink_fd, server_netlink_fd};
}

/** What the session and the wire have told; returns how much of it is from before the cut. */
std::size_t Collector::take_posted(std::uint64_t cut) {
    taken_.clear();
    {
        const std::lock_guard lock(posted_mutex_);
        taken_.swap(posted_);
    }
    std::size_t before_cut = 0;
    for (const auto& [ticks, fact] : taken_) {
        Event event{.time = ticks,
                    .actor = fact.actor,
                    .kind = fact.kind,
                    .phase = Phase::happened,
                    .fd = fact.args.fd,
                    .value = fact.args.value,
                    .socket = fact.args.socket,
                    .a = fact.args.a,
                    .b = fact.args.b};
        event.payload_bytes = static_cast<std::uint16_t>(std::min<std::size_t>(fact.payload.size(), payload_limit_bytes));
        if (fact.kind == EventKind::process_ended) dead_.push_back(static_cast<pid_t>(fact.args.a));
        if (fact.kind == EventKind::segment_sent && static_cast<std::int64_t>(event.payload_bytes) < fact.args.a)
            event.flags |= event_payload_cut;
        before_cut += ticks <= cut;
        pending_.push_back({event, pending_bytes_.size()});
        pending_bytes_.append(fact.payload, 0, event.payload_bytes);
    }
    return before_cut;
}

bool Collector::drain() {
    const std::uint64_t cut = read_ticks(trace_.tsc());
    fullest_slots_ = 0;
    std::size_t before_cut = 1;
    while (before_cut != 0) {
        // The posted facts first: what they tell of (a dead process, say) was published before, so that this pass over the rings finds it.
        before_cut = take_posted(cut);
        const std::uint32_t used = trace_.header().rings_used.load(std::memory_order_acquire);
        for (std::uint32_t slot = 0; slot < used; ++slot) before_cut += read_ring(slot, cut);
    }
    appended_ = append_until(cut);
    release_ended_rings();
    if (appended_ != 0 && hooks_.appended) hooks_.appended();
    return appended_ != 0 || !pending_.empty();
}

/** Appends what is from before the cut, in the order of its times, and keeps the rest; returns how much that was. */
std::size_t Collector::append_until(std::uint64_t cut) {
    order_.clear();
    for (std::size_t at = 0; at < pending_.size(); ++at) {
        if (pending_[at].event.time <= cut) order_.emplace_back(pending_[at].event.time, at);
    }
    std::sort(order_.begin(), order_.end());  // at one time: as they were read
    std::size_t since_yield = 0;
    for (const auto& [time, at] : order_) {
        append(pending_[at]);
        if (++since_yield % events_between_yields == 0 && fullest_slots_ < pressing_slots) give_way();
    }
    std::vector<Pending> later;
    std::string later_bytes;
    for (const Pending& pending : pending_) {
        if (pending.event.time <= cut) continue;
        later.push_back({pending.event, later_bytes.size()});
        later_bytes.append(pending_bytes_, pending.payload_at, pending.event.payload_bytes);
    }
    // Copied into, not moved from: their memory serves the next batch.
    pending_.assign(later.begin(), later.end());
    pending_bytes_.assign(later_bytes);
    return order_.size();
}

/** Workers that are ready go first (sched_yield(2)). Where all cores are taken by others, it would be long until this thread has its turn again. */
void Collector::give_way() {
    const std::uint64_t now = now_ns();
    if (now < no_yield_until_ns_ || ending_.load(std::memory_order_relaxed)) return;
    sched_yield();
    const std::uint64_t back = now_ns();
    if (back - now > long_yield_ns) no_yield_until_ns_ = back + no_yield_after_ns;
}

/** Takes what is committed; returns how much of it is from before the cut. */
std::size_t Collector::read_ring(std::uint32_t slot, std::uint64_t cut) {
    Ring& ring = trace_.ring(slot);
    if (ring.state.load(std::memory_order_acquire) == RingState::free) return 0;
    RingView& view = views_[slot];
    if (view.generation != ring.generation)
        view = RingView{.generation = ring.generation, .told_lost = view.told_lost, .told_lost_payload = view.told_lost_payload};
    const std::uint32_t first = ring.tail.load(std::memory_order_relaxed);
    std::uint32_t next = first;
    std::size_t before_cut = 0;
    for (;;) {
        Pending pending{{}, pending_bytes_.size()};
        const std::uint32_t behind = read_record(ring, next, pending.event, pending_bytes_);
        if (behind == next) break;
        next = behind;
        pending.event.actor = make_actor_id(slot, ring.generation);
        before_cut += pending.event.time <= cut;
        view.last_phase = pending.event.phase;
        view.last_ticks = pending.event.time;
        view.told_blocked = false;
        pending_.push_back(pending);
    }
    if (next != first) free_slots(ring, next);
    fullest_slots_ = std::max(fullest_slots_, next - first);
    tell_losses(slot);
    return before_cut;
}

void Collector::tell_losses(std::uint32_t slot) {
    Ring& ring = trace_.ring(slot);
    RingView& view = views_[slot];
    const std::uint32_t lost = ring.lost_records.load(std::memory_order_relaxed);
    const std::uint32_t lost_payload = ring.lost_payload_bytes.load(std::memory_order_relaxed);
    if (lost == view.told_lost && lost_payload == view.told_lost_payload) return;
    Event event{
        .time = read_ticks(trace_.tsc()), .actor = make_actor_id(slot, ring.generation), .kind = EventKind::lost, .phase = Phase::happened};
    event.a = static_cast<std::int64_t>(event.actor);
    event.value = lost - view.told_lost;
    event.b = lost_payload - view.told_lost_payload;
    view.told_lost = lost;
    view.told_lost_payload = lost_payload;
    pending_.push_back({event, 0});
}

void Collector::append(const Pending& pending) {
    Event event = pending.event;
    event.time = scale_.to_ns(event.time);
    if (event.file != 0) event.file = file_of(event.file);
    history_.append(event, std::string_view(pending_bytes_).substr(pending.payload_at, event.payload_bytes));
    tables_.note(event, history_.latest());
    if (!hooks_.process_seen) return;
    if (event.kind == EventKind::actor_begin && event.a != getpid()) {
        hooks_.process_seen(static_cast<pid_t>(event.a), static_cast<ProgramId>(event.socket));
    } else if (event.kind == EventKind::fork && event.phase == Phase::exit && event.value > 0) {
        // The parent may tell of its child before the child does.
        const Actor* parent = find(history_.latest(), event.actor);
        if (parent) hooks_.process_seen(static_cast<pid_t>(event.value), parent->program);
    }
}

std::uint16_t Collector::file_of(std::uint16_t shared_index) {
    if (shared_index >= files_.size()) return 0;
    if (files_[shared_index] == 0) files_[shared_index] = history_.intern_file(trace_.name(shared_index));
    return files_[shared_index];
}

/** Rings whose actor said good-bye, or whose process is dead, and that are empty, can be claimed again. */
void Collector::release_ended_rings() {
    const std::uint32_t used = trace_.header().rings_used.load(std::memory_order_acquire);
    for (std::uint32_t slot = 0; slot < used; ++slot) {
        Ring& ring = trace_.ring(slot);
        const RingState state = ring.state.load(std::memory_order_acquire);
        if (state == RingState::free) continue;
        const bool dead = !dead_.empty() && std::find(dead_.begin(), dead_.end(), ring.pid) != dead_.end();
        if (state != RingState::ended && !dead) continue;
        if (has_record(ring)) continue;  // not drained yet
        trace_.release(ring);
    }
    dead_.clear();
}

bool Collector::look_for_blocked() {
    bool again = false;
    const std::uint64_t now = now_ns();
    const std::uint32_t used = trace_.header().rings_used.load(std::memory_order_acquire);
    for (std::uint32_t slot = 0; slot < used; ++slot) {
        RingView& view = views_[slot];
        if (view.last_phase != Phase::enter || view.told_blocked) continue;
        Ring& ring = trace_.ring(slot);
        if (ring.state.load(std::memory_order_acquire) != RingState::live) continue;
        again = true;
        const std::uint64_t since = scale_.to_ns(view.last_ticks);
        if (now < since + blocked_after_ns || now < view.look_again_ns) continue;
        if (thread_state(ring.pid, ring.tid) != 'S') {
            view.look_again_ns = now + 20 * ms_ns;  // it computes, or waits for a disk
            continue;
        }
        if (has_record(ring)) continue;  // it has moved
        view.told_blocked = true;
        const ActorId actor = make_actor_id(slot, ring.generation);
        post(PostedFact{.kind = EventKind::blocked, .args = {.a = static_cast<std::int64_t>(actor)}, .payload = {}, .actor = actor});
    }
    return again;
}

}  // namespace synoptic
