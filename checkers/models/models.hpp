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
Model kv_append();
Model kv();
Model counter();
Model set();
Model mutex();
Model owner_aware_mutex();
Model semaphore();
Model fifo_queue();
Model bag();
Model priority_queue();
Model stack();
Model lossy_register();
}  // namespace models

}  // namespace faultline
