// Exact decimals, written times, written durations.
#include "runtime/ingest/decimal.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "runtime/ingest/duration.h"
#include "runtime/ingest/time_format.h"

namespace kitle::testing {
namespace {

Decimal decimal(std::string_view text) {
  Decimal value;
  EXPECT_EQ(read_decimal(text, value), DecimalError::kNone) << text;
  return value;
}

TEST(Decimal, ReadsWhatIsWritten) {
  EXPECT_EQ(to_text(decimal("12.50")), "12.50");
  EXPECT_EQ(compare(decimal("1.2e1"), decimal("12")), 0);
  EXPECT_EQ(compare(decimal("-.5"), decimal("-0.50")), 0);
  EXPECT_EQ(compare(decimal("+1e3"), decimal("1000")), 0);
  EXPECT_EQ(compare(decimal("5."), decimal("5")), 0);
  EXPECT_EQ(to_text(decimal("25e-4")), "0.0025");
  EXPECT_EQ(compare(decimal("00012"), decimal("12")), 0);
}

TEST(Decimal, RefusesWhatIsNone) {
  Decimal value;
  for (const char* text :
       {"", " 1", "1 ", "-", ".", "1.2.3", "e5", "1e", "0x10", "NaN", "inf",
        "\xe2\x88\x92"
        "1",
        "1_000", "12a", "--1"}) {
    EXPECT_EQ(read_decimal(text, value), DecimalError::kNotANumber) << text;
  }
  for (const char* text : {"1,5", "1.234,56", "1,234.56"}) {
    EXPECT_EQ(read_decimal(text, value), DecimalError::kComma) << text;
  }
  EXPECT_EQ(read_decimal(std::string(39, '9'), value), DecimalError::kTooLarge);
  EXPECT_EQ(read_decimal("1e40", value), DecimalError::kTooLarge);
}

TEST(Decimal, ArithmeticIsExact) {
  const auto sum = add(decimal("0.1"), decimal("0.2"));
  ASSERT_TRUE(sum);
  EXPECT_EQ(compare(*sum, decimal("0.3")), 0);
  const auto product = multiply(decimal("-12"), decimal("2.55"));
  ASSERT_TRUE(product);
  EXPECT_EQ(compare(*product, decimal("-30.6")), 0);
  const auto quotient = divide(decimal("1"), decimal("8"));
  ASSERT_TRUE(quotient);
  EXPECT_EQ(compare(*quotient, decimal("0.125")), 0);
  EXPECT_FALSE(quotient->cut);
  EXPECT_TRUE(divide(decimal("1"), decimal("3"))->cut);
  EXPECT_FALSE(multiply(decimal("1e20"), decimal("1e19")));
}

TEST(Decimal, RoundsHalfToEven) {
  const auto units = [](std::string_view text, bool rounded) {
    int64_t out = 0;
    const FitError error = to_units(decimal(text), 2, rounded, out);
    return error == FitError::kNone    ? std::to_string(out)
           : error == FitError::kFiner ? "finer"
                                       : "too large";
  };
  EXPECT_EQ(units("1.5", false), "150");
  EXPECT_EQ(units("1.500", false), "150");
  EXPECT_EQ(units("1.505", false), "finer");
  EXPECT_EQ(units("1.505", true), "150");
  EXPECT_EQ(units("1.515", true), "152");
  EXPECT_EQ(units("-1.505", true), "-150");
  EXPECT_EQ(units("1.5050001", true), "151");
  EXPECT_EQ(units("92233720368547758.07", false), "9223372036854775807");
  EXPECT_EQ(units("92233720368547758.08", false), "too large");
}

TEST(Decimal, ACutQuotientRoundsByWhatWasCut) {
  int64_t out = 0;
  // 1 / 6 = 0.1666...
  EXPECT_EQ(to_units(*divide(decimal("1"), decimal("6")), 2, true, out),
            FitError::kNone);
  EXPECT_EQ(out, 17);
  EXPECT_EQ(to_units(*divide(decimal("-1"), decimal("6")), 2, true, out),
            FitError::kNone);
  EXPECT_EQ(out, -17);
}

TEST(Decimal, AgreesWithIntegersOnRandomValues) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto a = static_cast<int64_t>(random()) >> (random() % 40 + 24);
    const auto b = static_cast<int64_t>(random()) >> (random() % 40 + 24);
    const Decimal x = decimal(std::to_string(a));
    const Decimal y = decimal(std::to_string(b));
    EXPECT_EQ(to_text(*add(x, y)), std::to_string(a + b));
    EXPECT_EQ(to_text(*multiply(x, y)),
              to_text(decimal(to_text(*multiply(y, x)))));
    EXPECT_EQ(compare(x, y), a < b ? -1 : a > b ? 1 : 0);
    EXPECT_EQ(to_double(x), static_cast<double>(a));
  }
}

// ---- times ----

std::string time_read(std::string_view format, std::string_view text) {
  WrittenTime time;
  TimeError error = TimeError::kNone;
  if (format.empty()) {
    error = read_iso_time(text, time);
  } else {
    auto compiled = TimeFormat::compile(format);
    if (!compiled) return compiled.error().cause();
    error = compiled->read(text, time);
  }
  switch (error) {
    case TimeError::kNone:
      break;
    case TimeError::kFormat:
      return "format";
    case TimeError::kImpossible:
      return "impossible";
    case TimeError::kFiner:
      return "finer";
  }
  const CivilDate date = civil_of(time.local.day);
  std::string result =
      std::to_string(date.year) + "-" + std::to_string(date.month) + "-" +
      std::to_string(date.day) + " " + std::to_string(time.local.micros);
  if (time.zoned) result += " " + std::to_string(time.offset / 60'000'000);
  return result;
}

TEST(TimeFormat, ReadsDirectives) {
  EXPECT_EQ(time_read("%d.%m.%Y %H:%M", "01.03.2026 12:05"),
            "2026-3-1 43500000000");
  EXPECT_EQ(time_read("%d.%m.%Y", "1.3.2026"), "2026-3-1 0");
  EXPECT_EQ(time_read("%b %d, %Y %I:%M %p", "mar 1, 2026 12:05 am"),
            "2026-3-1 300000000");
  EXPECT_EQ(time_read("%F %T.%f%z", "2026-03-01 00:00:01.25+03:00"),
            "2026-3-1 1250000 180");
  EXPECT_EQ(time_read("%y%m%d", "690301"), "1969-3-1 0");
  EXPECT_EQ(time_read("%y%m%d", "680301"), "2068-3-1 0");
  EXPECT_EQ(time_read("%Y-%m-%dT%H:%M:%SZ", "2026-03-01T10:00:00Z"),
            "2026-3-1 36000000000");
}

TEST(TimeFormat, RefusesOtherTexts) {
  EXPECT_EQ(time_read("%d.%m.%Y", "2026-03-01"), "format");
  EXPECT_EQ(time_read("%d.%m.%Y", "01.03.2026 "), "format");
  EXPECT_EQ(time_read("%d.%m.%Y", "30.02.2026"), "impossible");
  EXPECT_EQ(time_read("%d.%m.%Y", "01.13.2026"), "impossible");
  EXPECT_EQ(time_read("%F %H:%M", "2026-03-01 25:00"), "impossible");
  EXPECT_EQ(time_read("%F %T.%f", "2026-03-01 00:00:00.0000001"), "finer");
}

TEST(TimeFormat, IsoTimes) {
  EXPECT_EQ(time_read("", "2026-03-01"), "2026-3-1 0");
  EXPECT_EQ(time_read("", "2026-03-01T12:00"), "2026-3-1 43200000000");
  EXPECT_EQ(time_read("", "2026-03-01 12:00:00.25-03:30"),
            "2026-3-1 43200250000 -210");
  EXPECT_EQ(time_read("", "2026-03-01T12:00:00Z"), "2026-3-1 43200000000 0");
  EXPECT_EQ(time_read("", "2023-02-29"), "impossible");
  EXPECT_EQ(time_read("", "2024-02-29"), "2024-2-29 0");
  EXPECT_EQ(time_read("", "01.03.2026"), "format");
  EXPECT_EQ(time_read("", "2026-3-1"), "format");
  EXPECT_EQ(time_read("", ""), "format");
}

TEST(Duration, ReadsUnitsClocksAndIso) {
  const auto read = [](std::string_view text) {
    int64_t micros = 0;
    const DurationError error = read_duration(text, micros);
    if (error == DurationError::kNone) return std::to_string(micros);
    return std::string(error == DurationError::kFormat  ? "format"
                       : error == DurationError::kFiner ? "finer"
                                                        : "too large");
  };
  EXPECT_EQ(read("90 seconds"), "90000000");
  EXPECT_EQ(read("1.5 hours"), "5400000000");
  EXPECT_EQ(read("-2 d"), "-172800000000");
  EXPECT_EQ(read("1:30:00"), "5400000000");
  EXPECT_EQ(read("P1DT2H30M5.5S"), "95405500000");
  EXPECT_EQ(read("P1M"), "format");
  EXPECT_EQ(read("90"), "format");
  EXPECT_EQ(read("0.1 us"), "finer");
  EXPECT_EQ(read("1000000000000000 weeks"), "too large");
}

}  // namespace
}  // namespace kitle::testing
