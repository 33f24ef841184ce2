// The functions of kitle.h about what rules cost.
#include <utility>

#include "kitle/cost.h"
#include "library/c_rules.h"

struct kitle_cost {
  kitle::CostReport report;
};

namespace {

using kitle::c_interface::all_there;
using kitle::c_interface::clear;
using kitle::c_interface::fail;
using kitle::c_interface::give;
using kitle::c_interface::guarded;
using kitle::c_interface::invalid;
using kitle::c_interface::member_of;
using kitle::c_interface::names_of;
using kitle::c_interface::text_of;
using kitle::c_interface::TextRules;

const kitle::SegmentCost* segment_at(const kitle_cost* cost, size_t index) {
  if (cost == nullptr || index >= cost->report.segments.size()) return nullptr;
  return &cost->report.segments[index];
}

const kitle::OperationCost* operation_at(const kitle_cost* cost, size_t index) {
  if (cost == nullptr || index >= cost->report.operations.size()) {
    return nullptr;
  }
  return &cost->report.operations[index];
}

}  // namespace

extern "C" {

int kitle_cost_make(const kitle_rules* rules, const kitle_store* store,
                    int64_t now, const char* const* segments, size_t count,
                    int analyze, unsigned threads, kitle_cost** cost,
                    kitle_error** error) {
  return guarded(error, [&] {
    clear(cost);
    const bool there = rules != nullptr && store != nullptr &&
                       cost != nullptr && all_there(segments, count);
    if (!there) return invalid("an argument is NULL", error);
    const auto* readable = dynamic_cast<const TextRules*>(rules);
    if (readable == nullptr) {
      return fail(KITLE_UNSUPPORTED,
                  "a bundle cannot say what rules cost: that takes the rules' "
                  "text",
                  error);
    }
    return give(kitle::cost(readable->rules, store->store,
                            {.now = now,
                             .segments = names_of(segments, count),
                             .analyze = analyze != 0,
                             .threads = threads}),
                cost, error);
  });
}

uint32_t kitle_cost_profiles(const kitle_cost* cost) {
  return cost == nullptr ? 0 : cost->report.profiles;
}
uint64_t kitle_cost_events(const kitle_cost* cost) {
  return cost == nullptr ? 0 : cost->report.events;
}
uint64_t kitle_cost_bytes(const kitle_cost* cost) {
  return cost == nullptr ? 0 : cost->report.bytes;
}
const char* kitle_cost_form(const kitle_cost* cost) {
  return cost == nullptr ? nullptr : cost->report.form.c_str();
}
double kitle_cost_other_seconds(const kitle_cost* cost) {
  return cost == nullptr ? 0 : cost->report.other_seconds;
}
double kitle_cost_interpreter_seconds(const kitle_cost* cost) {
  return cost == nullptr ? 0 : cost->report.interpreter_seconds;
}
double kitle_cost_run_seconds(const kitle_cost* cost) {
  return cost == nullptr ? 0 : cost->report.run_seconds;
}
kitle_tier kitle_cost_run_tier(const kitle_cost* cost) {
  return cost == nullptr ? KITLE_TIER_AUTO
                         : static_cast<kitle_tier>(cost->report.run_tier);
}

size_t kitle_cost_segments(const kitle_cost* cost) {
  return cost == nullptr ? 0 : cost->report.segments.size();
}
const char* kitle_cost_segment_name(const kitle_cost* cost, size_t segment) {
  return text_of(segment_at(cost, segment), &kitle::SegmentCost::name);
}
uint32_t kitle_cost_segment_operations(const kitle_cost* cost, size_t segment) {
  return member_of(segment_at(cost, segment), &kitle::SegmentCost::operations);
}
uint32_t kitle_cost_segment_own_operations(const kitle_cost* cost,
                                           size_t segment) {
  return member_of(segment_at(cost, segment), &kitle::SegmentCost::own);
}
uint64_t kitle_cost_segment_events(const kitle_cost* cost, size_t segment) {
  return member_of(segment_at(cost, segment), &kitle::SegmentCost::events);
}
uint64_t kitle_cost_segment_bytes(const kitle_cost* cost, size_t segment) {
  return member_of(segment_at(cost, segment), &kitle::SegmentCost::bytes);
}
int kitle_cost_segment_changes_with_time(const kitle_cost* cost,
                                         size_t segment) {
  return member_of(segment_at(cost, segment),
                   &kitle::SegmentCost::moves_with_now)
             ? 1
             : 0;
}
const char* kitle_cost_segment_undecided_reason(const kitle_cost* cost,
                                                size_t segment) {
  return text_of(segment_at(cost, segment),
                 &kitle::SegmentCost::undecided_reason, "");
}
double kitle_cost_segment_seconds(const kitle_cost* cost, size_t segment) {
  return member_of(segment_at(cost, segment), &kitle::SegmentCost::seconds);
}
double kitle_cost_segment_own_seconds(const kitle_cost* cost, size_t segment) {
  return member_of(segment_at(cost, segment), &kitle::SegmentCost::own_seconds);
}

size_t kitle_cost_operations(const kitle_cost* cost) {
  return cost == nullptr ? 0 : cost->report.operations.size();
}
const char* kitle_cost_operation_text(const kitle_cost* cost,
                                      size_t operation) {
  return text_of(operation_at(cost, operation), &kitle::OperationCost::text);
}
uint32_t kitle_cost_operation_segments(const kitle_cost* cost,
                                       size_t operation) {
  return member_of(operation_at(cost, operation),
                   &kitle::OperationCost::segments);
}
uint64_t kitle_cost_operation_rows(const kitle_cost* cost, size_t operation) {
  return member_of(operation_at(cost, operation), &kitle::OperationCost::rows);
}
uint64_t kitle_cost_operation_events(const kitle_cost* cost, size_t operation) {
  return member_of(operation_at(cost, operation),
                   &kitle::OperationCost::events);
}
uint64_t kitle_cost_operation_bytes(const kitle_cost* cost, size_t operation) {
  return member_of(operation_at(cost, operation), &kitle::OperationCost::bytes);
}
double kitle_cost_operation_seconds(const kitle_cost* cost, size_t operation) {
  return member_of(operation_at(cost, operation),
                   &kitle::OperationCost::seconds);
}

void kitle_cost_free(kitle_cost* cost) { delete cost; }

}  // extern "C"
