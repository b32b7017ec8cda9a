// The members of everything that a World is made of, one after the other, for what must not forget any: keyframes and recordings. Each function
// binds all members by position, so that a struct with one more does not compile until it is named here.
#pragma once

#include <type_traits>

#include "core/model/world.h"

namespace synoptic::world_members {

/** The last value of an enumeration that has names for all its values; a number beyond it is damage. Identities are enumerations without one. */
template <class E>
inline constexpr E last_of = [] {
    static_assert(sizeof(E) > 1, "an enumeration without a last value");
    return static_cast<E>(~std::underlying_type_t<E>{0});
}();
template <>
inline constexpr auto last_of<EventKind> = static_cast<EventKind>(static_cast<int>(EventKind::count) - 1);
template <>
inline constexpr auto last_of<GateMode> = GateMode::step;
template <>
inline constexpr auto last_of<Known> = Known::inferred;
template <>
inline constexpr auto last_of<Network> = Network::wire;
template <>
inline constexpr auto last_of<Direction> = Direction::to_client;
template <>
inline constexpr auto last_of<TcpHost> = TcpHost::server;
template <>
inline constexpr auto last_of<TcpState> = TcpState::closing;
template <>
inline constexpr auto last_of<TcpTimer::Kind> = TcpTimer::Kind::zero_window_probe;
template <>
inline constexpr auto last_of<SegmentNature> = SegmentNature::keep_alive_answer;
template <>
inline constexpr auto last_of<HoldReason> = HoldReason::overtake;
template <>
inline constexpr auto last_of<DeliverReason> = DeliverReason::resumed;
template <>
inline constexpr auto last_of<DropReason> = DropReason::unseen;
template <>
inline constexpr auto last_of<Actor::State> = Actor::State::ended;
template <>
inline constexpr auto last_of<Process::State> = Process::State::reaped;
template <>
inline constexpr auto last_of<Socket::State> = Socket::State::closed;
template <>
inline constexpr auto last_of<Connection::State> = Connection::State::closed;
template <>
inline constexpr auto last_of<Program::State> = Program::State::ended;
template <>
inline constexpr auto last_of<WireSegment::State> = WireSegment::State::dropped;

template <class S, class T>
concept is = std::is_same_v<std::remove_const_t<S>, T>;

void members(is<Address> auto& s, auto&& visit) {
    auto& [length_bytes, bytes] = s;
    visit(length_bytes, bytes);
}
void members(is<OpenCall> auto& s, auto&& visit) {
    auto& [kind, enter, since_ns, fd, a, b, value, address, description, socket, inherited, file, line, entered, stands, blocked] = s;
    visit(kind, enter, since_ns, fd, a, b, value, address, description, socket, inherited, file, line, entered, stands, blocked);
}
void members(is<Actor::Rest> auto& s, auto&& visit) {
    auto& [enter, exit, file, line] = s;
    visit(enter, exit, file, line);
}
void members(is<Actor> auto& s, auto&& visit) {
    auto& [id, parent, process, program, tid, name, is_thread, state, calls, last_enter, last_exit, rest, file, line, gate, gate_ms,
           at_breakpoint, broke, state_since_ns, began_ns, ended_ns, calls_made, serves, lost_events, forks] = s;
    visit(id, parent, process, program, tid, name, is_thread, state, calls, last_enter, last_exit, rest, file, line, gate, gate_ms,
          at_breakpoint, broke, state_since_ns, began_ns, ended_ns, calls_made, serves, lost_events, forks);
}
void members(is<Process> auto& s, auto&& visit) {
    auto& [id, parent, pid, program, is_app, state, wait_status, fds, inherited, fds_known, began_ns, ended_ns, first_actor, forked_by] = s;
    visit(id, parent, pid, program, is_app, state, wait_status, fds, inherited, fds_known, began_ns, ended_ns, first_actor, forked_by);
}
void members(is<Holder> auto& s, auto&& visit) {
    auto& [process, fd] = s;
    visit(process, fd);
}
void members(is<Description> auto& s, auto&& visit) {
    auto& [id, socket, holders] = s;
    visit(id, socket, holders);
}
void members(is<Socket> auto& s, auto&& visit) {
    auto& [id, program, creator, description, domain, type, state, state_known, local, peer, backlog, listener, connection, bytes_sent,
           bytes_received, end_of_file, write_shut, read_shut, reset, last_error, last_error_call, note, kernel_queue, kernel_backlog,
           syn_queue, host, options, created_ns, closed_ns] = s;
    visit(id, program, creator, description, domain, type, state, state_known, local, peer, backlog, listener, connection, bytes_sent,
          bytes_received, end_of_file, write_shut, read_shut, reset, last_error, last_error_call, note, kernel_queue, kernel_backlog,
          syn_queue, host, options, created_ns, closed_ns);
}
void members(is<Connection> auto& s, auto&& visit) {
    auto& [id, client, server, listener, client_address, server_address, state, queued_known, began_ns, ended_ns, last_to_server_ns,
           last_to_client_ns, bytes_to_server, bytes_to_client, read_by_server, read_by_client] = s;
    visit(id, client, server, listener, client_address, server_address, state, queued_known, began_ns, ended_ns, last_to_server_ns,
          last_to_client_ns, bytes_to_server, bytes_to_client, read_by_server, read_by_client);
}
void members(is<Program> auto& s, auto&& visit) {
    auto& [id, name, label, is_server, own_process, network, address, port, backlog, state, stopped_by_user, exit_status, trouble,
           trouble_call, trouble_error, listener, clientfd, chatter_ms, output, output_open, began_ns, ended_ns, actors] = s;
    visit(id, name, label, is_server, own_process, network, address, port, backlog, state, stopped_by_user, exit_status, trouble,
          trouble_call, trouble_error, listener, clientfd, chatter_ms, output, output_open, began_ns, ended_ns, actors);
}
void members(is<CommandRecord> auto& s, auto&& visit) {
    auto& [number, kind, text, outcome, done, failed, at_ns] = s;
    visit(number, kind, text, outcome, done, failed, at_ns);
}
void members(is<DirectionRules> auto& s, auto&& visit) {
    auto& [delay_ms, lose_every_nth, lose_probability, hold] = s;
    visit(delay_ms, lose_every_nth, lose_probability, hold);
}
void members(is<Rules> auto& s, auto&& visit) {
    auto& [to_server, to_client, seed] = s;
    visit(to_server, to_client, seed);
}
void members(is<LabState> auto& s, auto&& visit) {
    auto& [lives, asked, had, pid, has_ipv6, trouble, commands, shortcomings, rules, paused, host_lost, sent, arrived, dropped] = s;
    visit(lives, asked, had, pid, has_ipv6, trouble, commands, shortcomings, rules, paused, host_lost, sent, arrived, dropped);
}
void members(is<CaptureState> auto& s, auto&& visit) {
    auto& [on, lost, trouble] = s;
    visit(on, lost, trouble);
}
void members(is<SegmentReading> auto& s, auto&& visit) {
    auto& [relative_seq, relative_ack, window_bytes, scale_known, nature, count, inferred, title, note] = s;
    visit(relative_seq, relative_ack, window_bytes, scale_known, nature, count, inferred, title, note);
}
void members(is<WireSegment> auto& s, auto&& visit) {
    auto& [id, flow, direction, on_loopback, state, source, destination, seq, ack, flags, window, packet_bytes, payload_bytes, reading,
           copy_of, duplicate_of, by_hand, hold_reason, deliver_reason, drop_reason, drop_error, sent_event, sent_ns, waits_since_ns, place,
           due_ns, ended_ns] = s;
    visit(id, flow, direction, on_loopback, state, source, destination, seq, ack, flags, window, packet_bytes, payload_bytes, reading,
          copy_of, duplicate_of, by_hand, hold_reason, deliver_reason, drop_reason, drop_error, sent_event, sent_ns, waits_since_ns, place,
          due_ns, ended_ns);
}
void members(is<Flow::End> auto& s, auto&& visit) {
    auto& [seen, has_syn, first_seq, next_seq, has_fin, fin_seq, has_acked, acked, window, offers_scale, window_shift, sack_permitted,
           duplicate_acks, has_gap, gap_begin, gap_end, last_nature, copies] = s;
    visit(seen, has_syn, first_seq, next_seq, has_fin, fin_seq, has_acked, acked, window, offers_scale, window_shift, sack_permitted,
          duplicate_acks, has_gap, gap_begin, gap_end, last_nature, copies);
}
void members(is<Flow> auto& s, auto&& visit) {
    visit(Flow::ends(s));
}
void members(is<WireFlow> auto& s, auto&& visit) {
    auto& [id, client, server, on_loopback, reader, fin_seen, reset, began_ns, last_ns, segments] = s;
    visit(id, client, server, on_loopback, reader, fin_seen, reset, began_ns, last_ns, segments);
}
void members(is<TcpTimer> auto& s, auto&& visit) {
    auto& [kind, expires_ms, retransmits] = s;
    visit(kind, expires_ms, retransmits);
}
void members(is<TcpEnd> auto& s, auto&& visit) {
    auto& [socket, host, local, peer, state, known, timer, timer_due_ns, receive_queue_bytes, send_queue_bytes, since_ns, told_by, before,
           next_seq, fin_sent, owner_pid, owner] = s;
    visit(socket, host, local, peer, state, known, timer, timer_due_ns, receive_queue_bytes, send_queue_bytes, since_ns, told_by, before,
          next_seq, fin_sent, owner_pid, owner);
}
void members(is<TcpEndKey> auto& s, auto&& visit) {
    auto& [host, local, peer] = s;
    visit(host, local, peer);
}
void members(is<Row> auto& s, auto&& visit) {
    auto& [key, value, value_bytes, deleted, loaded, writer, client, event, at_ns, begin, end, reads] = s;
    visit(key, value, value_bytes, deleted, loaded, writer, client, event, at_ns, begin, end, reads);
}
void members(is<LogEntry> auto& s, auto&& visit) {
    auto& [key, is_del, value, writer, client, event, begin, end] = s;
    visit(key, is_del, value, writer, client, event, begin, end);
}
void members(is<Database> auto& s, auto&& visit) {
    auto& [id, path, in_memory, servers, openers, pairs, end, synced, read_end, rows, log, pending, pending_is_written, read_lines, puts, dels, gets, syncs, lock_holder, lock_waiters,
           sync_waiters, trouble, torn, torn_is_told, last_event] = s;
    visit(id, path, in_memory, servers, openers, pairs, end, synced, read_end, rows, log, pending, pending_is_written, read_lines, puts, dels, gets, syncs, lock_holder, lock_waiters,
          sync_waiters, trouble, torn, torn_is_told, last_event);
}
void members(is<World> auto& s, auto&& visit) {
    auto& [events, time_ns, began_ns, programs, actors, processes, descriptions, sockets, connections, commands, lost_events, calls,
           helper_lives, helper_pid, helper_trouble, helper_event, gate, gate_ms, breakpoints, last_broke, breakpoint_hits, last_step_done,
           step_still_running, last_moved, lab, capture, segments, flows, tcp_ends, table_trouble, databases, live_pids, fork_images,
           next_process, next_description, next_connection, next_unknown_socket, listening, ended_programs, ended_actors, ended_processes,
           ended_sockets, ended_connections, ended_segments, ended_flows, ended_tcp_ends, flow_between, tcp_end_of, next_flow] = s;
    visit(events, time_ns, began_ns, programs, actors, processes, descriptions, sockets, connections, commands, lost_events, calls,
          helper_lives, helper_pid, helper_trouble, helper_event, gate, gate_ms, breakpoints, last_broke, breakpoint_hits, last_step_done,
          step_still_running, last_moved, lab, capture, segments, flows, tcp_ends, table_trouble, databases, live_pids, fork_images,
          next_process, next_description, next_connection, next_unknown_socket, listening, ended_programs, ended_actors, ended_processes,
          ended_sockets, ended_connections, ended_segments, ended_flows, ended_tcp_ends, flow_between, tcp_end_of, next_flow);
}

}  // namespace synoptic::world_members
