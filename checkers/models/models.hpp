// The list of all models. A new one is one file beside this header, one line here, and one line
// in models.cpp.
#pragma once

#include "checkers/model.hpp"

namespace faultline {

const std::vector<Model>& all_models();
const Model* find_model(std::string_view name);  // null if there is none of that name

namespace models {
Model register_model();
Model cas_register();
Model multi_register();
Model mutex();
Model kv_append();
}  // namespace models

}  // namespace faultline
