-- examples/taobao in SQL, straight from the file; see answers.py.
-- Times are local: Shanghai is UTC+8 all year.

create macro now() as timestamp '2017-12-04 00:00:00';

create table event as
select user_id as id, behavior, item_id as item, category_id as category,
       make_timestamp(timestamp::bigint * 1000000) + interval 8 hours as t
from read_csv('{data}/userbehavior.csv.zst', header = true, all_varchar = true);

create macro household() as ['4145813', '2355072', '4756105', '3607361', '982926'];

-- segment window_shoppers
select id from event group by id
having count(*) filter (behavior = 'pv') >= 50 and count(*) filter (behavior in ('buy', 'cart')) = 0;

-- segment buyers
select id from event where behavior = 'buy' and t > now() - interval 9 days;

-- segment repeat_buyers
select id from event where behavior = 'buy' and t > now() - interval 9 days
group by id having count(*) >= 2;

-- segment heavy_buyers
select id from event where t > now() - interval 9 days group by id
having count(*) filter (behavior = 'buy') * 20 > count(*) filter (behavior = 'pv');

-- segment steady_buyers
with gap as (
  select id, epoch(t) - lag(epoch(t)) over (partition by id order by t) as gap
  from (select distinct id, t from event where behavior = 'buy'))
select id from gap group by id
having quantile_cont(gap, 0.5) < 36 * 3600
   and id in (select id from event where behavior = 'buy' group by id having count(*) >= 3);

-- segment curious
select id from event where behavior = 'pv' and t > now() - interval 7 days
group by id having count(distinct category) >= 30;

-- segment single_minded
select id from event where behavior = 'pv' and t > now() - interval 7 days
group by id having count(*) > 5 * count(distinct item) or count(distinct category) <= 5;

-- segment household_browsers
select id from event where list_contains(household(), category)
group by id
having count(*) filter (behavior = 'pv') >= 10 and count(*) filter (behavior = 'buy') = 0;

-- segment dreamers
select id from event where t > now() - interval 9 days group by id
having count(*) filter (behavior = 'fav') >= 5 and count(*) filter (behavior = 'cart') < 2
   and count(*) filter (behavior = 'buy') = 0;

-- segment weekend_only
select id from event where behavior = 'buy' and t >= timestamp '2017-12-02'
except
select id from event
where behavior = 'buy' and t >= timestamp '2017-11-27' and t < timestamp '2017-12-02';

-- segment came_yesterday
select id from event
where behavior = 'pv' and t >= timestamp '2017-12-03' and t < timestamp '2017-12-04'
except
select id from event
where behavior = 'pv' and t > now() - interval 4 days and t <= now() - interval 2 days;

-- segment old_logs
select id from event where behavior = 'pv' and t < timestamp '2017-11-25';

-- segment bought_at_first_sight
with seen as (select id, min(t) as first from event where behavior = 'pv' group by id)
select id from event join seen using (id)
where behavior = 'buy' and t > first and t <= first + interval 2 hours;

-- segment cart_left_behind
with last as (
  select id, max(t) filter (behavior = 'cart') as cart, max(t) filter (behavior = 'buy') as buy
  from event group by id)
select id from last where cart > now() - interval 3 days and (buy is null or buy <= cart);

-- segment cooled_off
select id from event where behavior = 'pv' group by id
having count(*) filter (t > now() - interval 3 days) * 2
     < count(*) filter (t > now() - interval 6 days and t <= now() - interval 3 days)
   and max(t) < now() - interval 24 hours;

-- segment bought_after_favourite
with liked as (select id, min(t) as first from event where behavior = 'fav' group by id)
select id from event join liked using (id)
where behavior = 'buy' and t > first and t > now() - interval 5 days;

-- segment worth_a_message
{cart_left_behind} union {dreamers}
except {cooled_off};
