/* SPDX-License-Identifier: MIT */
/* The one list of sections: what is not here is never run. */
#include "conformance/cases/cases.h"

extern const struct case_list encode_cases;
extern const struct case_list framing_cases;
extern const struct case_list frames_cases;
extern const struct case_list malformed_cases;
extern const struct case_list envelope_cases;
extern const struct case_list requests_cases;
extern const struct case_list correlation_cases;
extern const struct case_list calls_cases;
extern const struct case_list streams_cases;
extern const struct case_list callers_cases;
extern const struct case_list errors_cases;
extern const struct case_list default_deny_cases;
extern const struct case_list access_cases;
extern const struct case_list authority_cases;
extern const struct case_list discovery_cases;
extern const struct case_list identity_cases;
extern const struct case_list claims_cases;
extern const struct case_list symmetric_cases;
extern const struct case_list both_cases;
extern const struct case_list endings_cases;
extern const struct case_list loss_cases;
extern const struct case_list hostile_cases;
extern const struct case_list timeouts_cases;
extern const struct case_list handshake_cases;
extern const struct case_list subscriptions_cases;
extern const struct case_list subscribers_cases;
extern const struct case_list backpressure_cases;
extern const struct case_list deadlines_cases;
extern const struct case_list batch_cases;
extern const struct case_list breakdowns_cases;
extern const struct case_list aborts_cases;
extern const struct case_list strays_cases;
extern const struct case_list departures_cases;
extern const struct case_list giving_up_cases;
extern const struct case_list composed_cases;
extern const struct case_list cascade_cases;
extern const struct case_list crossed_cases;
extern const struct case_list shared_cases;
extern const struct case_list paused_cases;
extern const struct case_list imports_cases;
extern const struct case_list failed_imports_cases;
extern const struct case_list peers_cases;
extern const struct case_list forwarding_cases;
extern const struct case_list feeds_cases;
extern const struct case_list forwarded_ends_cases;
extern const struct case_list list_peers_cases;
extern const struct case_list ownership_cases;
extern const struct case_list inputs_cases;
extern const struct case_list policy_cases;

const struct case_list *const cases_sections[] = {
    &encode_cases,        &framing_cases,        &frames_cases,
    &malformed_cases,     &envelope_cases,       &requests_cases,
    &correlation_cases,   &calls_cases,          &streams_cases,
    &callers_cases,       &errors_cases,         &default_deny_cases,
    &access_cases,        &authority_cases,      &discovery_cases,
    &identity_cases,      &claims_cases,         &symmetric_cases,
    &both_cases,          &endings_cases,        &loss_cases,
    &hostile_cases,       &timeouts_cases,       &handshake_cases,
    &subscriptions_cases, &subscribers_cases,    &backpressure_cases,
    &deadlines_cases,     &batch_cases,          &breakdowns_cases,
    &aborts_cases,        &strays_cases,         &departures_cases,
    &giving_up_cases,     &composed_cases,       &cascade_cases,
    &crossed_cases,       &shared_cases,         &paused_cases,
    &imports_cases,       &failed_imports_cases, &peers_cases,
    &forwarding_cases,    &feeds_cases,          &forwarded_ends_cases,
    &list_peers_cases,    &ownership_cases,      &inputs_cases,
    &policy_cases,
};

const size_t cases_sections_count =
    sizeof cases_sections / sizeof cases_sections[0];
