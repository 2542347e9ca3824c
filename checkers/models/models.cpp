#include "checkers/models/models.hpp"

#include <algorithm>

namespace faultline {

const std::vector<Model>& all_models() {
  // A history without a model named is judged by the first that knows all its functions.
  static const std::vector<Model> list = {
      models::register_model(),
      models::cas_register(),
      models::multi_register(),
      models::kv_append(),
      models::kv(),
      models::counter(),
      models::set(),
      models::mutex(),
      models::owner_aware_mutex(),
      models::semaphore(),
      models::fifo_queue(),
      models::bag(),
      models::priority_queue(),
      models::stack(),
      models::lossy_register(),
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
