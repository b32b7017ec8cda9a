// Servers of durable puts that are not traced: kv_fork itself, and the least that a process for each client can do. Beside kv_fork in the app they show what is the model's, what the
// store's and what the trace's cost.
#pragma once

#include <sys/types.h>

#include <string>

namespace bench {

/**
 * Forks for each connection. A child writes each request that it receives to a file, waits until all others have done so, for one fdatasync for all, and sends "OK". It
 * locks nothing, keeps no index and looks at nothing: no server with a process for each client does less.
 */
void serve_bare_puts(const std::string& port, const std::string& path);
/** kv_fork, and nobody who looks. */
void serve_untraced_puts(const std::string& port, const std::string& path);

/** One of them in a process of its own. */
class UntracedServer {
   public:
    /** Listens on a port that is free now; its file is `path`. Before any thread is started: it forks. */
    UntracedServer(void (*serve)(const std::string& port, const std::string& path), const std::string& path);
    ~UntracedServer();
    UntracedServer(const UntracedServer&) = delete;
    UntracedServer& operator=(const UntracedServer&) = delete;
    const std::string& port() const { return port_; }

   private:
    std::string port_;
    pid_t pid_;
};

}  // namespace bench
