// The lifeline: a pipe whose only write end the app holds. When the app ends, in whatever way, the kernel kills everybody at the other end.
//
// A holder's read end has O_ASYNC, F_SETSIG SIGKILL, and as its owner (F_SETOWN) the holder's process group: a server's forked workers are in its
// group and have its open file description, so that a fork costs nothing more. The workers of a server that was killed are still in the group:
// they live on, as in real life, until the app ends.
#pragma once

namespace synoptic {

/**
 * Makes this process the leader of a group that ends with the app. `read_end` is the inherited read end; the group gets an open file description
 * of its own, at descriptor `at_least` or above, out of the way of the program's own numbers. Returns that descriptor, or -1 with errno.
 * If the app has ended already, so does this process.
 */
int hold_lifeline(int read_end, int at_least);

}  // namespace synoptic
