#include "checkers/models/models.hpp"

#include <algorithm>

namespace faultline {

const std::vector<Model>& all_models() {
  static const std::vector<Model> list = {
      models::register_model(), models::cas_register(), models::multi_register(),
      models::mutex(),          models::kv_append(),
  };
  return list;
}

const Model* find_model(std::string_view name) {
  const auto& list = all_models();
  const auto it = std::find_if(list.begin(), list.end(),
                               [&](const Model& model) { return model.name == name; });
  return it == list.end() ? nullptr : &*it;
}

}  // namespace faultline
