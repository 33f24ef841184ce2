-- examples/online_retail in SQL, straight from the file; see answers.py.
-- Instants are timestamps with time zone, so that days around the two changes
-- of the clock are told apart: a window of days counts 24 hours each.

set timezone = 'Europe/London';
create macro now() as timestamptz '2011-12-10 00:00:00 Europe/London';
create macro days_ago(n) as now() - to_hours(24 * n);
create macro months_ago(n) as now() - to_months(n);

create table row as
select CustomerID as id, InvoiceNo as ord, StockCode as product, Description as description,
       Country as country, Quantity::bigint as quantity,
       InvoiceDate::timestamp at time zone 'Europe/London' as local_t,
       (UnitPrice::decimal(18, 6) * 1000000)::hugeint as millionths
from read_csv('{data}/online_retail.csv.zst', header = true, all_varchar = true)
where CustomerID is not null;

-- Millionths of a pound to pence, half to even.
create macro pence(x) as (
  case when abs(x) % 10000 > 5000 or (abs(x) % 10000 = 5000 and abs(x) // 10000 % 2 = 1)
       then abs(x) // 10000 + 1 else abs(x) // 10000 end * sign(x));

create table line as
select id, ord, product, description, quantity, pence(millionths) as price,
       pence(quantity * millionths) as amount,
       min(local_t) over (partition by id, ord) as t
from row where quantity > 0;

create table cancelled as
select id, ord, product, description, quantity, pence(quantity * millionths) as amount,
       min(local_t) over (partition by id, ord) as t
from row where ord like 'C%';

create table orders as
select id, ord, t, sum(amount) as amount, sum(quantity) as quantity from line group by all;

create table customer as
select id, first(country order by local_t desc, country desc) as country from row group by id;

create table bought as
select id, min(t) as first, max(t) as last, count(*) as orders from orders group by id;

create table regret as
select id, min(t) as first, max(t) as last from cancelled group by id;

create table lifecycle as
select customer.id, case
  when orders is null then 'no_order'
  when orders = 1 and last > days_ago(60) then 'first_order'
  when last > days_ago(90) then 'active'
  when orders > 1 and last > days_ago(180) then 'at_risk'
  when orders = 1 then 'one_and_done'
  else 'lost' end as stage
from customer left join bought using (id);

-- segment one_order
select id from bought where orders = 1;

-- segment one_line
select id from line group by id having count(*) = 1;

-- segment average_by_order
select id from bought join (select id, sum(amount) as amount, count(*) as lines from line group by id)
using (id) where lines >= 5 and amount > 5000 * orders;

-- segment average_by_line
select id from line group by id having count(*) >= 5 and sum(amount) > 5000 * count(*);

-- segment big_first_order
select id from (
  select id, t, amount, row_number() over (partition by id order by t, ord) as n from orders)
where n = 1 and amount > 50000
  and t >= timestamptz '2011-01-01 00:00 Europe/London'
  and t < timestamptz '2011-07-01 00:00 Europe/London';

-- segment small_last_order
select id from (
  select id, t, amount, row_number() over (partition by id order by t desc, ord desc) as n
  from orders)
where n = 1 and amount < 2000 and t > months_ago(6);

-- segment pallets_abroad
select id from customer
where country <> 'United Kingdom' and id in (select id from orders where quantity >= 1000);

-- segment candles
select id from line where lower(description) like '%t-light%' and t > days_ago(90);

-- segment bags_but_no_boxes
select id from line
where t >= timestamptz '2011-01-01 00:00 Europe/London'
  and t < timestamptz '2012-01-01 00:00 Europe/London'
group by id having bool_or(lower(description) like '%bag')
  and not bool_or(lower(description) like '%box');

-- segment wide_choice
select id from line where t > months_ago(12) group by id having count(distinct product) >= 200;

-- segment paid_postage
select id from line
where product in ('POST', 'DOT') and t >= timestamptz '2011-07-01 00:00 Europe/London'
  and t < timestamptz '2011-10-01 00:00 Europe/London';

-- segment free_of_charge
select id from line where price = 0;

-- segment codes_with_letters
select id from line
where (product like '%A' or product like '%B') and t >= timestamptz '2011-10-01 00:00 Europe/London'
group by id having count(distinct ord) >= 3;

-- segment november_rush
select id from orders
where t >= timestamptz '2011-11-01 00:00 Europe/London'
  and t < timestamptz '2011-12-01 00:00 Europe/London'
group by id having sum(amount) > 100000;

-- segment christmas_again
select id from orders where t < timestamptz '2011-01-01 00:00 Europe/London'
intersect
select id from orders where t >= timestamptz '2011-12-01 00:00 Europe/London';

-- segment gone_since_spring
select id from orders where t > months_ago(12)
except
select id from orders where t >= timestamptz '2011-06-01 00:00 Europe/London';

-- segment every_fortnight
with gap as (
  select id, epoch_us(t) - lag(epoch_us(t)) over (partition by id order by t) as gap
  from (select distinct id, t from orders))
select id from gap group by id
having id in (select id from bought where orders >= 5)
   and quantile_cont(gap, 0.5) <= 14 * 86400000000;

-- segment doubled
select id from orders where t > days_ago(180)
group by id
having count(*) filter (t <= days_ago(90)) > 0
   and coalesce(sum(amount) filter (t > days_ago(90)), 0)
     > 2 * sum(amount) filter (t <= days_ago(90));

-- segment nearly_half_a_year
select id from bought where last <= days_ago(150) and last > days_ago(183);

-- segment paid_nothing_in_the_end
select id from customer
where coalesce((select sum(amount) from line where line.id = customer.id), 0)
    + coalesce((select sum(amount) from cancelled where cancelled.id = customer.id), 0) <= 0;

-- segment regretted_at_once
select c.id from cancelled c join bought b using (id)
where c.t > b.first and c.t <= b.first + to_hours(24 * 7);

-- segment discounted
select id from cancelled where product = 'D';

-- segment only_cancelled
select id from regret except select id from line;

-- segment loyal_without_regret
select id from orders where t > months_ago(6) group by id having count(*) >= 4
except select id from cancelled where t > months_ago(6)
except {discounted};

-- segment silent_after_cancellation
select r.id from regret r left join bought b using (id)
where r.last > months_ago(12) and (b.last is null or b.last <= r.last)
  and r.id in {average_by_order};

-- segment lifecycle.no_order
select id from lifecycle where stage = 'no_order';

-- segment lifecycle.first_order
select id from lifecycle where stage = 'first_order';

-- segment lifecycle.active
select id from lifecycle where stage = 'active';

-- segment lifecycle.at_risk
select id from lifecycle where stage = 'at_risk';

-- segment lifecycle.one_and_done
select id from lifecycle where stage = 'one_and_done';

-- segment lifecycle.lost
select id from lifecycle where stage = 'lost';

-- segment big_at_risk
select id from orders where t > months_ago(12) group by id having sum(amount) > 200000
intersect {lifecycle.at_risk};

-- segment not_lost
select id from lifecycle where stage not in ('lost', 'one_and_done');
