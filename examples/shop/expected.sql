-- The same questions as segments/*.kitle, asked of the same files by DuckDB.
-- A section begins with `-- segment NAME` and gives the ids of its members;
-- what stands before the first one prepares. {data} is the folder of files.
--
-- Times are local and naive: Istanbul has kept UTC+3 over all of this data.
-- The instant is 2026-03-01 00:00 local, and no row is later than that.

create macro now() as timestamp '2026-03-01 00:00:00';
create macro fold(x) as lower(replace(replace(x, 'I', 'ı'), 'İ', 'i'));

create table customer as
select customer_id as id, email, country, city, email_consent = 'yes' as consent,
       strptime(birth_date, '%d.%m.%Y')::date as born,
       signed_up::timestamp as signed_up,
       string_split(interests, '|') as interests,
       card_until::date as card_until
from read_csv('{data}/customers.csv', delim = ';', header = true, all_varchar = true);

create table click as
select customer as id, event, channel, product, category, price::decimal(18, 2) as price,
       strptime(time, '%Y-%m-%dT%H:%M:%SZ') + interval 3 hours as t
from read_csv('{data}/clicks-*.csv.gz', header = true, all_varchar = true)
where customer is not null;

create table order_line as
select customer as id, line, "order" as ord, kind, channel, product, category,
       quantity::bigint as quantity,
       quantity::bigint * unit_price::decimal(18, 2) as amount,
       strptime(date, '%d.%m.%Y %H:%M') as t
from read_csv('{data}/orders-*.csv', delim = ';', header = true, all_varchar = true);

-- All lines of an order take the time of its earliest one.
create table line as
select * replace (min(t) over (partition by id, ord) as t) from (
  select id, line, ord, channel, product, category, quantity, amount, t
  from order_line where kind = 'SATIŞ'
  union all by name
  select customer as id, receipt as ord, 'store' as channel, product, category,
         quantity::bigint as quantity, total::decimal(18, 2) as amount, time::timestamp as t
  from read_json('{data}/store-orders.ndjson.gz', format = 'newline_delimited',
                 columns = {customer: 'varchar', receipt: 'varchar', product: 'varchar',
                            category: 'varchar', quantity: 'bigint', total: 'varchar',
                            time: 'varchar'}));

-- At equal times the event's id decides, and none is before any.
create table orders as
select id, ord, t, min(line) as line, sum(amount) as amount, sum(quantity) as quantity
from line group by all;

create table category_row as select * from (values
  ('Spor Ayakkabı', 1, null), ('Outdoor', 2, 'winter'), ('Oyuncak', 3, null),
  ('Nevresim Takımı', 4, 'winter'), ('Çocuk Giyim', 3, 'winter'), ('Halı', 4, 'winter'),
  ('Elbise', 2, 'summer'), ('Takı', 1, null), ('Parfüm', 1, null), ('Kitap', 5, null),
  ('Bahçe', 5, 'summer'), ('Kahve', 1, 'winter')) as rows(category, floor, season);

create table refund as
select id, t, amount from order_line where kind = 'İADE';

create table call as
select customer as id, reason, wait_seconds as wait, resolved,
       make_timestamp(time * 1000000) + interval 3 hours as t
from read_json('{data}/calls.ndjson', format = 'newline_delimited',
               columns = {customer: 'varchar', time: 'bigint', reason: 'varchar',
                          wait_seconds: 'double', resolved: 'boolean'});

create table message as
select customer as id, kind, time::timestamp as t
from read_csv('{data}/messages.csv.gz', delim = ';', header = true, all_varchar = true);

create table bought as
select id, min(t) as first, max(t) as last, count(*) as orders from orders group by id;

create table lifecycle as
select customer.id, case
  when orders is null then case when signed_up is null then 'visitor' else 'member' end
  when last > now() - interval 90 days then case orders when 1 then 'first_buy' else 'active' end
  when orders > 1 and last > timestamp '2025-06-01' then 'at_risk'
  else 'lost' end as stage
from customer left join bought using (id);
-- Ranks among those who bought in the last year: of n people, with w worse and
-- e equal ones (itself among them), 2 * w + e + 1 is twice the middle rank.
create macro fifth(rank, n) as (5 * rank + 2 * n - 1) // (2 * n);
create table ranked as
with spent as (select id, floor(epoch(now() - max(t)) / 86400) as days, count(*) as times,
                      sum(amount) as money
               from orders where t > timestamp '2025-03-01' group by id)
select id, count(*) over () as n,
       2 * rank() over (order by days desc) - 2 + count(*) over (partition by days) + 1 as lately,
       2 * rank() over (order by times) - 2 + count(*) over (partition by times) + 1 as often,
       2 * rank() over (order by money) - 2 + count(*) over (partition by money) + 1 as much
from spent;
create table rfm as
select id, case
  when r is null then 'unranked'
  when fm > 3 then case r when 5 then 'champions' when 4 then 'loyal' when 3 then 'loyal'
                   else case fm when 5 then 'cannot_lose' else 'at_risk' end end
  when r > 3 and fm > 1 then 'potential_loyalists'
  when r > 3 then case r when 5 then 'recent' else 'promising' end
  when r = 3 then case fm when 3 then 'needing_attention' else 'about_to_sleep' end
  when fm = 3 then 'at_risk'
  when r = 1 and fm = 1 then 'lost'
  else 'hibernating' end as part
from (select id, fifth(lately, n) as r, (fifth(often, n) + fifth(much, n)) // 2 as fm
      from customer left join ranked using (id));

-- A score: a band is 1, and one more for each cut that the value is better than.
create table bands as
select id,
  1 + (last > now() - interval 30 days)::int + (last > now() - interval 90 days)::int
    + (last > now() - interval 180 days)::int + (last > now() - interval 365 days)::int as recency,
  1 + (n > 1)::int + (n > 2)::int + (n > 4)::int + (n > 7)::int as frequency,
  1 + (coalesce(spent, 0) > 2000)::int + (coalesce(spent, 0) > 10000)::int as monetary
from (select id, max(t) as last, count(*) filter (t > now() - interval 12 months) as n,
             sum(amount) filter (t > now() - interval 12 months) as spent
      from orders group by id)
where last > now() - interval 24 months;
-- A persona's points, in 2^-32 of a point: what is n days old is worth 2^(-n/30).
create table mother_points as
with given as (
  select id, t::date as day, case event when 'product_view' then 1 else 5 end as points
  from click where event in ('product_view', 'add_to_cart') and t > now() - interval 90 days
    and category in ('Biberon', 'Puset', 'Tulum', 'Bebek Bezi')),
     days as (select id, day, least(sum(points), 20) as points from given group by all)
select id, sum(points * round(pow(2, 32 - (date '2026-03-01' - day) / 30.0))::hugeint) as points
from days group by id;

-- segment browsed_not_bought
select id from click
where event = 'product_view' and category = 'Spor Ayakkabı' and t > now() - interval 7 days
except select id from orders where t > now() - interval 7 days;

-- segment abandoned_cart
select id from (select id, max(t) as cart from click where event = 'add_to_cart' group by id)
where cart > now() - interval 3 days
  and id not in (select o.id from orders o join (
    select id, max(t) as cart from click where event = 'add_to_cart' group by id) c
    on o.id = c.id and o.t > c.cart);

-- segment left_behind
select distinct v.id from click v join click c
  on c.id = v.id and c.event = 'add_to_cart' and c.product = v.product
  and c.t > v.t and c.t <= v.t + interval 1 day
where v.event = 'product_view' and c.t + interval 2 days <= now()
  and not exists (select 1 from line l where l.id = c.id and l.product = c.product
                  and l.t > c.t and l.t <= c.t + interval 2 days);

-- segment expecting
select id from click
where event = 'product_view' and category in ('Biberon', 'Puset', 'Tulum', 'Bebek Bezi')
  and t > now() - interval 90 days
group by id having count(*) >= 3 and count(distinct category) >= 2;

-- segment bargain_hunters
select id from click where event = 'product_view' and t > now() - interval 30 days
group by id having count(*) >= 5 and sum(price) < 500 * count(price);

-- segment app_only
select id from click where event = 'page_view'
group by id having bool_or(channel = 'app' and t > now() - interval 60 days)
  and bool_and(channel = 'app');

-- segment often_here
select id from click
where event in ('page_view', 'product_view', 'add_to_cart') and t <= now()
group by id
having count(distinct case when t > now() - interval 30 days then t::date end) >= 10
  and max(t) > now() - interval 3 days;

-- segment called_then_looked
select distinct call.id from call join click
  on click.id = call.id and click.t > call.t and click.t <= call.t + interval 3 days
where event in ('page_view', 'product_view', 'add_to_cart');

-- segment browsers
with begins as (
  select id, t, coalesce(t - lag(t) over (partition by id order by t) > interval 30 minutes, true)
           as begins
  from click
  where event in ('page_view', 'product_view', 'add_to_cart') and t <= now()),
sessions as (
  select id, sum(begins::int) over (partition by id order by t
                                    range between unbounded preceding and current row) as number, t
  from begins),
session as (
  select id, min(t) as begin, max(t) - min(t) as length, count(*) as events
  from sessions group by id, number)
select id from session group by id
having bool_or(length >= interval 15 minutes and begin > now() - interval 30 days)
  or count(*) filter (events >= 2 and begin > now() - interval 60 days) >= 12;

-- segment big_spenders
select id from orders where t > timestamp '2025-03-01' group by id having sum(amount) >= 20000;

-- segment big_baskets
select id from orders where t >= timestamp '2025-01-01' and t < timestamp '2026-01-01'
group by id having count(*) >= 2 and sum(amount) > 4000 * count(*);

-- segment loyal_rarely_mobile
select id from orders where t > timestamp '2025-09-01' group by id having count(*) >= 3
except
select id from click
where event = 'page_view' and channel = 'mobile' and t > timestamp '2025-09-01'
group by id having count(*) > 1;

-- segment spends_more
select distinct p.id from orders p join orders q
  on q.id = p.id and q.t > p.t and q.t <= p.t + interval 30 days
where q.amount > 2 * p.amount;

-- segment regulars
with gap as (
  select id, t - lag(t) over (partition by id order by t) as gap
  from (select distinct id, t from orders))
select id from gap group by id
having quantile_cont(epoch(gap), 0.5) < 45 * 86400
   and id in (select id from bought where orders >= 4);

-- segment slowing_down
select id from customer
where coalesce((select sum(amount) from orders o
                where o.id = customer.id and t > now() - interval 90 days), 0) * 2
    < coalesce((select sum(amount) from orders o
                where o.id = customer.id and t > now() - interval 180 days
                  and t <= now() - interval 90 days), 0);

-- segment quick_starters
select id from customer join orders using (id)
where t > signed_up and t <= signed_up + interval 7 days;

-- segment gift_buyers
select id from line
where category in ('Oyuncak', 'Takı', 'Parfüm', 'Kitap', 'Kahve')
  and t > now() - interval 12 months
group by id having count(distinct ord) >= 2;

-- segment early_birds
select id from line
where category in ('Outdoor', 'Nevresim Takımı', 'Çocuk Giyim', 'Halı')
  and year(t) = 2025 and month(t) = 7;

-- segment winter_people
(select id from (
    select id, season, row_number() over (
      partition by id order by count(*) desc, max(t) desc, encode(season)) as place
    from line join category_row using (category)
    where season is not null and t > now() - interval 12 months group by id, season)
  where place = 1 and season = 'winter')
intersect
(select id from line join category_row using (category)
  where t > now() - interval 12 months
  group by id having count(distinct floor) >= 2);

-- segment upstairs
select id from line join category_row using (category)
where t > now() - interval 12 months group by id
having avg(floor) > 3.5
  and sum(floor) filter (where season = 'winter') > 0.5 * sum(floor);

-- segment rising
select id from orders group by id
having sum(amount) filter (where t > now() - interval 90 days) >= 10000
  and coalesce(sum(amount) filter (where t > now() - interval 12 months), 0) < 20000;

-- segment store_and_online
select id from line where year(t) = 2025
group by id having bool_or(channel = 'store') and bool_or(channel in ('web', 'mobile', 'app'));

-- segment by_the_dozen
select id from line where quantity > 2 and t > timestamp '2025-03-01'
group by id having count(*) >= 2
union
select id from orders where quantity >= 8 and t > timestamp '2025-03-01';

-- segment strong_start
select id from (
  select id, t, amount, row_number() over (partition by id order by t, line nulls first, ord) as n
  from orders)
where n = 1 and t > timestamp '2025-09-01' and amount > 5000;

-- segment new_year_shoppers
select id from line where t >= timestamp '2025-12-20' and t < timestamp '2026-01-01'
group by id having not coalesce(bool_or(category = 'Kırtasiye'), false);

-- segment weekend_evenings
select id from orders
where isodow(t) in (6, 7) and hour(t) >= 18 and t > timestamp '2025-03-01'
group by id having count(*) >= 2;

-- segment every_month
select id from orders where t >= timestamp '2025-12-01' and t < timestamp '2026-03-01'
group by id having count(distinct date_trunc('month', t)) = 3;

-- segment varied_tastes
select id from line where t > timestamp '2025-03-01'
group by id having count(distinct category) >= 4 and count(distinct t::date) >= 3;

-- segment mostly_in_store
select id from (
  select id, avg(store) as share from (
    select id, ord, max((channel = 'store')::int) as store from line
    where t > timestamp '2025-03-01' group by id, ord)
  group by id)
where share > 0.5 and id in (
  select id from (
    select id, category, row_number() over (
      partition by id order by count(*) desc, max(t) desc, encode(category)) as place
    from line where category is not null group by id, category)
  where place = 1 and category in ('Spor Ayakkabı', 'Koşu', 'Fitness', 'Outdoor'));

-- segment bought_to_taste
select distinct l.id from line l join customer p on l.id = p.id
where l.t > timestamp '2025-03-01'
  and list_contains(list_transform(p.interests, lambda x: fold(x)), fold(l.category))
  and len(p.interests) >= 2;

-- segment true_to_interests
select c.id from click c join customer p on c.id = p.id
where c.event = 'product_view' and c.t > now() - interval 30 days
  and c.category in ('Spor Ayakkabı', 'Koşu', 'Fitness', 'Outdoor')
  and list_has_any(list_transform(p.interests, lambda x: fold(x)), ['koşu', 'yoga'])
group by c.id having count(*) >= 2;

-- segment new_members_no_order
select id from customer where signed_up > now() - interval 30 days
except select id from orders;

-- segment one_time_buyers
select id from bought where orders = 1 and last > now() - interval 60 days;

-- segment lapsed
select id from bought where last <= now() - interval 180 days and last > now() - interval 366 days;

-- segment lost_after_call
with called as (select id, max(t) as last_call from call group by id),
     buyer as (
       select id from orders where t >= timestamp '2025-01-01' and t < timestamp '2026-01-01'
       group by id having count(*) >= 2)
select id from buyer join called using (id) join bought using (id)
where last_call >= timestamp '2026-01-01' and last <= last_call;

-- segment silent_after_refund
with refunded as (select id, max(t) as back from refund group by id)
select r.id from refunded r left join bought b using (id)
where back > timestamp '2025-03-01' and (last is null or last <= back);

-- segment card_runs_out
select id from customer where card_until > date '2026-03-01' and card_until <= date '2026-03-31';

-- segment lifecycle.visitor
select id from lifecycle where stage = 'visitor';

-- segment lifecycle.member
select id from lifecycle where stage = 'member';

-- segment lifecycle.first_buy
select id from lifecycle where stage = 'first_buy';

-- segment lifecycle.active
select id from lifecycle where stage = 'active';

-- segment lifecycle.at_risk
select id from lifecycle where stage = 'at_risk';

-- segment lifecycle.lost
select id from lifecycle where stage = 'lost';

-- segment at_risk_unreachable
{lifecycle.at_risk}
intersect {unreachable};

-- segment worth_a_call
select id from orders where id not in (
  select id from lifecycle where stage not in ('at_risk', 'lost'))
group by id having sum(amount) >= 10000;

-- segment unreachable
select id from message where t > now() - interval 30 days
group by id having bool_or(kind in ('email_sent', 'push_sent'))
  and not bool_or(kind in ('email_open', 'push_open'));

-- segment upset_buyers
select id from call join bought using (id)
where t > last and t <= last + interval 21 days and (reason in ('iade', 'sikayet') or wait > 300);

-- segment unanswered
select id from call
where resolved = false and t >= timestamp '2025-10-01' and t < timestamp '2026-01-01';

-- segment young_metropolitan
select id from customer
where country = 'TR' and fold(city) in ('istanbul', 'ankara', 'izmir')
  and born > date '2026-03-01' - interval 35 years and born <= date '2026-03-01' - interval 25 years
  and id in (select id from orders where t > timestamp '2025-03-01');

-- segment runners
select id from customer where list_contains(list_transform(interests, lambda x: fold(x)), 'koşu')
union
select id from click
where event = 'product_view' and t > now() - interval 30 days
  and category in ('Spor Ayakkabı', 'Koşu', 'Fitness', 'Outdoor')
group by id having count(*) >= 4;

-- segment incomplete
select id from customer where email is null or born is null or city is null;

-- segment southeast
select id from customer where fold(city) like '%urfa' or fold(city) like 'diyar%';

-- segment by_the_sea
select id from customer
where city in ('Antalya', 'Balıkesir', 'Çanakkale', 'Mersin', 'Muğla')
intersect
select id from click where event = 'product_view' and category = 'Outdoor'
  and t > now() - interval 12 months and t <= now();

-- segment birthdays_today
select id from customer where strftime(born, '%m%d') = '0301';

-- segment birthdays_soon
select id from customer where strftime(born, '%m%d') between '0302' and '0308';

-- segment birthdays_this_month
select id from customer where month(born) = 3;

-- segment birthday_treat
select id from customer where strftime(born, '%m%d') between '0302' and '0315'
intersect select id from orders where t > timestamp '2025-03-01';

-- segment belated
-- 29 February is 28 February in 2026.
select id from customer where strftime(born, '%m%d') between '0225' and '0301';

-- segment curious
select id from customer where len(interests) >= 2 and length(city) > 6;

-- segment thousand_a_month
-- In kuruş a year's sum of 1,199,994 is the first whose twelfth part is rounded
-- to 100,000: half to even.
select id from orders where t > timestamp '2025-03-01'
group by id having sum(amount) * 100 >= 1199994;

-- segment vip
{big_spenders}
intersect {regulars}
except {silent_after_refund};

-- segment vip_unreachable
{vip}
intersect {unreachable}
intersect select id from customer where consent;

-- segment new_mother
select id from mother_points where points > 5::hugeint * 4294967296;

-- segment collector
with looked as (
  select id, count(distinct product) - 2 * count(distinct case when price > 2000 then product end)
           as points
  from click where event = 'product_view' and t > now() - interval 60 days group by id)
select id from looked left join customer using (id)
where points + case when consent then 3 else 0 end >= 12;

-- segment big_spender
with spent as (select id, sum(floor(amount / 500)) as points from orders
               where t > now() - interval 365 days group by id),
     back as (select id, count(*) as refunds from refund
              where t > now() - interval 365 days group by id)
select id from spent left join back using (id) where points - coalesce(refunds, 0) >= 6;

-- segment nearly_mothers
select id from mother_points
where points between 2::hugeint * 4294967296 and 5::hugeint * 4294967296;

-- segment best_customers
select id from bands where recency + frequency + monetary >= 11;

-- segment slipping_away
select id from bands where recency <= 3 and monetary = 3;

-- segment top_spenders
select id from ranked where 10 * much > 18 * n;

-- segment keep_them
select id from rfm where part = 'cannot_lose'
   or (part = 'at_risk' and id in {top_spenders});

-- segment rfm_groups.unranked
select id from rfm where part = 'unranked';

-- segment rfm_groups.champions
select id from rfm where part = 'champions';

-- segment rfm_groups.loyal
select id from rfm where part = 'loyal';

-- segment rfm_groups.potential_loyalists
select id from rfm where part = 'potential_loyalists';

-- segment rfm_groups.recent
select id from rfm where part = 'recent';

-- segment rfm_groups.promising
select id from rfm where part = 'promising';

-- segment rfm_groups.needing_attention
select id from rfm where part = 'needing_attention';

-- segment rfm_groups.about_to_sleep
select id from rfm where part = 'about_to_sleep';

-- segment rfm_groups.cannot_lose
select id from rfm where part = 'cannot_lose';

-- segment rfm_groups.at_risk
select id from rfm where part = 'at_risk';

-- segment rfm_groups.hibernating
select id from rfm where part = 'hibernating';

-- segment rfm_groups.lost
select id from rfm where part = 'lost';
