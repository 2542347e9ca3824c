// Switch: joins the nodes' ports. A thread of its own forwards packets from one to another, and
// cuts, delays, loses, duplicates, reorders, corrupts or holds them back by directed link, from
// the run's seed. Needs no kernel rule, and leaves none.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/environments/local/forwarder.hpp"

namespace faultline::local {

class Switch {
 public:
  // Begins to forward. `capture`: what is delivered is kept there; null for none.
  Switch(std::vector<SwitchPort> ports, const Rng& rng, std::unique_ptr<Capture> capture = nullptr);
  ~Switch();  // what is under way is lost; the capture is written
  Switch(const Switch&) = delete;
  Switch& operator=(const Switch&) = delete;

  // Any thread may call these; once they return, it is so.
  // These, and only these. It takes what comes due while it lasts, sent before it or not; what is
  // held back for longer arrives.
  void cut(const Links& links);
  // These, and only these. What is under way arrives as it would have.
  void impair(const Links& links, const LinkFault& fault);
  CountersByLink counters() const;
  // Packets delivered so far that are not in the capture: see Capture::missing().
  std::uint64_t missing_in_capture() const { return forwarder_.missing_in_capture(); }

 private:
  struct Command {
    const std::function<void()>& act;
    bool done = false;
  };

  void run();
  void wait() const;
  void forward_what_came();
  void carry_out_commands();
  void command(const std::function<void()>& act) const;  // in the thread; waits for it

  Forwarder forwarder_;  // the thread's alone
  FileDescriptor epoll_;
  FileDescriptor wake_up_;  // eventfd: there are commands
  bool stopping_ = false;   // the thread's alone

  mutable std::mutex mutex_;
  mutable std::condition_variable done_;
  mutable std::vector<Command*> commands_;  // not yet carried out
  std::thread thread_;                      // last: it uses all of the above
};

}  // namespace faultline::local
