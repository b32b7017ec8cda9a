#include "crash_rounds.h"

#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "core/store/disk.h"
#include "core/store/log_format.h"
#include "core/store/store.h"

namespace synoptic {

namespace {

using Kind = PairsAnswer::Kind;

constexpr int writers = 4;
constexpr int keys_of_each = 6;
constexpr std::uint32_t most_requests = 4000;
constexpr std::uint32_t most_answers = 150;  // in a round
constexpr int most_files = 64;

enum class Point : int { none, before_write, half_written, written, before_sync, synced, before_rename, renamed, directory_synced, count };

// Exit statuses of the server.
constexpr int stopped_in_order = 0, stop_failed = 8, start_failed = 9;

struct Request {
    std::int64_t key;
    std::uint32_t number;  // of the value
    bool is_put;
};

/** Grows by what one writer asks for and is told. */
struct Journal {
    std::atomic<std::uint32_t> asked{0}, told{0};
    Request requests[most_requests];
    bool done[most_requests];  // true: OK
};

/** What of a file is on the platter. */
struct Platter {
    std::atomic<std::uint64_t> inode{0};
    std::atomic<std::uint64_t> synced{0};
};

std::string value_of(std::uint32_t round, int writer, std::uint32_t number) {
    const std::string text = std::to_string(round) + "." + std::to_string(writer) + "." + std::to_string(number) + " ";
    return text + std::string(number % 7 == 0 ? 5000 : number % 50, 'v');
}

}  // namespace

namespace {

std::string bytes_of(const std::string& path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
}

/** Only pairs, by key. */
bool is_in_order(const std::string& path) {
    class Taker : public LogSink {
        const char* put(std::int64_t, std::string_view, std::uint64_t) override { return nullptr; }
        const char* del(std::int64_t) override { return nullptr; }
    } taker;
    const LogRead read = read_log(bytes_of(path), 0, taker);
    return read.tidy && !read.torn && !read.damage;
}

}  // namespace

struct CrashRounds::Shared {
    std::array<Journal, writers> journals;
    std::array<Platter, most_files> platters;
    std::atomic<int> point{0}, countdown{0};
    std::atomic<bool> rename_pending{false};
    sem_t answers;                  // posted with each of them, and by who dies or ends
    std::atomic<bool> over{false};  // no more answers will come

    /** Waits for so many answers, or until no more will come. */
    void wait_for_answers(std::uint32_t count) {
        while (count > 0 && !over) count -= sem_wait(&answers) == 0;
    }
    void end() {
        over = true;
        sem_post(&answers);
        sem_post(&answers);  // the server and the driver may both wait
    }
};

namespace {

template <class Shared>
class CrashDisk : public Disk {
   public:
    CrashDisk(Shared& shared, std::string before_rename) : shared_(shared), before_rename_(std::move(before_rename)) {}

    ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t offset) override {
        pass(Point::before_write);
        if (passes(Point::half_written)) {
            (void)!Disk::pwrite(fd, bytes, count / 2, offset);
            die();
        }
        const ssize_t written = Disk::pwrite(fd, bytes, count, offset);
        pass(Point::written);
        return written;
    }
    int ftruncate(int fd, off_t length) override {
        if (Platter* platter = platter_of(fd))
            platter->synced = std::min<std::uint64_t>(platter->synced, static_cast<std::uint64_t>(length));
        return Disk::ftruncate(fd, length);
    }
    int fdatasync(int fd) override {
        pass(Point::before_sync);
        const int result = sync(fd, [fd] { return ::fdatasync(fd); });
        pass(Point::synced);
        return result;
    }
    int fsync(int fd) override {
        struct stat there {};
        fstat(fd, &there);
        const int result = sync(fd, [fd] { return ::fsync(fd); });
        if (S_ISDIR(there.st_mode)) {
            shared_.rename_pending = false;
            pass(Point::directory_synced);
        }
        return result;
    }
    int rename(const char* from, const char* to) override {
        pass(Point::before_rename);
        ::unlink(before_rename_.c_str());
        (void)!::link(to, before_rename_.c_str());
        shared_.rename_pending = true;
        const int result = Disk::rename(from, to);
        pass(Point::renamed);
        return result;
    }

   private:
    template <class Call>
    int sync(int fd, Call call) {
        struct stat there {};
        fstat(fd, &there);
        const int result = call();
        Platter* platter = platter_of(fd);
        const auto size = static_cast<std::uint64_t>(there.st_size);
        if (platter && result == 0) {
            for (std::uint64_t known = platter->synced; known < size && !platter->synced.compare_exchange_weak(known, size);) {}
        }
        return result;
    }
    Platter* platter_of(int fd) {
        struct stat there {};
        if (fstat(fd, &there) < 0 || !S_ISREG(there.st_mode)) return nullptr;
        for (Platter& platter : shared_.platters) {
            std::uint64_t none = 0;
            if (platter.inode.compare_exchange_strong(none, there.st_ino) || none == there.st_ino) return &platter;
        }
        return nullptr;
    }
    bool passes(Point point) { return shared_.point == static_cast<int>(point) && shared_.countdown.fetch_sub(1) == 1; }
    void pass(Point point) {
        if (passes(point)) die();
    }
    void die() {
        shared_.end();
        kill(0, SIGKILL);  // the whole group
        for (;;) pause();
    }

    Shared& shared_;
    std::string before_rename_;
};

}  // namespace

CrashRounds::CrashRounds(const std::string& folder, bool power_cuts, std::uint32_t seed)
    : path_(folder + "/database.txt"), power_cuts_(power_cuts), random_(seed) {
    void* at = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared_ = new (at) Shared();
    sem_init(&shared_->answers, 1, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

CrashRounds::~CrashRounds() {
    munmap(shared_, sizeof(Shared));
}

namespace {

template <class Shared>
[[noreturn]] void write_on(Store& store, Shared& shared, std::uint32_t round, int writer, std::uint32_t seed) {
    std::mt19937 random(seed);
    Journal& journal = shared.journals[static_cast<std::size_t>(writer)];
    for (std::uint32_t number = 0; number < most_requests; ++number) {
        const Request request{writer + writers * static_cast<std::int64_t>(random() % keys_of_each), number, random() % 3 != 0};
        journal.requests[number] = request;
        journal.asked.store(number + 1);
        const PairsAnswer answer = request.is_put ? store.put(request.key, value_of(round, writer, number)) : store.del(request.key);
        journal.done[number] = answer.kind == Kind::ok;
        journal.told.store(number + 1);
        sem_post(&shared.answers);
    }
    shared.end();
    _exit(0);
}

}  // namespace

std::string CrashRounds::round() {
    ++rounds_;
    for (Journal& journal : shared_->journals) journal.asked = journal.told = 0;
    for (Platter& platter : shared_->platters) platter.inode = platter.synced = 0;
    shared_->rename_pending = shared_->over = page_lost_ = false;
    while (sem_trywait(&shared_->answers) == 0) {}
    shared_->point = static_cast<int>(random_() % static_cast<unsigned>(Point::count));
    shared_->countdown = 1 + static_cast<int>(random_() % 20);
    if (shared_->point >= static_cast<int>(Point::before_rename)) shared_->countdown = 1 + static_cast<int>(random_() % 2);
    const std::uint32_t seed = static_cast<std::uint32_t>(random_());
    const std::uint32_t answers = static_cast<std::uint32_t>(random_()) % most_answers;
    const std::uint32_t spins = static_cast<std::uint32_t>(random_()) % 1000;
    CrashDisk<Shared> disk(*shared_, path_ + ".before-rename");
    const pid_t server = fork();
    if (server == 0) {
        setpgid(0, 0);
        use_disk(&disk);
        Result<std::unique_ptr<Store>> store = Store::open(path_);
        if (!store) {
            shared_->end();
            _exit(start_failed);
        }
        for (int writer = 0; writer < writers; ++writer) {
            if (fork() == 0) write_on(**store, *shared_, rounds_, writer, seed + static_cast<std::uint32_t>(writer));
        }
        if (shared_->point >= static_cast<int>(Point::before_rename)) {
            // A server that stops in order, so that the file is written anew: there are no writers then.
            shared_->wait_for_answers(seed % most_answers);
            const pid_t self = getpid();
            signal(SIGTERM, SIG_IGN);
            kill(-self, SIGTERM);
            while (wait(nullptr) > 0) {}
            _exit((*store)->close() ? stopped_in_order : stop_failed);
        }
        for (;;) pause();
    }
    setpgid(server, server);
    if (shared_->point >= static_cast<int>(Point::before_rename)) {
        // It dies at its point or ends by itself.
    } else {
        shared_->wait_for_answers(answers);
        for (std::uint32_t spin = 0; spin < spins; ++spin) sched_yield();  // at any moment behind the last of them
        kill(-server, SIGKILL);
    }
    int end_of_server = 0, status = 0;
    for (pid_t pid; (pid = wait(&status)) > 0 || errno == EINTR;) {
        if (pid == server) end_of_server = status;
    }
    if (WIFEXITED(end_of_server) && WEXITSTATUS(end_of_server) == stop_failed) return "an orderly stop failed";
    const bool stopped = WIFEXITED(end_of_server) && WEXITSTATUS(end_of_server) == stopped_in_order;
    if (stopped && !is_in_order(path_)) return "the file is not in order after an orderly stop";
    if (power_cuts_) cut_power();
    return look();
}

/** What the disk would hold after a power cut. */
void CrashRounds::cut_power() {
    const std::string before = path_ + ".before-rename";
    if (shared_->rename_pending && random_() % 2 == 0) ::rename(before.c_str(), path_.c_str());
    struct stat there {};
    if (stat(path_.c_str(), &there) < 0) return;
    for (const Platter& platter : shared_->platters) {
        const auto size = static_cast<std::uint64_t>(there.st_size);
        if (platter.inode != there.st_ino || platter.synced >= size) continue;
        if (random_() % 2 == 0) return lose_a_page(platter.synced, size);
        const std::uint64_t unsynced = size - platter.synced;
        const std::uint64_t kept = platter.synced + random_() % (unsynced + 1);
        std::filesystem::resize_file(path_, kept);
        if (random_() % 4 == 0) std::filesystem::resize_file(path_, size);  // the length came to the disk, the bytes did not: zeros
    }
}

/** A later page came to the disk, an earlier one, or what was added to it, did not. */
void CrashRounds::lose_a_page(std::uint64_t synced, std::uint64_t size) {
    constexpr std::uint64_t page = 4096;
    const std::uint64_t pages = size / page - synced / page + 1;
    const std::uint64_t first = synced / page + random_() % pages;
    const std::uint64_t begin = std::max(synced, first * page), end = std::min(size, (first + 1) * page);
    if (begin >= end) return;
    std::fstream(path_, std::ios::in | std::ios::out | std::ios::binary).seekp(static_cast<std::streamoff>(begin))
        << std::string(end - begin, '\0');
    page_lost_ = true;
}

/** As a person does whom a start has told of a line that is damaged: nothing behind it was acknowledged, if the power failed. */
std::string CrashRounds::cut_off_the_lost(const std::string& said) {
    if (!page_lost_ || !said.starts_with(path_ + ":")) return "the store can't be opened: " + said;
    const std::string left = bytes_of(path_);
    std::size_t at = 0;
    for (unsigned long line = std::strtoul(said.c_str() + path_.size() + 1, nullptr, 10); line > 1; --line) at = left.find('\n', at) + 1;
    std::filesystem::resize_file(path_, at);
    ++refused_;
    return {};
}

/** Opens the store, which sets a last line without an end aside, and says so; and does neither without one. */
std::string CrashRounds::reopen(std::unique_ptr<Store>& store) {
    const std::string left = bytes_of(path_), aside = bytes_of(path_ + ".torn");
    const std::string torn = left.substr(left.rfind('\n') + 1);  // npos + 1 is 0
    Result<std::unique_ptr<Store>> opened = Store::open(path_);
    if (!opened) {
        if (bytes_of(path_) != left) return "the start was refused, and has touched the file";
        const std::string wrong = cut_off_the_lost(opened.error().text());
        return wrong.empty() ? reopen(store) : wrong;
    }
    store = std::move(*opened);
    if (store->remark().empty() != torn.empty()) return "a torn line was not said, or was said and is none: \"" + store->remark() + "\"";
    if (bytes_of(path_ + ".torn") != aside + (torn.empty() ? "" : torn + "\n")) return "the torn line is not what was set aside";
    torn_ += !torn.empty();
    return {};
}

std::string CrashRounds::look() {
    std::unique_ptr<Store> opened;
    if (std::string wrong = reopen(opened); !wrong.empty()) return wrong;
    Store& store = *opened;
    for (int writer = 0; writer < writers; ++writer) {
        Journal& journal = shared_->journals[static_cast<std::size_t>(writer)];
        const std::uint32_t told = journal.told, asked = journal.asked;
        for (std::uint32_t i = 0; i < told; ++i) {
            const Request& request = journal.requests[i];
            const bool there = pairs_.count(request.key) != 0;
            if (journal.done[i] == (request.is_put == there)) {
                return "key " + std::to_string(request.key) + (request.is_put ? ": put" : ": del") +
                       (journal.done[i] ? " was told OK" : " was refused") + " although the key was " + (there ? "there" : "not there");
            }
            if (!journal.done[i]) continue;
            if (request.is_put)
                pairs_[request.key] = value_of(rounds_, writer, request.number);
            else
                pairs_.erase(request.key);
            ++acknowledged_;
        }
        if (asked == told) continue;
        ++in_flight_;
        const Request& last = journal.requests[asked - 1];
        const PairsAnswer now = store.get(last.key);
        const auto known = pairs_.find(last.key);
        const bool unchanged = known == pairs_.end() ? now.kind == Kind::key_not_found : now.kind == Kind::ok && now.text == known->second;
        if (unchanged) continue;
        const std::string wanted = value_of(rounds_, writer, last.number);
        const bool made =
            last.is_put ? known == pairs_.end() && now.kind == Kind::ok && now.text == wanted : now.kind == Kind::key_not_found;
        if (!made) return "key " + std::to_string(last.key) + " is neither as it was nor as was asked for: " + now.text.substr(0, 60);
        ++in_flight_found_;
        if (last.is_put)
            pairs_[last.key] = wanted;
        else
            pairs_.erase(last.key);
    }
    if (store.pairs() != pairs_.size())
        return "there are " + std::to_string(store.pairs()) + " pairs, and should be " + std::to_string(pairs_.size());
    for (const auto& [key, value] : pairs_) {
        const PairsAnswer now = store.get(key);
        if (now.kind != Kind::ok || now.text != value) return "key " + std::to_string(key) + ": an acknowledged change is lost";
    }
    return {};
}

}  // namespace synoptic
