// The control: the same conversation without the cut. It tells whose fault a failure is.
#pragma once

#include "scenarios/runner/case.h"

namespace sockcr::runner {

// True for a request that is itself a control, whatever engine it names: nothing is cut.
bool is_control(const scenario::CaseRequest& request);

// The request of the control of `request`. What it leaves goes into the failure's own directory.
scenario::CaseRequest control_of(const scenario::CaseRequest& request);

// The verdict on a failure once its control has ended: the failure itself when the control passed,
// otherwise trouble, for the scenario or this machine is to blame.
scenario::CaseResult judged_with(const scenario::CaseResult& failure,
                                 const scenario::CaseResult& control);

// The verdict on a pass of which the peer is asked (--compare) whether it could tell: a failure
// where what it saw differs from the control in more than the declared differences.
scenario::CaseResult compared_with(const scenario::CaseResult& pass,
                                   const scenario::CaseResult& control);

// The verdict on a failure of a request that is itself a control.
scenario::CaseResult failed_control(const scenario::CaseResult& failure);

// The verdict on a failure whose control never ended.
scenario::CaseResult without_control(const scenario::CaseResult& failure);

}  // namespace sockcr::runner
