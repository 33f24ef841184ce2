-- The rules of segments/seed.kitle for DuckDB. Sections:
--   load     typed as narrowly as DuckDB can, rows in the order of the files,
--            which is (customer, time); {data} is the folder of generate.py
--   flags    one row a profile, one truth value a rule; {flags} stands for it
--   sizes    what is timed: one statement, one grouped aggregation a table,
--            left-joined to the profiles, filtered counts on top; the sets of
--            categories as a joined table took DuckDB 3/4 of the time of lists;
--            {sizes} are the counts, {names} the names of the segments
--   members  the same answers as ids, to be compared first
-- Times are whole seconds of UTC. now is 1700000000 (2023-11-14 22:13:20 UTC),
-- 2022 began at 1640995200, 2023 at 1672531200. Money is in cents.
-- category_set.kind: 1 sneakers, 2 sport, 3 newborn.

-- section load
create table profile as
select customer as id, country::utinyint as country, age::utinyint as age,
       gender::utinyint as gender, signed_up::uinteger as signed_up
from '{data}/profiles.parquet';
create table page_view as
select customer as id, time as t, channel::utinyint as channel from '{data}/page_view.parquet';
create table product_view as
select customer as id, time as t, category::usmallint as category
from '{data}/product_view.parquet';
create table add_to_cart as
select customer as id, time as t, category::usmallint as category
from '{data}/add_to_cart.parquet';
create table purchase as
select customer as id, time as t, (amount * 100)::uinteger as cents
from '{data}/purchase.parquet';
create table call as select customer as id, time as t from '{data}/call.parquet';
create table email_open as select customer as id, time as t from '{data}/email_open.parquet';
create table push_open as select customer as id, time as t from '{data}/push_open.parquet';
create table category_set as
select category::usmallint as category,
       case when place < 25 then 1 when place between 100 and 129 then 2
            when place between 200 and 229 then 3 end::utinyint as kind
from (select range as category, (range * 7919 + 13) % 500 as place from range(500))
where place < 25 or place between 100 and 129 or place between 200 and 229;

-- section flags
with grouped as (
  select id, count(*) as n, max(t) as last, sum(cents) as cents,
         count(*) filter (t > 1700000000 - 7 * 86400) as n_7,
         count(*) filter (t > 1700000000 - 180 * 86400) as n_180,
         count(*) filter (t >= 1640995200 and t < 1672531200) as n_2022
  from purchase group by id),
p as (
  select *,
    1 + (last > 1700000000 - 30 * 86400)::tinyint + (last > 1700000000 - 90 * 86400)::tinyint
      + (last > 1700000000 - 180 * 86400)::tinyint + (last > 1700000000 - 365 * 86400)::tinyint
      as recency,
    1 + (n > 1)::tinyint + (n > 2)::tinyint + (n > 4)::tinyint + (n > 7)::tinyint as frequency,
    1 + (cents > 50000)::tinyint + (cents > 100000)::tinyint + (cents > 200000)::tinyint
      + (cents > 400000)::tinyint as monetary,
    recency + frequency + monetary as score
  from grouped),
pv as (
  select id, count(*) filter (channel = 1) as n,
         count(*) filter (t > 1700000000 - 30 * 86400) as n_30
  from page_view group by id),
dv as (
  select id, count(*) filter (kind = 1 and t > 1700000000 - 7 * 86400) as sneakers,
         count(*) filter (kind = 2) as sport, count(*) filter (kind = 3) as newborn
  from product_view join category_set using (category) group by id),
ac as (
  select id, count(*) as newborn from add_to_cart join category_set using (category)
  where kind = 3 group by id),
ca as (
  select id, max(t) as last, count(*) filter (t >= 1672531200) as n_2023 from call group by id),
eo as (select distinct id, true as opened from email_open where t > 1700000000 - 30 * 86400),
po as (select distinct id, true as opened from push_open where t > 1700000000 - 30 * 86400)
select id,
  coalesce(dv.sneakers, 0) > 0 and coalesce(p.n_7, 0) = 0 as seed_1,
  coalesce(p.n_180, 0) >= 3 and coalesce(pv.n, 0) = 1 as seed_2,
  coalesce(p.n_2022, 0) >= 3 and coalesce(ca.n_2023, 0) > 0 and p.last <= ca.last as seed_3,
  coalesce(dv.sport, 0) > 2 as seed_4,
  coalesce(dv.newborn, 0) + 5 * coalesce(ac.newborn, 0) > 10 as seed_5,
  coalesce(score > 10, false) and coalesce(pv.n_30, 0) = 0 as seed_6,
  coalesce(p.n, 0) = 1 as seed_7,
  coalesce(p.n >= 2 and p.last <= 1700000000 - 180 * 86400 and score >= 9, false) as seed_8,
  signed_up > 1700000000 - 8 * 86400 and signed_up <= 1700000000 - 7 * 86400 and p.n is null
    as seed_9,
  coalesce(p.n, 0) >= 2 and p.last <= 1700000000 - 180 * 86400
    and eo.opened is null and po.opened is null as seed_10,
  recency >= 4 and frequency >= 4 and monetary >= 4 as seed_11,
  country = 3 and age between 25 and 34 and (gender = 1 or coalesce(p.n, 0) >= 5)
    and p.cents > 50000 * p.n as seed_12,
  coalesce(p.n, 0) = 1 as "lifecycle.one_time_buyer",
  coalesce(p.n >= 2 and p.last <= 1700000000 - 180 * 86400, false) as "lifecycle.at_risk",
  not "lifecycle.one_time_buyer" and not "lifecycle.at_risk" as "lifecycle.other"
from profile
left join p using (id) left join pv using (id) left join dv using (id) left join ac using (id)
left join ca using (id) left join eo using (id) left join po using (id)

-- section sizes
select {sizes} from ({flags})

-- section members
select segment, id from ({flags}) unpivot (member for segment in ({names}))
where member order by segment, id
