// The lab process: holds the two hosts, and creates sockets in them on request.
//
//   init namespaces ── unshare(user) ──▶ lab's user namespace ── unshare(net) ──▶ client host   wire0 10.77.0.1 fd77::1
//                                                             └─ unshare(net) ──▶ server host   wire0 10.77.0.2 fd77::2
//
// It runs as `synoptic-helper lab TUN_PATH`, single-threaded, with what it needs at lab_channel_fd and lab_lifeline_fd; libc only. It ends when the
// app closes its end of the channel, or with the lifeline.
#pragma once

namespace synoptic {

/** Makes the hosts, tells the app, and serves it. Returns the process's exit status. The lifeline must be held already (core/helper/lifeline.h). */
int run_lab(int channel, const char* tun_path);

}  // namespace synoptic
