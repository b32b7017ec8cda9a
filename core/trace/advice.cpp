// What an error means to the user who sees it, and what to do. One sentence or two, in plain words; names of this app's fields where they help.
#include <netdb.h>

#include <cerrno>

#include "core/trace/format.h"

namespace synoptic {
namespace {

std::string no_descriptors(int err) {
    if (err == EMFILE) return "The process has no descriptors left: close some connections, or raise its limit (ulimit -n).";
    if (err == ENFILE) return "The whole system has no descriptors left: end some programs, or raise fs.file-max.";
    if (err == ENOBUFS || err == ENOMEM) return "The kernel has no memory left for sockets: end some programs.";
    return {};
}

std::string socket_advice(int err) {
    if (err == EAFNOSUPPORT)
        return "This system does not offer that address family; IPv6 may be switched off. Use an IPv4 address such as 127.0.0.1.";
    if (err == EACCES || err == EPERM) return "This system does not let you make such a socket: raw sockets need privileges.";
    return no_descriptors(err);
}

std::string bind_advice(int err) {
    switch (err) {
        case EADDRINUSE:
            return "Another socket has this port: a server that still runs, or, without SO_REUSEADDR, a connection in TIME_WAIT. Choose "
                   "another port, stop "
                   "that server (ss -ltnp shows it), or wait a minute.";
        case EACCES:
            return "Ports below 1024 are for privileged programs. Choose a port from 1024 to 65535.";
        case EADDRNOTAVAIL:
            return "No interface of this machine has that address. Use 127.0.0.1, ::1, or leave the address empty for all interfaces.";
        case EINVAL:
            return "The socket has an address already, or the address's length does not fit its family.";
        case EAFNOSUPPORT:
            return "The address is of another family than the socket: AF_INET with sockaddr_in, AF_INET6 with sockaddr_in6.";
        case EBADF:
            return "There is no such descriptor: it was closed, or socket failed before.";
        default:
            return {};
    }
}

std::string listen_advice(int err) {
    switch (err) {
        case EADDRINUSE:
            return "Another socket listens on this port already. Choose another port, or stop that server.";
        case EINVAL:
            return "The socket is connected: such a one cannot listen.";
        case EOPNOTSUPP:
            return "Only sockets of type SOCK_STREAM and SOCK_SEQPACKET can listen.";
        default:
            return {};
    }
}

std::string accept_advice(int err) {
    switch (err) {
        case EMFILE:
        case ENFILE:
            return no_descriptors(err) +
                   " Clients stay in the accept queue meanwhile; a server that never closes connfd gets here sooner or later.";
        case ECONNABORTED:
            return "The client gave up before it was accepted. The server can go on with the next one.";
        case EINVAL:
            return "The socket does not listen: listen was not called or failed, or the server was asked to stop.";
        case EINTR:
            return "A signal came, such as SIGCHLD when a child ended. Call accept again.";
        case EAGAIN:
            return "The socket does not block, and nobody is waiting.";
        default:
            return no_descriptors(err);
    }
}

std::string connect_advice(int err) {
    switch (err) {
        case ECONNREFUSED:
            return "Nothing listens on that port. Start the server first, and compare address and port; a server on 127.0.0.1 does not "
                   "answer on ::1.";
        case ETIMEDOUT:
            return "No answer came. The host is down, a firewall drops the segments, or the listener's accept queue is full.";
        case ENETUNREACH:
            return "This machine has no route to that network. Use 127.0.0.1 or ::1, or connect the machine to a network.";
        case EHOSTUNREACH:
            return "No host answers at that address. Compare the address; the host may be off.";
        case EADDRNOTAVAIL:
            return "No local port is left for this connection, or the address is not one to connect to. Wait a minute for ports in "
                   "TIME_WAIT.";
        case EACCES:
        case EPERM:
            return "A firewall or a rule of this system forbids the connection.";
        case EINPROGRESS:
            return "The socket does not block: the handshake goes on. Wait until it can be written to, then ask for SO_ERROR.";
        case EALREADY:
            return "The handshake of the call before is still going on.";
        case EISCONN:
            return "The socket is connected already; a new connection needs a new socket.";
        case EINTR:
            return "A signal came; the handshake goes on by itself. Wait until the socket can be written to.";
        case ECONNRESET:
            return "The other end answered and ended the connection at once; its listener was probably closed.";
        case EAFNOSUPPORT:
            return "The address is of another family than the socket.";
        default:
            return {};
    }
}

std::string send_advice(int err) {
    switch (err) {
        case EPIPE:
            return "The connection was closed in this direction, by shutdown or by a reset. With MSG_NOSIGNAL this is an error; without it "
                   "SIGPIPE kills the process.";
        case ECONNRESET:
            return "The other end has reset the connection: it was killed, or closed with bytes unread. What was sent last may be lost. "
                   "Close the socket.";
        case ENOTCONN:
            return "The socket is not connected: connect or accept comes first.";
        case EAGAIN:
            return "The send queue is full, and the socket does not block: the other end reads too slowly.";
        case EINTR:
            return "A signal came before any byte was taken. Call it again.";
        case EBADF:
            return "There is no such descriptor: it was closed before.";
        case EINVAL:
        case EFAULT:
            return "A wrong length or buffer was given; sending recv's result −1 as a length does this.";
        default:
            return no_descriptors(err);
    }
}

std::string recv_advice(int err) {
    switch (err) {
        case ECONNRESET:
            return "The other end has reset the connection: it was killed, or closed with bytes unread. Close the socket.";
        case ECONNREFUSED:
            return "Over UDP: nobody has the port that was sent to; the other kernel has answered so by ICMP (port unreachable).";
        case ENOTCONN:
            return "The socket is not connected. Bytes come from the descriptor that accept returned, not from the listening one.";
        case EINTR:
            return "A signal came before any byte did. Call it again.";
        case EAGAIN:
            return "Nothing has come yet, and the socket does not block or its time limit is over.";
        case ETIMEDOUT:
            return "The other end does not answer any more, so the kernel gave the connection up.";
        case EBADF:
            return "There is no such descriptor: it was closed before.";
        default:
            return {};
    }
}

std::string fork_advice(int err) {
    switch (err) {
        case EAGAIN:
            return "The limit of processes is reached (ulimit -u). Close some clients so that children end, and wait for the zombies.";
        case ENOMEM:
            return "There is no memory left for another process. End some programs.";
        case ENOSYS:
            return "Inside the app fork is not possible: it would copy the app. Start this server as a process of its own.";
        default:
            return {};
    }
}

std::string name_advice(int code) {
    switch (code) {
        case EAI_NONAME:
#ifdef EAI_NODATA
        case EAI_NODATA:
#endif
            return "No such host or service is known. Check the spelling, or use an address such as 127.0.0.1 and a port number.";
        case EAI_AGAIN:
            return "The name server does not answer; perhaps there is no network. Literal addresses such as 127.0.0.1 still work.";
        case EAI_FAIL:
            return "The name server could not answer. Literal addresses such as 127.0.0.1 still work.";
        case EAI_SERVICE:
            return "The services file has no such service for this kind of socket. Use a port number.";
#ifdef EAI_ADDRFAMILY
        case EAI_ADDRFAMILY:
#endif
        case EAI_FAMILY:
            return "The host has no address of the family that was asked for.";
        case EAI_BADFLAGS:
            return "The flags do not go together.";
        case EAI_SOCKTYPE:
            return "This kind of socket is not known.";
        case EAI_MEMORY:
            return "There is no memory left.";
        case EAI_OVERFLOW:
            return "The buffer is too small for the name.";
        default:
            return {};
    }
}

std::string waitpid_advice(int err) {
    if (err == ECHILD) return "There is no child to wait for: all have been waited for, or there never was one.";
    if (err == EINTR) return "A signal came. Call it again.";
    return {};
}

std::string shutdown_advice(int err) {
    if (err == ENOTCONN) return "The socket is not connected, or the other end has reset it: there is no direction left to close.";
    if (err == EBADF) return "There is no such descriptor: it was closed before.";
    return {};
}

}  // namespace

std::string advice(EventKind kind, int err) {
    if (err == 0) return {};
    switch (kind) {
        case EventKind::socket:
            return socket_advice(err);
        case EventKind::bind:
            return bind_advice(err);
        case EventKind::listen:
            return listen_advice(err);
        case EventKind::accept:
            return accept_advice(err);
        case EventKind::connect:
            return connect_advice(err);
        case EventKind::send:
        case EventKind::sendto:
        case EventKind::write:
            return send_advice(err);
        case EventKind::recv:
        case EventKind::recvfrom:
        case EventKind::read:
            return recv_advice(err);
        case EventKind::fork:
            return fork_advice(err);
        case EventKind::getaddrinfo:
        case EventKind::getnameinfo:
            return name_advice(err);
        case EventKind::waitpid:
            return waitpid_advice(err);
        case EventKind::shutdown:
            return shutdown_advice(err);
        case EventKind::lseek:
            return err == ESPIPE ? "A socket is a stream: what was read is gone, and there is no place to go back to." : "";
        case EventKind::pthread_create:
            return err == EAGAIN ? "No thread can be made: a limit (ulimit -u) or the memory is reached." : "";
        case EventKind::close:
            return err == EBADF ? "There is no such descriptor. Closing twice is dangerous: the number may belong to another socket by now."
                                : "";
        case EventKind::getsockname:
        case EventKind::getpeername:
            return err == ENOTCONN ? "The socket has no peer: it is not connected, or no longer." : "";
        default:
            return {};
    }
}

}  // namespace synoptic
