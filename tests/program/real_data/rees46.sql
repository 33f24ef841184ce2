-- examples/rees46 in SQL, straight from the file; see answers.py.
-- Times are UTC; now is 2019-10-01 06:00 in Moscow (UTC+3), and all of the
-- file lies within that local day.

create macro now() as timestamp '2019-10-01 03:00:00';

create table event as
select user_id as id, event_type as kind, product_id as product, category_id,
       category_code as category, brand, price::decimal(18, 2) as price, user_session as session,
       strptime(event_time, '%Y-%m-%d %H:%M:%S UTC') as t
from read_csv('{data}/events_2019-10-01.csv.zst', header = true, all_varchar = true);

create view view_ as select * from event where kind = 'view';
create view cart as select * from event where kind = 'cart';
create view row as select * from event where kind = 'purchase';
create table purchase as
select id, coalesce(session, 'alone') as session, min(t) as t, sum(price) as price
from row group by all;

-- segment everyone_who_bought
select id from purchase where t >= timestamp '2019-09-30 21:00:00';

-- segment bought_without_cart
select id from purchase except select id from cart;

-- segment cart_left_behind
with last as (select id, max(t) as t from cart group by id)
select id from last where t > now() - interval 3 hours
  and not exists (from purchase p where p.id = last.id and p.t > last.t);

-- segment phone_lookers
select id from view_
where category = 'electronics.smartphone'
  and brand in ('samsung', 'apple', 'xiaomi', 'huawei', 'oppo') and t > now() - interval 2 hours
except select id from purchase;

-- segment electronics_only
select id from view_ group by id having bool_and(coalesce(category like 'electronics.%', false));

-- segment nameless
select id from view_ where brand is null and category is null group by id having count(*) >= 3;

-- segment one_category_by_number
select id from view_ where category_id = '2053013555631882655';

-- segment expensive_taste
select id from view_ group by id having count(*) >= 5 and sum(price) > 1000 * count(price);

-- segment wide_range
select id from view_ group by id having max(price) > 20 * min(price) and min(price) > 0;

-- segment free_things
select id from view_ where price = 0;

-- segment big_session
select id from purchase group by id having sum(price) >= 1500;

-- segment dear_last_purchase
select id from (
  select id, price, row_number() over (partition by id order by t desc) as n from purchase)
where n = 1 and price > 800;

-- segment two_lines_one_order
select id from purchase group by id
having count(*) = 1 and id in (select id from row group by id having count(*) >= 2);

-- segment many_sessions
select id from view_ group by id having count(distinct session) >= 4;

-- segment many_brands
select id from view_ where t > now() - interval 3 hours
group by id having count(distinct brand) >= 6;

-- segment quick_decision
with seen as (select id, min(t) as first from view_ group by id)
select id from purchase join seen using (id) where t > first and t <= first + interval 5 minutes;

-- segment still_here
select id from view_ group by id
having max(t) > now() - interval 20 minutes
   and min(t) > now() - interval 3 hours and min(t) <= now() - interval 1 hours;

-- segment shoes_or_clocks
select id from view_ where category like '%shoes%' or category like '%.clocks'
except {electronics_only};

-- segment restless
with gap as (
  select id, epoch(t) - lag(epoch(t)) over (partition by id order by t) as gap
  from (select distinct id, t from view_))
select id from gap group by id
having quantile_cont(gap, 0.5) < 30
   and id in (select id from view_ group by id having count(*) >= 10);
