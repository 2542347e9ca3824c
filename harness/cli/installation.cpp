#include "harness/cli/installation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <sstream>

#include "harness/cli/commands.hpp"
#include "harness/environments/local/find_program.hpp"
#include "harness/environments/local/run_program.hpp"

namespace faultline::cli {
namespace {

constexpr std::size_t kLastLines = 5;  // of apt-get's output, if it fails

// Runs as root. Debian's packages ask policy-rc.d whether they may start services: meanwhile it
// says no. It is put back by the trap, whatever happens; should this shell itself be killed with
// -9, our policy-rc.d sees that and decides as the one before it would have.
constexpr const char* kScript = R"sh(
set -u
policy=/usr/sbin/policy-rc.d
saved=$policy.before-faultline
restore() {
  grep -q 'faultline doctor' "$policy" 2>/dev/null && rm -f "$policy"
  [ ! -e "$saved" ] || mv -f "$saved" "$policy"
}
trap restore EXIT
trap 'exit 255' HUP INT TERM
restore
[ ! -e "$policy" ] || mv "$policy" "$saved" || exit
cat >"$policy" <<END || exit
#!/bin/sh
# Of faultline doctor --install, for as long as that runs.
[ -d /proc/$$ ] && exit 101
[ ! -x $saved ] || exec $saved "\$@"
exit 0
END
chmod 755 "$policy" || exit
export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null; }
install() { apt install -y --no-remove --no-install-recommends "$@"; }
install "$@" || { apt update && install "$@"; } || exit
for package in "$@"; do
  dpkg -L "$package" | while IFS= read -r file; do
    case $file in
    */lib/systemd/system/*.service) deb-systemd-helper disable "${file##*/}" || : ;;
    /etc/init.d/*) update-rc.d "${file##*/}" disable || : ;;
    esac
  done
done
)sh";

using local::ProgramRun;

ProgramRun run(const std::vector<std::string>& command) {
  auto done = local::run_program(command);
  if (!done) throw SystemError(done.error().message);
  return std::move(*done);
}

std::string last_lines(const std::string& text) {
  std::size_t begin = text.size();
  for (std::size_t lines = 0; begin > 0; --begin) {
    if (text[begin - 1] == '\n' && begin < text.size() && ++lines == kLastLines) break;
  }
  return text.substr(begin);
}

void say(const std::string& what) {
  fmt::print(stderr, "faultline: {}\n", what);
}

// How to become root: nothing, or sudo.
std::vector<std::string> as_root(const std::string& command) {
  if (::geteuid() == 0) return {};
  if (local::find_program("sudo").empty()) {
    throw SystemError(fmt::format("there is no sudo here; as root, run: {}", command));
  }
  return {"sudo"};
}

ProgramRun run_as_root(std::vector<std::string> command, const std::vector<std::string>& arguments,
                       const std::string& by_hand) {
  const std::vector<std::string> sudo = as_root(by_hand);
  command.insert(command.begin(), sudo.begin(), sudo.end());
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run(command);
}

}  // namespace

std::vector<std::string> removals_in(std::string_view simulation) {
  std::vector<std::string> removed;
  std::istringstream lines{std::string(simulation)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string what;
    std::string package;
    if (words >> what >> package && (what == "Remv" || what == "Purg")) removed.push_back(package);
  }
  return removed;
}

void install_packages(const std::vector<std::string>& packages) {
  const std::string by_hand = fmt::format("apt-get install {}", fmt::join(packages, " "));
  if (local::find_program("apt-get").empty()) {
    throw SystemError(
        fmt::format("there is no apt-get here, so install it by other means; it is in Debian's {}",
                    fmt::join(packages, ", ")));
  }
  (void)as_root(by_hand);  // before anything is done
  std::vector<std::string> simulate = {"env", "LC_ALL=C", "apt-get",
                                       "-s",  "install",  "--no-install-recommends"};
  simulate.insert(simulate.end(), packages.begin(), packages.end());
  ProgramRun plan = run(simulate);
  if (plan.code != 0) {
    say("reading the lists of packages ...");
    const ProgramRun update = run_as_root({"apt-get", "update"}, {}, by_hand);
    plan = run(simulate);
    if (plan.code != 0) {
      throw SystemError(fmt::format("apt-get cannot install {} here (on Debian 12 it can):\n{}",
                                    fmt::join(packages, ", "),
                                    last_lines(update.code == 0 ? plan.output : update.output)));
    }
  }
  const std::vector<std::string> removed = removals_in(plan.output);
  if (!removed.empty()) {
    throw SystemError(fmt::format("not done, for it would remove {}. If that is all right, run: {}",
                                  fmt::join(removed, ", "), by_hand));
  }
  say(fmt::format("installing {} ...", fmt::join(packages, ", ")));
  const ProgramRun done = run_as_root({"/bin/sh", "-c", kScript, "sh"}, packages, by_hand);
  if (done.code != 0) {
    throw SystemError(fmt::format("apt-get failed; to see all of it, run: {}\n{}", by_hand,
                                  last_lines(done.output)));
  }
}

}  // namespace faultline::cli
