// The people of tests, as a store in memory: one for each expectation, as told
// above it. Every tier can be asked about them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "compiler/typed.h"
#include "runtime/status.h"
#include "runtime/store/files.h"
#include "runtime/store/snapshot.h"

namespace kitle {

// One person: what happened, and attributes by the schema's index.
struct ToldPerson {
  std::span<const GivenEvent> events;
  std::span<const GivenValue> attributes;
};

class ToldPeople {
 public:
  // Ordinals are places in `people`. kNotFound, kInvalid: the zone's rules.
  static Result<std::shared_ptr<const ToldPeople>> make(
      const Repository& repository, const std::vector<ToldPerson>& people);

  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }

  ToldPeople(std::unique_ptr<Files> files,
             std::shared_ptr<const Snapshot> snapshot)
      : files_(std::move(files)), snapshot_(std::move(snapshot)) {}

 private:
  std::unique_ptr<Files> files_;  // outlives the snapshot
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace kitle
