// Call: one traced call, from enter to exit. Private to core/sockets and core/store.
#pragma once

#include <cerrno>

#include "core/trace/trace.h"

namespace synoptic {

class Call {
   public:
    Call(EventKind kind, Where where, const Args& args) : writer_(this_writer()), kind_(kind), where_(where), fd_(args.fd) {
        if (writer_) [[likely]] entered_ = writer_.enter(kind, where, args);
    }

    /** Publishes the exit with its result; errno stays as the system call left it. A negative result is a failure whose errno is told. */
    template <class R>
    R exit(R result, Args told = {}) {
        return finish(result, told, result < 0 ? errno : 0);
    }
    /** The same for calls that return an error number, or none: pthread_create, getaddrinfo. */
    template <class R>
    R exit_with(R result, int error, Args told = {}) {
        return finish(result, told, error);
    }
    bool traced() const { return entered_; }

   private:
    template <class R>
    R finish(R result, Args& told, int error) {
        if (entered_) [[likely]] {
            const int saved = errno;
            told.fd = fd_;
            told.value = static_cast<std::int64_t>(result);
            writer_.exit(kind_, where_, told, error);
            errno = saved;
        }
        return result;
    }

    Writer& writer_;
    EventKind kind_;
    Where where_;
    int fd_;
    bool entered_ = false;
};

/** A value's bytes, as a payload. */
template <class T>
std::string_view bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace synoptic
