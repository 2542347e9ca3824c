#include "harness/store/formats/edn_ops.hpp"
#include "harness/store/formats/formats.hpp"

namespace faultline::formats {
namespace {

bool is_kv_function(std::string_view f) {
  return f == "get" || f == "put" || f == "append";
}

std::string kv_rule(const Op& op) {
  if (op.is_nemesis()) return {};
  if (!is_kv_function(op.f.name())) {
    return "expected the :f :get, :put or :append in a key-value log, found :" +
           excerpt(op.f.name());
  }
  if (op.key.is_nothing()) return "expected a :key in this op of a key-value log";
  const bool is_get = op.f.name() == "get";
  if (!op.value.is_text() && (!is_get || (!op.value.is_nothing() || op.type == OpType::ok))) {
    return "expected a string as the :value of this op of a key-value log";
  }
  return {};
}

}  // namespace

bool looks_like_porcupine_kv(std::string_view text) {
  if (!looks_like_edn(text)) return false;
  EdnReader reader(text);
  reader.enter();
  Edn form;
  if (reader.next(form) != EdnReader::Outcome::form) return false;
  const Edn* const f = find_keyword(form.untagged(), "f");
  return f != nullptr && is_kv_function(f->keyword()) &&
         find_keyword(form.untagged(), "key") != nullptr;
}

Result<RecordedHistory> read_porcupine_kv(const Source& source) {
  Result<RecordedHistory> history = read_edn_ops(source, kv_rule);
  if (history) {
    history->format = "porcupine-kv";
    history->nil_read_unconstrained = false;
  }
  return history;
}

}  // namespace faultline::formats
