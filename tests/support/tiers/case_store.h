// The people of a case as a store on disk, in several forms that must all
// answer alike.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/status.h"
#include "runtime/store/snapshot.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiers/case_file.h"

namespace kitle::testing {

struct StoreForm {
  // Every third person is written a second time, as an overlay.
  bool overlay = false;
  // Erased people before the others, so that a block ends among those.
  uint32_t fillers = 0;
};

class CaseStore {
 public:
  static Result<std::shared_ptr<const CaseStore>> make(const Case& from,
                                                       StoreForm form);

  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
  std::string folder() const { return folder_.path(); }
  // By ordinal; "" for a filler.
  const std::string& key(uint32_t ordinal) const;

 private:
  explicit CaseStore(const Case& from, StoreForm form);

  TempFolder folder_;
  std::vector<std::string> keys_;
  uint32_t fillers_;
  std::shared_ptr<const Snapshot> snapshot_;
};

// As ingest leaves them: each type's events in the order of Meaning 13, rows
// of an order together, at the order's earliest time.
void put_in_order(const Schema& schema, CasePerson& person);

}  // namespace kitle::testing
