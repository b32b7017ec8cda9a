// The traced calls on sockets. Each is the system call, with an enter before it and an exit behind it; see sockets.h.
#include "core/sockets/sockets.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "core/base/address.h"
#include "core/sockets/call.h"
#include "core/sockets/open_sockets.h"

namespace synoptic {

namespace {

/** The kernel's identity of a socket (socket(7), SO_COOKIE); 0 if it has none. Keeps errno. */
std::uint64_t cookie_of(int fd) {
    const int saved = errno;
    std::uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    if (::getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) < 0) cookie = 0;
    errno = saved;
    return cookie;
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

/** What getsockname or getpeername says now; unknown if it fails. Keeps errno. */
Address ask_address(NameCall call, int fd) {
    const int saved = errno;
    sockaddr_storage storage;
    socklen_t length = sizeof storage;
    Address address;
    if (call(fd, reinterpret_cast<sockaddr*>(&storage), &length) == 0)
        address = Address::from(reinterpret_cast<sockaddr*>(&storage), length);
    errno = saved;
    return address;
}

/** An address as the program passed it; reading it must not fault where the kernel would say EFAULT. */
Address given_address(const SA* address, socklen_t length) {
    if (!address || length < sizeof(sa_family_t) || length > sizeof(sockaddr_storage)) return {};
    return Address::from(address, length);
}

std::string_view text_of(const void* buffer, ssize_t length) {
    if (!buffer || length <= 0) return {};
    return {static_cast<const char*>(buffer), static_cast<std::size_t>(length)};
}

/** A program that was asked to stop begins nothing new that could wait. */
bool refuse(bool stopping) {
    if (stopping) errno = ECANCELED;
    return stopping;
}

}  // namespace

Sockets::Sockets(Setup setup) : setup_(std::move(setup)), open_(std::make_unique<OpenSockets>(setup_.own_process)) {}
Sockets::~Sockets() = default;

int Sockets::socket(int domain, int type, int protocol, Where where) {
    if (refuse(stopping())) return -1;
    Call call(EventKind::socket, where, {.a = domain, .b = type, .value = protocol});
    const int fd = setup_.make_socket ? setup_.make_socket(domain, type, protocol) : ::socket(domain, type, protocol);
    if (fd >= 0) open_->add(fd);
    return call.exit(fd, {.socket = call.traced() && fd >= 0 ? cookie_of(fd) : 0});
}

int Sockets::setsockopt(int fd, int level, int option, const void* value, socklen_t length, Where where) {
    Call call(EventKind::setsockopt, where, {.fd = fd, .a = level, .b = option, .payload = text_of(value, length)});
    return call.exit(::setsockopt(fd, level, option, value, length));
}

int Sockets::getsockopt(int fd, int level, int option, void* value, socklen_t* length, Where where) {
    Call call(EventKind::getsockopt, where, {.fd = fd, .a = level, .b = option});
    const int result = ::getsockopt(fd, level, option, value, length);
    return call.exit(result, {.payload = result == 0 && length ? text_of(value, *length) : std::string_view{}});
}

int Sockets::bind(int fd, const SA* address, socklen_t length, Where where) {
    const Address given = given_address(address, length);
    Call call(EventKind::bind, where, {.fd = fd, .a = length, .payload = given.known() ? bytes_of(given) : std::string_view{}});
    const int result = ::bind(fd, address, length);
    if (result < 0 || !call.traced()) return call.exit(result);
    const Address bound = ask_address(::getsockname, fd);  // port 0 has become a port now
    return call.exit(result, {.payload = bytes_of(bound)});
}

int Sockets::listen(int fd, int backlog, Where where) {
    Call call(EventKind::listen, where, {.fd = fd, .a = backlog});
    const int result = ::listen(fd, backlog);
    if (result == 0 && stopping()) ::shutdown(fd, SHUT_RDWR);  // stop() came between socket and listen
    if (result < 0 || !call.traced()) return call.exit(result);
    const Address bound = ask_address(::getsockname, fd);  // listen binds a socket that bind did not
    return call.exit(result, {.payload = bytes_of(bound)});
}

int Sockets::accept(int fd, SA* address, socklen_t* length, Where where) {
    if (refuse(stopping())) return -1;
    const socklen_t room = length ? *length : 0;
    Call call(EventKind::accept, where, {.fd = fd, .a = length ? static_cast<std::int64_t>(room) : -1});
    const int connfd = ::accept(fd, address, length);
    if (connfd < 0) return call.exit(connfd);
    open_->add(connfd);
    if (stopping()) ::shutdown(connfd, SHUT_RDWR);
    if (!call.traced()) return connfd;
    AddressPair pair;
    pair.local = ask_address(::getsockname, connfd);
    const bool whole = address && length && *length <= room;
    pair.peer = whole ? Address::from(address, *length) : ask_address(::getpeername, connfd);
    return call.exit(connfd,
                     {.a = length ? static_cast<std::int64_t>(*length) : -1, .payload = bytes_of(pair), .socket = cookie_of(connfd)});
}

int Sockets::connect(int fd, const SA* address, socklen_t length, Where where) {
    if (refuse(stopping())) return -1;
    const Address given = given_address(address, length);
    Call call(EventKind::connect, where, {.fd = fd, .a = length, .payload = given.known() ? bytes_of(given) : std::string_view{}});
    const int result = ::connect(fd, address, length);
    if (!call.traced()) return result;
    AddressPair pair;
    pair.local = ask_address(::getsockname, fd);
    pair.peer = given;
    return call.exit(result, {.payload = bytes_of(pair)});
}

ssize_t Sockets::send(int fd, const void* buffer, size_t length, int flags, Where where) {
    Call call(EventKind::send, where,
              {.fd = fd, .a = static_cast<std::int64_t>(length), .b = flags, .payload = text_of(buffer, static_cast<ssize_t>(length))});
    return call.exit(::send(fd, buffer, length, flags));
}

ssize_t Sockets::recv(int fd, void* buffer, size_t length, int flags, Where where) {
    Call call(EventKind::recv, where, {.fd = fd, .a = static_cast<std::int64_t>(length), .b = flags});
    const ssize_t count = ::recv(fd, buffer, length, flags);
    return call.exit(count, {.payload = text_of(buffer, std::min(count, static_cast<ssize_t>(length)))});
}

ssize_t Sockets::sendto(int fd, const void* buffer, size_t length, int flags, const SA* to, socklen_t to_length, Where where) {
    std::string told(bytes_of(given_address(to, to_length)));
    told += text_of(buffer, static_cast<ssize_t>(length));
    Call call(EventKind::sendto, where,
              {.fd = fd, .a = static_cast<std::int64_t>(length), .b = flags, .value = to != nullptr ? to_length : 0, .payload = told});
    const ssize_t result = ::sendto(fd, buffer, length, flags, to, to_length);
    if (result < 0 || !call.traced()) return call.exit(result);
    const Address own = ask_address(::getsockname, fd);  // sendto binds a socket that bind did not
    return call.exit(result, {.payload = bytes_of(own)});
}

ssize_t Sockets::recvfrom(int fd, void* buffer, size_t length, int flags, SA* from, socklen_t* from_length, Where where) {
    const socklen_t room = from_length ? *from_length : 0;
    Call call(EventKind::recvfrom, where, {.fd = fd, .a = static_cast<std::int64_t>(length), .b = flags});
    const ssize_t count = ::recvfrom(fd, buffer, length, flags, from, from_length);
    if (count < 0 || !call.traced()) return call.exit(count);
    const bool told_who = from && from_length;
    Address sender;  // unknown if the program did not ask
    if (told_who) sender = Address::from(from, std::min(*from_length, room));
    std::string told(bytes_of(sender));
    told += text_of(buffer, std::min(count, static_cast<ssize_t>(length)));
    return call.exit(count, {.a = told_who ? static_cast<std::int64_t>(*from_length) : -1, .payload = told});
}

ssize_t Sockets::read(int fd, void* buffer, size_t count, Where where) {
    Call call(EventKind::read, where, {.fd = fd, .a = static_cast<std::int64_t>(count)});
    const ssize_t got = ::read(fd, buffer, count);
    return call.exit(got, {.payload = text_of(buffer, got)});
}

ssize_t Sockets::write(int fd, const void* buffer, size_t count, Where where) {
    Call call(EventKind::write, where,
              {.fd = fd, .a = static_cast<std::int64_t>(count), .payload = text_of(buffer, static_cast<ssize_t>(count))});
    return call.exit(::write(fd, buffer, count));
}

off_t Sockets::lseek(int fd, off_t offset, int whence, Where where) {
    Call call(EventKind::lseek, where, {.fd = fd, .a = offset, .b = whence});
    return call.exit(::lseek(fd, offset, whence));
}

int Sockets::shutdown(int fd, int how, Where where) {
    Call call(EventKind::shutdown, where, {.fd = fd, .a = how});
    return call.exit(::shutdown(fd, how));
}

int Sockets::close(int fd, Where where) {
    Call call(EventKind::close, where, {.fd = fd});
    return call.exit(open_->close(fd));
}

int Sockets::getsockname(int fd, SA* address, socklen_t* length, Where where) {
    Call call(EventKind::getsockname, where, {.fd = fd, .a = length ? static_cast<std::int64_t>(*length) : -1});
    const int result = ::getsockname(fd, address, length);
    if (result < 0 || !call.traced()) return call.exit(result);
    const Address told = ask_address(::getsockname, fd);
    return call.exit(result, {.a = *length, .payload = bytes_of(told)});
}

int Sockets::getpeername(int fd, SA* address, socklen_t* length, Where where) {
    Call call(EventKind::getpeername, where, {.fd = fd, .a = length ? static_cast<std::int64_t>(*length) : -1});
    const int result = ::getpeername(fd, address, length);
    if (result < 0 || !call.traced()) return call.exit(result);
    const Address told = ask_address(::getpeername, fd);
    return call.exit(result, {.a = *length, .payload = bytes_of(told)});
}

void Sockets::note(int fd, const char* text, Where where) {
    if (Writer& writer = this_writer()) writer.happened(EventKind::note, where, {.fd = fd, .payload = text, .socket = cookie_of(fd)});
}

void Sockets::stop() {
    stopping_.store(true);
    if (setup_.input) setup_.input->end();
    open_->shut_down_all();
}

char* Sockets::fgets(char* buffer, int size, Where where) {
    if (refuse(stopping())) return nullptr;
    Call call(EventKind::fgets, where, {.a = size});
    char* line = setup_.input ? setup_.input->read_line(buffer, size) : nullptr;
    const auto length = line ? static_cast<std::int64_t>(std::strlen(line)) : 0;
    call.exit_with(length, 0, {.payload = text_of(buffer, static_cast<ssize_t>(length))});
    return line;
}

int Sockets::format_text(char* text, size_t size, const char* format, ...) {
    va_list values;
    va_start(values, format);
    const int length = std::vsnprintf(text, size, format, values);
    va_end(values);
    return length < static_cast<int>(size) ? length : static_cast<int>(size) - 1;
}

int Sockets::print_text(const char* text, int length, Where where) {
    const int saved = errno;
    const std::string_view printed = text_of(text, length);
    Call call(EventKind::printf, where, {.payload = printed});
    if (setup_.output) setup_.output(printed);
    errno = saved;
    return call.exit_with(length, 0);
}

void Sockets::perror(const char* name, Where where) {
    const int saved = errno;
    char buffer[128];
    char text[printf_bytes];
    const char* words = strerror_r(saved, buffer, sizeof buffer);  // the GNU one, which returns the text
    print_text(text, format_text(text, sizeof text, "%s: %s\n", name, words), where);
    errno = saved;
}

}  // namespace synoptic
