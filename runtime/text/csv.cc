// Walks from one special byte to the next over the masks of csv_index.
#include "runtime/text/csv.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "runtime/text/csv_index.h"

namespace kitle {

std::string_view describe(CsvError error) {
  switch (error) {
    case CsvError::kNone:
      return "nothing";
    case CsvError::kColumnCount:
      return "another number of columns";
    case CsvError::kStrayQuote:
      return "a quote inside a field that does not begin with one";
    case CsvError::kAfterQuote:
      return "something other than a delimiter behind a closing quote";
    case CsvError::kUnclosedQuote:
      return "a quote is never closed";
    case CsvError::kNul:
      return "a NUL byte";
    case CsvError::kUtf8:
      return "bytes that are not UTF-8";
    case CsvError::kTooLong:
      return "a row longer than 16 MiB";
  }
  return "";
}

size_t unquote(std::string_view field, char quote, char* to) {
  char* const begin = to;
  for (size_t i = 0; i < field.size(); i++) {
    *to++ = field[i];
    if (field[i] == quote) i++;
  }
  return static_cast<size_t>(to - begin);
}

size_t CsvSplitter::split(std::string_view text, bool last, size_t max_records,
                          CsvRecords& out) {
  assert(text.size() <= UINT32_MAX);
  text_ = text;
  last_ = last;
  special_.resize(text.size() / 64 + 1);
  high_.resize(text.size() / 64 + 1);
  index_csv(text, delimiter_, quote_, special_.data(), high_.data());
  size_t done = skipping_ ? skip_line(0) : 0;
  const size_t stop = out.records.size() + max_records;
  while (done < text.size() && out.records.size() < stop) {
    Scan scan{out, {}, static_cast<uint32_t>(done)};
    scan.record.begin = scan.at;
    scan.record.first_field = static_cast<uint32_t>(out.fields.size());
    scan.record.line = line_;
    Step step = record(scan);
    if (step == Step::kBroken && !recover(scan)) step = Step::kMore;
    if (step == Step::kMore && !give_up(scan)) {
      out.fields.resize(scan.record.first_field);
      break;
    }
    keep(scan);
    done = scan.at;
  }
  return done;
}

// Fields up to the record's end.
CsvSplitter::Step CsvSplitter::record(Scan& scan) {
  Step step = Step::kField;
  while (step == Step::kField) {
    const bool quoted = scan.at < text_.size() && text_[scan.at] == quote_;
    step = quoted ? quoted_field(scan) : plain_field(scan);
  }
  return step;
}

CsvSplitter::Step CsvSplitter::plain_field(Scan& scan) {
  const uint32_t begin = scan.at;
  uint32_t end = next_special(begin);
  while (end < text_.size() && text_[end] == '\0') {
    scan.nul = true;
    end = next_special(end + 1);
  }
  const bool at_end = end == text_.size();
  if (at_end && !last_) return Step::kMore;
  if (!at_end && text_[end] == delimiter_) {
    scan.out.fields.push_back({begin, end});
    scan.at = end + 1;
    return Step::kField;
  }
  if (!at_end && text_[end] == quote_)
    return broken(scan, CsvError::kStrayQuote);
  const bool crlf = !at_end && end > begin && text_[end - 1] == '\r';
  scan.record.end = crlf ? end - 1 : end;
  scan.out.fields.push_back({begin, scan.record.end});
  scan.at = at_end ? end : end + 1;
  line_ += !at_end;
  return Step::kRecord;
}

CsvSplitter::Step CsvSplitter::quoted_field(Scan& scan) {
  CsvField field{scan.at + 1, 0, true};
  uint32_t at = next_special(field.begin);
  for (; at < text_.size(); at = next_special(at + 1)) {
    if (text_[at] == quote_) {
      const bool more = at + 1 == text_.size() && !last_;
      if (more) return Step::kMore;
      if (at + 1 == text_.size() || text_[at + 1] != quote_) break;
      field.doubled = true;
      at++;
    } else if (text_[at] == '\n') {
      line_++;
    } else if (text_[at] == '\0') {
      scan.nul = true;
    }
  }
  if (at == text_.size()) {
    return last_ ? broken(scan, CsvError::kUnclosedQuote) : Step::kMore;
  }
  field.end = at;
  scan.out.fields.push_back(field);
  return behind_quote(scan, at + 1);
}

CsvSplitter::Step CsvSplitter::behind_quote(Scan& scan, uint32_t behind) {
  scan.record.end = behind;
  scan.at = behind + 1;
  const std::string_view rest = text_.substr(behind);
  if (rest.empty()) {
    scan.at = behind;
    return last_ ? Step::kRecord : Step::kMore;
  }
  if (rest[0] == delimiter_) return Step::kField;
  if (rest[0] == '\r' && rest.size() == 1 && !last_) return Step::kMore;
  const bool crlf = rest.starts_with("\r\n");
  if (!crlf && rest[0] != '\n') return broken(scan, CsvError::kAfterQuote);
  scan.at += crlf;
  line_++;
  return Step::kRecord;
}

CsvSplitter::Step CsvSplitter::broken(Scan& scan, CsvError error) {
  scan.record.error = error;
  return Step::kBroken;
}

// Ends a broken record at the end of its first line; false if that line's end
// is not in the text yet.
bool CsvSplitter::recover(Scan& scan) {
  CsvRecord& record = scan.record;
  const size_t newline = text_.find('\n', record.begin);
  if (newline == std::string_view::npos && !last_) return false;
  const size_t end = std::min(newline, text_.size());
  scan.at = static_cast<uint32_t>(std::min(end + 1, text_.size()));
  record.end = static_cast<uint32_t>(end);
  const bool crlf = end > record.begin && text_[end - 1] == '\r';
  if (crlf && newline != std::string_view::npos) record.end--;
  line_ = record.line + (newline != std::string_view::npos);
  return true;
}

// A record that does not end within the limit is broken; false while it still
// may end.
bool CsvSplitter::give_up(Scan& scan) {
  CsvRecord& record = scan.record;
  line_ = record.line;
  if (text_.size() - record.begin <= kMaxCsvRecord) return false;
  record.error = CsvError::kTooLong;
  if (recover(scan)) return true;
  record.end = static_cast<uint32_t>(text_.size());
  scan.at = record.end;
  skipping_ = true;
  return true;
}

void CsvSplitter::keep(Scan& scan) {
  CsvRecord& record = scan.record;
  const bool empty = record.begin == record.end;
  if (empty && columns_ != 1 && record.error == CsvError::kNone) {
    scan.out.fields.resize(record.first_field);
    return;
  }
  record.fields =
      static_cast<uint32_t>(scan.out.fields.size()) - record.first_field;
  record.ascii = !any_high(record.begin, record.end);
  if (record.error == CsvError::kNone) record.error = judge(scan);
  if (record.error != CsvError::kNone) {
    scan.out.fields.resize(record.first_field);
  }
  scan.out.records.push_back(record);
}

CsvError CsvSplitter::judge(const Scan& scan) const {
  const CsvRecord& record = scan.record;
  if (record.end - record.begin > kMaxCsvRecord) return CsvError::kTooLong;
  if (scan.nul) return CsvError::kNul;
  if (utf8_ && !record.ascii &&
      !utf8_(text_.substr(record.begin, record.end - record.begin))) {
    return CsvError::kUtf8;
  }
  const bool counted = columns_ == 0 || record.fields == columns_;
  return counted ? CsvError::kNone : CsvError::kColumnCount;
}

size_t CsvSplitter::skip_line(size_t from) {
  const size_t newline = text_.find('\n', from);
  if (newline == std::string_view::npos) return text_.size();
  skipping_ = false;
  line_++;
  return newline + 1;
}

uint32_t CsvSplitter::next_special(uint32_t from) const {
  const auto size = static_cast<uint32_t>(text_.size());
  if (from >= size) return size;
  uint32_t word = from / 64;
  uint64_t bits = special_[word] & (~uint64_t{0} << from % 64);
  const uint32_t words = (size + 63) / 64;
  while (bits == 0 && ++word < words) bits = special_[word];
  if (bits == 0) return size;
  return word * 64 + static_cast<uint32_t>(std::countr_zero(bits));
}

bool CsvSplitter::any_high(uint32_t begin, uint32_t end) const {
  if (begin == end) return false;
  uint64_t bits = high_[begin / 64] & (~uint64_t{0} << begin % 64);
  const uint64_t tail = ~uint64_t{0} >> (63 - (end - 1) % 64);
  for (uint32_t word = begin / 64; word < (end - 1) / 64; word++) {
    if (bits != 0) return true;
    bits = high_[word + 1];
  }
  return (bits & tail) != 0;
}

}  // namespace kitle
