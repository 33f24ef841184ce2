#include "cli/starter.h"

#include <array>

namespace kitle::cli {
namespace {

constexpr const char* kReadme = R"(# my-shop

A rule repository for Kitle: who is in which segment.

    kitle.toml         settings: time zone, language, currency
    schema.kitle       what is known of a customer, and what can happen
    sources.kitle      how the files in data/ become customers and events
    segments/*.kitle   the segments, in any number of files
    data/*.csv         example data: ten customers, eleven orders, seven views
    test.sh            are the segments what expected.csv says?

Try it:

    kitle check
    kitle ingest
    kitle run --as-of 2026-03-01
    kitle size 'any purchase where category is "Kitap"' --as-of 2026-03-01
    ./test.sh
)";

constexpr const char* kSettings = R"(# The settings of this rule repository.
name = "my-shop"
time_zone = "Europe/Istanbul"
locale = "tr"
currency = "TRY"
first_day_of_week = "monday"
store = "store"
)";

constexpr const char* kSchema =
    R"(# What is known of a customer, and what can happen.
profile customer {
  id          code key
  city        text
  birth_date  date
  signed_up   time
}

event product_view {
  product   text
  category  text
  device    code
}

# A row is a line of an order; people count orders.
event purchase counted by order {
  order     code
  product   text
  category  text
  amount    money
}
)";

constexpr const char* kSources =
    R"(# How files become customers and events. A quoted word is a column.
source customers {
  files     "data/customers.csv"
  customer  from "id"
  into customer {
    city        from "city"
    birth_date  from "birth_date"
    signed_up   from "signed_up" as "%Y-%m-%d %H:%M"
  }
}

source views {
  files     "data/views.csv"
  customer  from "customer"
  into product_view {
    time      from "time" as "%Y-%m-%d %H:%M"
    product   from "product"
    category  from "category"
    device    from "device"
  }
}

source orders {
  files     "data/orders.csv"
  customer  from "customer"
  into purchase {
    time      from "time" as "%Y-%m-%d %H:%M"
    order     from "order"
    product   from "product"
    category  from "category"
    amount    from "amount"
  }
}
)";

constexpr const char* kSegments = R"(# Who is in which segment.
segment new_members_no_order "Yeni üye, henüz almadı" {
  signed_up in last 30 days
  and no purchase ever
}

segment good_customers "İyi müşteriler" {
  at least 2 purchases in last 12 months
  and sum of purchase.amount in last 12 months > 500 TRY
}

segment gone_quiet "Sessizleşenler" {
  any purchase ever
  and no purchase in last 6 months
}

segment looked_not_bought "Baktı, almadı" {
  any product_view where category is "Spor Ayakkabı" in last 7 days
  and no purchase in last 7 days
}

segment young_metropolitan "Büyük şehirde genç" {
  city in {"İstanbul", "Ankara", "İzmir"}
  and age of birth_date between 18 and 30
}
)";

constexpr const char* kCustomers = R"(id,city,birth_date,signed_up
C-01,İstanbul,1990-05-14,2024-03-02 10:15
C-02,Ankara,1985-11-30,2024-07-19 21:40
C-03,İzmir,,2024-11-05 08:05
C-04,Bursa,1999-01-22,2025-02-11 13:30
C-05,İstanbul,1978-08-09,2025-06-24 17:55
C-06,,1993-03-03,2025-09-01 09:00
C-07,Ankara,2001-12-12,2026-01-15 20:20
C-08,İstanbul,1996-06-18,2026-02-10 11:45
C-09,Antalya,1988-10-27,2026-02-20 18:05
C-10,İzmir,1995-04-01,2026-02-26 22:10
)";

constexpr const char* kViews = R"(customer,time,product,category,device
C-01,2026-02-26 20:41,Koşu Ayakkabısı,Spor Ayakkabı,mobile
C-03,2026-01-05 12:02,Koşu Ayakkabısı,Spor Ayakkabı,desktop
C-04,2026-02-24 22:10,Yürüyüş Ayakkabısı,Spor Ayakkabı,mobile
C-08,2026-02-25 09:12,Koşu Ayakkabısı,Spor Ayakkabı,mobile
C-09,2026-02-21 22:00,Koşu Ayakkabısı,Spor Ayakkabı,mobile
C-10,2026-02-27 13:37,Roman,Kitap,desktop
C-10,2026-02-27 13:39,Masal,Kitap,desktop
)";

constexpr const char* kOrders = R"(order,customer,time,product,category,amount
A-01,C-01,2025-04-03 10:00,Koşu Ayakkabısı,Spor Ayakkabı,1450.00
A-01,C-01,2025-04-03 10:00,Çorap,Giyim,80.50
A-02,C-01,2025-12-24 20:15,Roman,Kitap,120.00
A-03,C-02,2025-03-10 09:30,Koşu Ayakkabısı,Spor Ayakkabı,900.00
A-04,C-02,2025-07-01 16:48,Gömlek,Giyim,210.00
A-05,C-03,2025-05-06 11:20,Masal,Kitap,95.00
A-06,C-04,2026-02-25 12:00,Yürüyüş Ayakkabısı,Spor Ayakkabı,1100.00
A-07,C-05,2025-11-11 11:11,Çorap,Giyim,130.00
A-08,C-05,2026-01-09 19:45,Gömlek,Giyim,260.00
A-09,C-06,2025-09-03 08:30,Roman,Kitap,60.00
A-10,C-07,2026-02-02 14:25,Koşu Ayakkabısı,Spor Ayakkabı,1300.00
)";

constexpr const char* kExpected = R"(segment,size
new_members_no_order,3
good_customers,2
gone_quiet,2
looked_not_bought,2
young_metropolitan,3
)";

constexpr const char* kTest = R"sh(#!/bin/sh
# Are the segments what expected.csv says? Prints the lines that differ.
set -eu
cd "$(dirname "$0")"
kitle=${KITLE:-kitle}
"$kitle" check
"$kitle" ingest >/dev/null
"$kitle" run --as-of 2026-03-01 --format csv | cut -d , -f 1,2 |
  diff expected.csv -
echo "all segments are as expected"
)sh";

constexpr std::array<StarterFile, 11> kFiles{{
    {"README.md", kReadme},
    {"kitle.toml", kSettings},
    {"schema.kitle", kSchema},
    {"sources.kitle", kSources},
    {"segments/first.kitle", kSegments},
    {"data/customers.csv", kCustomers},
    {"data/views.csv", kViews},
    {"data/orders.csv", kOrders},
    {"expected.csv", kExpected},
    {"test.sh", kTest, true},
    {".gitignore", "/store/\n"},
}};

}  // namespace

std::span<const StarterFile> starter_files() { return kFiles; }

}  // namespace kitle::cli
