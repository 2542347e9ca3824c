#include "harness/store/formats/etcd_json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "harness/store/formats/interval_history.hpp"
#include "harness/store/source.hpp"

namespace faultline::formats {
namespace {

using Object = simdjson::dom::object;
using Element = simdjson::dom::element;
using Kind = EtcdOperation::Kind;

// A time later than this is how some tools write "never".
constexpr std::int64_t kFarFuture = std::int64_t{1} << 62;

// Go writes what is not there as null.
bool find(const Object& object, std::string_view name, Element& out) {
  return object.at_key(name).get(out) == simdjson::SUCCESS && !out.is_null();
}

// etcd's tests keep a value of 20 bytes and more as its hash (FNV-1a). No such text is shorter, so
// that none is mistaken for a value that was kept.
std::string text_of_hash(std::uint64_t hash) {
  return fmt::format("a long text, hash {:08x}", hash);
}

std::string shortened(std::string_view value) {
  constexpr std::size_t kKept = 20;
  if (value.size() < kKept) return std::string(value);
  std::uint32_t hash = 2166136261U;
  for (const char c : value) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return text_of_hash(hash);
}

// Takes objects apart. Each function returns false if something is not as expected; expected() then
// says the first such thing.
class Taker {
 public:
  explicit Taker(std::string& expected) : expected_(expected) {}

  bool operation(const Object& object, EtcdOperation& out) {
    Object input;
    if (!integer(object, has(object, "ClientId") ? "ClientId" : "ClientID", out.client, true)) {
      return false;
    }
    if (out.client < 0 || out.client >= IntervalHistory::kMostClients) {
      return fail("a ClientId from 0 to 999999999");
    }
    if (!integer(object, "Call", out.call, true)) return false;
    return child(object, "Input", input) && request(input, out) && response(object, out) &&
           end(object, out);
  }

 private:
  bool fail(std::string what) {
    expected_ = std::move(what);
    return false;
  }

  static bool has(const Object& object, std::string_view name) {
    Element ignored;
    return find(object, name, ignored);
  }

  bool integer(const Object& object, std::string_view name, std::int64_t& out,
               bool required = false) {
    Element element;
    if (!find(object, name, element)) {
      return !required || fail(fmt::format("a {}, an integer", name));
    }
    return element.get(out) == simdjson::SUCCESS || fail(fmt::format("an integer as {}", name));
  }

  bool text(const Object& object, std::string_view name, std::string& out, bool required = false) {
    Element element;
    std::string_view view;
    if (!find(object, name, element)) {
      return !required || fail(fmt::format("a {}, a string", name));
    }
    if (element.get(view) != simdjson::SUCCESS) return fail(fmt::format("a string as {}", name));
    out = view;
    return true;
  }

  bool child(const Object& object, std::string_view name, Object& out) {
    Element element;
    if (!find(object, name, element)) return fail(fmt::format("an object {}", name));
    return element.get(out) == simdjson::SUCCESS || fail(fmt::format("an object as {}", name));
  }

  // Calls take(object, item) for each object in the array under a name; absent, it is empty.
  template <class Item, class Take>
  bool items(const Object& object, std::string_view name, std::vector<Item>& out, Take take) {
    Element element;
    if (!find(object, name, element)) return true;
    simdjson::dom::array array;
    if (element.get(array) != simdjson::SUCCESS) return fail(fmt::format("an array as {}", name));
    for (const Element each : array) {
      Object item;
      if (each.get(item) != simdjson::SUCCESS) return fail(fmt::format("objects in {}", name));
      if (!take(item, out.emplace_back())) return false;
    }
    return true;
  }

  bool value(const Object& object, Value& out) {
    out = Value("");
    Element element;
    if (!find(object, "Value", element)) return true;
    std::string_view plain;
    Object wrapped;
    if (element.get(plain) == simdjson::SUCCESS) {
      out = Value(shortened(plain));
      return true;
    }
    if (element.get(wrapped) != simdjson::SUCCESS) {
      return fail(R"(a Value, {"Value":"text"} or {"Hash":number})");
    }
    std::string kept;
    std::int64_t hash = 0;
    if (!text(wrapped, "Value", kept) || !integer(wrapped, "Hash", hash)) return false;
    out = Value(hash == 0 ? shortened(kept) : text_of_hash(static_cast<std::uint64_t>(hash)));
    return true;
  }

  bool range(const Object& object, EtcdRange& out) {
    return text(object, "Start", out.start, true) && text(object, "End", out.end) &&
           integer(object, "Limit", out.limit) && integer(object, "Revision", out.revision);
  }

  bool condition(const Object& object, EtcdCondition& out) {
    std::int64_t version = 0;
    if (!text(object, "Key", out.key, true) || !integer(object, "ExpectedVersion", version) ||
        !integer(object, "ExpectedRevision", out.revision.emplace())) {
      return false;
    }
    if (version > 0) out.revision.reset();
    return true;
  }

  bool action(const Object& object, EtcdAction& out) {
    std::string type;
    Object body;
    if (!text(object, "Type", type, true)) return false;
    if (type == "range-operation") {
      return child(object, "Range", body) && range(body, out.range);
    }
    if (type == "put-operation") {
      out.kind = EtcdAction::Kind::put;
      return child(object, "Put", body) && text(body, "Key", out.key, true) &&
             value(body, out.value) && integer(body, "LeaseID", out.lease);
    }
    if (type == "delete-operation") {
      out.kind = EtcdAction::Kind::remove;
      return child(object, "Delete", body) && text(body, "Key", out.key, true);
    }
    return fail(
        fmt::format("an operation of the Type range-operation, put-operation or "
                    "delete-operation, not {}",
                    excerpt(type)));
  }

  bool actions(const Object& txn, std::string_view name, std::vector<EtcdAction>& out) {
    if (!items(txn, name, out, [&](const Object& o, EtcdAction& a) { return action(o, a); })) {
      return false;
    }
    std::vector<std::string_view> keys;
    for (const EtcdAction& each : out) {
      if (each.writes()) keys.push_back(each.key);
    }
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) == keys.end() ||
           fail(fmt::format("{} that write each key once, as etcd demands", name));
  }

  bool request(const Object& input, EtcdOperation& out) {
    std::string type;
    Object body;
    if (!text(input, "Type", type, true)) return false;
    if (type == "range") {
      out.kind = Kind::range;
      return child(input, "Range", body) && range(body, out.range);
    }
    if (type == "txn") {
      out.kind = Kind::txn;
      return child(input, "Txn", body) &&
             items(body, "Conditions", out.conditions,
                   [&](const Object& o, EtcdCondition& c) { return condition(o, c); }) &&
             actions(body, "OperationsOnSuccess", out.on_success) &&
             actions(body, "OperationsOnFailure", out.on_failure);
    }
    if (type == "leaseRevoke") {
      out.kind = Kind::revoke;
      return child(input, "LeaseRevoke", body) && integer(body, "LeaseID", out.lease);
    }
    if (type == "leaseGrant" || type == "compact" || type == "defragment") return true;
    return fail(
        fmt::format("an Input of the Type range, txn, leaseGrant, leaseRevoke, compact or "
                    "defragment, not {}",
                    excerpt(type)));
  }

  bool found(const Object& object, EtcdKeyValue& out) {
    return text(object, "Key", out.key, true) && value(object, out.value) &&
           integer(object, "ModRevision", out.revision);
  }

  bool result(const Object& object, EtcdResult& out) {
    if (!items(object, "KVs", out.found,
               [&](const Object& o, EtcdKeyValue& kv) { return found(o, kv); }) ||
        !integer(object, "Count", out.count) || !integer(object, "Deleted", out.deleted)) {
      return false;
    }
    std::sort(out.found.begin(), out.found.end(),
              [](const EtcdKeyValue& a, const EtcdKeyValue& b) { return a.key < b.key; });
    return true;
  }

  bool failure(const Object& output, EtcdOperation& out) {
    if (!text(output, "Error", out.error)) return false;
    if (!out.error.empty()) return true;
    if (!text(output, "ClientError", out.error)) return false;
    if (!out.error.empty()) out.answer = EtcdOperation::Answer::refused;
    return true;
  }

  bool txn_response(const Object& body, EtcdOperation& out) {
    Element failure;
    if (find(body, "Failure", failure) && failure.get(out.condition_failed) != simdjson::SUCCESS) {
      return fail("true or false as Failure");
    }
    if (!items(body, "Results", out.results,
               [&](const Object& o, EtcdResult& r) { return result(o, r); })) {
      return false;
    }
    return out.results.size() == out.carried_out().size() ||
           fail(fmt::format("as many Results as operations were carried out, {}, not {}",
                            out.carried_out().size(), out.results.size()));
  }

  // Without the response that fits the request it is unknown what happened.
  bool response(const Object& object, EtcdOperation& out) {
    Object returned;
    Object response;
    if (!has(object, "Output")) return true;
    if (!child(object, "Output", returned) || !failure(returned, out)) return false;
    if (!out.error.empty()) return true;
    const char* const name = out.kind == Kind::range ? "Range" : "Txn";
    if ((out.kind != Kind::range && out.kind != Kind::txn) || !has(returned, name)) {
      return true;
    }
    if (!child(returned, name, response) || !integer(returned, "Revision", out.revision))
      return false;
    out.answer = EtcdOperation::Answer::known;
    return out.kind == Kind::txn ? txn_response(response, out)
                                 : result(response, out.results.emplace_back());
  }

  bool end(const Object& object, EtcdOperation& out) {
    Element element;
    std::int64_t time = 0;
    if (find(object, "Return", element)) {
      if (!element.is_number()) return fail("a Return, an integer");
      if (element.get(time) != simdjson::SUCCESS) time = kFarFuture;  // beyond 64 bits
    }
    if (time != 0 && time < out.call) return fail("a Return not before the Call");
    if (time == 0 || time >= kFarFuture) {
      out.answer = EtcdOperation::Answer::unknown;
      out.condition_failed = false;
      out.results.clear();
    } else {
      out.end = time;
    }
    return true;
  }

  std::string& expected_;
};

}  // namespace

struct EtcdJsonReader::Parser {
  simdjson::dom::parser dom;
};

EtcdJsonReader::EtcdJsonReader() : parser_(std::make_unique<Parser>()) {}
EtcdJsonReader::~EtcdJsonReader() = default;

EtcdJsonReader::Outcome EtcdJsonReader::read(std::string_view json, EtcdOperation& out) {
  static_assert(Source::kPadding >= simdjson::SIMDJSON_PADDING);
  Element element;
  const auto error = parser_->dom.parse(json.data(), json.size(), false).get(element);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) return Outcome::no_json;
  Object object;
  out = EtcdOperation();
  if (element.get(object) != simdjson::SUCCESS) {
    expected_ = "an object";
    return Outcome::bad;
  }
  return Taker(expected_).operation(object, out) ? Outcome::good : Outcome::bad;
}

}  // namespace faultline::formats
