-- The rules of bench/seed/segments/seed.kitle for ClickHouse's best form: one
-- row a profile, one array a column. One truth value a rule.
select id,
  purchase.t[-1] as last, length(purchase.t) as n, arraySum(purchase.cents) as cents,
  1 + (last > {now-30d}) + (last > {now-90d}) + (last > {now-180d})
    + (last > {now-365d}) as recency,
  1 + (n > 1) + (n > 2) + (n > 4) + (n > 7) as frequency,
  1 + (cents > 50000) + (cents > 100000) + (cents > 200000)
    + (cents > 400000) as monetary,
  recency + frequency + monetary as score,
  arrayCount(c -> c in ({newborn}), product_view.category)
    + 5 * arrayCount(c -> c in ({newborn}), add_to_cart.category) as points,
  last <= {now-7d} and arrayCount((t, c) -> t > {now-7d} and c in ({sneakers}),
    product_view.t, product_view.category) > 0 as seed_1,
  purchase.t[-3] > {now-180d}
    and arrayCount(c -> c = 1, page_view.channel) = 1 as seed_2,
  arrayCount(t -> t >= {2022-01-01} and t < {2023-01-01}, purchase.t) >= 3
    and call.t[-1] >= {2023-01-01} and last <= call.t[-1] as seed_3,
  arrayCount(c -> c in ({sport}), product_view.category) > 2 as seed_4,
  points > 10 as seed_5,
  n > 0 and score > 10 and page_view.t[-1] <= {now-30d} as seed_6,
  n = 1 as seed_7,
  "lifecycle.at_risk" and score >= 9 as seed_8,
  signed_up > {now-8d} and signed_up <= {now-7d} and n = 0 as seed_9,
  "lifecycle.at_risk" and email_open.t[-1] <= {now-30d}
    and push_open.t[-1] <= {now-30d} as seed_10,
  n > 0 and recency >= 4 and frequency >= 4 and monetary >= 4 as seed_11,
  country = 3 and age between 25 and 34 and (gender = 1 or n >= 5)
    and cents > 50000 * n as seed_12,
  n = 1 as "lifecycle.one_time_buyer",
  n >= 2 and last <= {now-180d} as "lifecycle.at_risk",
  not "lifecycle.one_time_buyer" and not "lifecycle.at_risk" as "lifecycle.other"
from person
