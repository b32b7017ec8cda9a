// Errors as values: a Result holds what a call returned, or which call failed, with its errno and a sentence for people.
#pragma once

#include <cerrno>
#include <string>
#include <utility>
#include <variant>

namespace synoptic {

struct Error {
    std::string call;    // the man page's name, "bind"; empty where no system call failed
    int err = 0;         // errno, 0 where none applies
    std::string detail;  // a sentence for people: what was tried, or what to do

    /** "bind: Address already in use (port 6666 on 127.0.0.1)". */
    std::string text() const;
};

/** The error that errno holds now. */
inline Error errno_error(std::string call, std::string detail = {}) {
    return Error{std::move(call), errno, std::move(detail)};
}

template <class T>
class [[nodiscard]] Result {
   public:
    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return held_.index() == 0; }
    T& operator*() { return std::get<0>(held_); }
    const T& operator*() const { return std::get<0>(held_); }
    T* operator->() { return &std::get<0>(held_); }
    const T* operator->() const { return &std::get<0>(held_); }
    const Error& error() const { return std::get<1>(held_); }

   private:
    std::variant<T, Error> held_;
};

struct Done {};
using Status = Result<Done>;  // success has nothing to tell

}  // namespace synoptic
