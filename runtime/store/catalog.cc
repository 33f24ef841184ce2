// Ids by name.
#include "runtime/store/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kitle {
namespace {

template <class T>
const T* find_name(const std::vector<T>& list, std::string_view name) {
  const auto found = std::ranges::find(list, name, &T::name);
  return found == list.end() ? nullptr : &*found;
}

template <class T>
bool names_differ(const std::vector<T>& list) {
  std::set<std::string_view> names;
  for (const T& thing : list) names.insert(thing.name);
  return names.size() == list.size() && !names.contains("");
}

std::string described(const Column& column) {
  return std::string(type_name(column.type)) +
         (column.personal ? " personal" : "");
}

// What is wrong with a change of the columns of a table; "" if nothing.
std::string change_of(const std::vector<Column>& known,
                      const std::vector<Column>& wanted,
                      const std::string& table) {
  if (!names_differ(wanted)) {
    return fmt::format("{} has a name twice, or an empty one", table);
  }
  for (const Column& column : wanted) {
    const Column* old = find_name(known, column.name);
    if (old == nullptr || described(*old) == described(column)) continue;
    return fmt::format("{}.{} is {} in the schema and {} in the store", table,
                       column.name, described(column), described(*old));
  }
  return "";
}

std::vector<Column> merged(const std::vector<Column>& known,
                           std::vector<Column> wanted, uint32_t& next) {
  for (Column& column : wanted) {
    const Column* old = find_name(known, column.name);
    column.id = old != nullptr ? old->id : next++;
  }
  for (const Column& column : known) {
    if (find_name(wanted, column.name) == nullptr) wanted.push_back(column);
  }
  return wanted;
}

std::string counted_by(const EventType& event) {
  return event.counted_by ? event.columns[*event.counted_by].name : "";
}

// Whose store it is: a profile by another name, or with another key, is of
// another one. "" if it is theirs.
std::string other_people(const Schema& known, const Schema& wanted) {
  const bool same = known.profile_name == wanted.profile_name &&
                    known.key_name == wanted.key_name;
  if (same) return "";
  return fmt::format(
      "people are `profile {}` with the key `{}` in the store and `profile "
      "{}` with the key `{}` in the schema; they need a store of their own",
      known.profile_name, known.key_name, wanted.profile_name, wanted.key_name);
}

std::string change_of(const Schema& known, const Schema& wanted) {
  if (!names_differ(wanted.events)) {
    return "the schema has an event twice, or one without a name";
  }
  std::string change =
      change_of(known.attributes, wanted.attributes, wanted.profile_name);
  for (const EventType& event : wanted.events) {
    const EventType* old = find_name(known.events, event.name);
    const std::vector<Column> none;
    if (!change.empty()) return change;
    change = change_of(old != nullptr ? old->columns : none, event.columns,
                       event.name);
    if (change.empty() && old != nullptr &&
        counted_by(*old) != counted_by(event)) {
      return fmt::format(
          "{} is counted by '{}' in the schema and by '{}' in "
          "the store",
          event.name, counted_by(event), counted_by(*old));
    }
  }
  return change;
}

// In the schema's order, so that no block's content decides.
void number_local_domains(Manifest& manifest) {
  const auto number = [&](const std::vector<Column>& columns) {
    for (const Column& column : columns) {
      if (is_block_wide(column)) manifest.intern_local_domain(column.name);
    }
  };
  number(manifest.schema.attributes);
  for (const EventType& event : manifest.schema.events) number(event.columns);
}

bool has_money(const Schema& schema) {
  const auto money = [](const Column& column) {
    return column.type == TypeKind::kMoney;
  };
  return std::ranges::any_of(schema.attributes, money) ||
         std::ranges::any_of(schema.events, [&](const EventType& event) {
           return std::ranges::any_of(event.columns, money);
         });
}

Status invalid(const std::string& folder, std::string cause) {
  return Status(StatusCode::kInvalid, "open for writing", folder,
                std::move(cause));
}

// The next column id of each table: of the profile, then by event.
class NextColumns {
 public:
  explicit NextColumns(const Manifest& manifest) : manifest_(manifest) {}
  uint32_t of_profile() const {
    return manifest_.next_column.empty() ? 1 : manifest_.next_column[0];
  }
  uint32_t of(const EventType* known) const {
    if (known == nullptr) return 1;
    return manifest_.next_column[known - manifest_.schema.events.data() + 1];
  }

 private:
  const Manifest& manifest_;
};

}  // namespace

const char* type_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::kFlag:
      return "flag";
    case TypeKind::kInteger:
      return "integer";
    case TypeKind::kNumber:
      return "number";
    case TypeKind::kMoney:
      return "money";
    case TypeKind::kText:
      return "text";
    case TypeKind::kCode:
      return "code";
    case TypeKind::kDate:
      return "date";
    case TypeKind::kTime:
      return "time";
    case TypeKind::kDuration:
      return "duration";
    case TypeKind::kTextList:
      return "list of text";
    case TypeKind::kCodeList:
      return "list of code";
  }
  return "unknown";
}

Status evolve_schema(Manifest& manifest, const Schema& wanted,
                     const std::string& folder) {
  const Schema& known = manifest.schema;
  std::string change = change_of(known, wanted);
  if (change.empty() && manifest.profiles > 0) {
    change = other_people(known, wanted);
  }
  if (!change.empty()) return invalid(folder, std::move(change));

  const NextColumns next(manifest);
  Schema schema = wanted;
  std::vector<uint32_t> next_column{next.of_profile()};
  schema.attributes =
      merged(known.attributes, wanted.attributes, next_column[0]);
  for (EventType& event : schema.events) {
    const EventType* old = find_name(known.events, event.name);
    next_column.push_back(next.of(old));
    event.columns =
        merged(old != nullptr ? old->columns : std::vector<Column>(),
               event.columns, next_column.back());
    event.id = old != nullptr ? old->id : manifest.next_table++;
  }
  for (const EventType& event : known.events) {
    if (find_name(schema.events, event.name) != nullptr) continue;
    next_column.push_back(next.of(&event));
    schema.events.push_back(event);
  }
  manifest.schema = std::move(schema);
  manifest.next_column = std::move(next_column);
  number_local_domains(manifest);
  return {};
}

Status evolve_settings(Manifest& manifest, const Settings& wanted,
                       const std::string& folder) {
  const Settings& known = manifest.settings;
  const bool other_money = known.currency != wanted.currency ||
                           known.currency_digits != wanted.currency_digits;
  if (other_money && manifest.profiles > 0 && has_money(manifest.schema)) {
    return invalid(folder,
                   fmt::format("money is {} with {} digits in the rules "
                               "and {} with {} digits in the store",
                               wanted.currency, wanted.currency_digits,
                               known.currency, known.currency_digits));
  }
  manifest.settings = wanted;
  return {};
}

}  // namespace kitle
