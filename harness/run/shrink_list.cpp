#include "harness/run/shrink_list.hpp"

#include <algorithm>
#include <numeric>

namespace faultline {
namespace {

class Ddmin {
 public:
  Ddmin(std::size_t count, const std::function<bool(const Positions&)>& fails,
        const std::function<bool()>& stop)
      : fails_(fails), stop_(stop), kept_(count) {
    std::iota(kept_.begin(), kept_.end(), std::size_t{0});
  }

  Positions run() {
    if (kept_.empty() || keep({})) return kept_;
    while (keep_a_part()) {
    }
    for (std::size_t size = std::max<std::size_t>(1, kept_.size() / 2);; size /= 2) {
      while (remove_parts(size) &&
             size == 1) {  // until nothing can be removed from all that is left
      }
      if (size == 1 || stop_()) return kept_;
    }
  }

 private:
  bool keep(Positions candidate) {
    if (stop_() || !fails_(candidate)) return false;
    kept_ = std::move(candidate);
    return true;
  }

  Positions part(std::size_t begin, std::size_t end) const {
    return {kept_.begin() + static_cast<std::ptrdiff_t>(begin),
            kept_.begin() + static_cast<std::ptrdiff_t>(std::min(end, kept_.size()))};
  }

  // A half, or else a quarter. The later ones first: what fails is found at the end.
  bool keep_a_part() {
    for (const std::size_t parts : {2U, 4U}) {
      if (kept_.size() < parts) return false;
      const std::size_t size = (kept_.size() + parts - 1) / parts;
      for (std::size_t i = parts; i-- > 0;) {
        if (i * size < kept_.size() && keep(part(i * size, (i + 1) * size))) return true;
      }
    }
    return false;
  }

  // True if it could do without some part of that size.
  bool remove_parts(std::size_t size) {
    bool removed = false;
    for (std::size_t at = 0; at < kept_.size() && !stop_();) {
      Positions rest = part(0, at);
      const Positions behind = part(std::min(at + size, kept_.size()), kept_.size());
      rest.insert(rest.end(), behind.begin(), behind.end());
      if (keep(std::move(rest))) {
        removed = true;
      } else {
        at += size;
      }
    }
    return removed;
  }

  const std::function<bool(const Positions&)>& fails_;
  const std::function<bool()>& stop_;
  Positions kept_;
};

}  // namespace

Positions ddmin(std::size_t count, const std::function<bool(const Positions& kept)>& fails,
                const std::function<bool()>& stop) {
  return Ddmin(count, fails, stop).run();
}

}  // namespace faultline
