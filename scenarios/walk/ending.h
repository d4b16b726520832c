#pragma once

#include "scenarios/walk/line.h"
#include "scenarios/walk/model.h"

namespace sockcr::scenario {

// From wherever the walk has come to: to the end of every conversation.
Lines ending_of(Model model);

// Nothing is in flight any more.
Lines settles(const Model& model);

// Where the gate is a cable, what is in flight would come late and in any order.
Lines closes_the_gate(const Model& model);

// What follows where the gate opens or a fault goes: what has begun to connect is connected.
Lines arrival_of(Stage stage, const Model& model);

}  // namespace sockcr::scenario
