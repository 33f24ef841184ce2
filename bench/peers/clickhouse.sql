-- The seed in ClickHouse, as narrow as its types are: one table an event in
-- the order (id, t), and `person_stored`, one row a profile, one array a column,
-- in the order of time. engines.py has the latter in memory as `person`. {data} is the folder of generate.py, {born} the file of
-- dates of birth. Money is in cents. category_set.kind: 1 sneakers, 2 sport,
-- 3 newborn.

create table profile (
  id UInt32, country UInt8, age UInt8, gender UInt8, signed_up UInt32,
  birth_date Date32) engine = MergeTree order by id;
insert into profile
select customer, toUInt8(country), age, toUInt8(gender), signed_up, birth_date
from file('{data}/profiles.parquet') as p
join file('{born}') as b using (customer) order by customer;

create table page_view (id UInt32, t UInt32, channel UInt8)
engine = MergeTree order by (id, t);
insert into page_view
select customer, time, toUInt8(channel) from file('{data}/page_view.parquet');

create table product_view (id UInt32, t UInt32, category UInt16)
engine = MergeTree order by (id, t);
insert into product_view
select customer, time, toUInt16(category)
from file('{data}/product_view.parquet');

create table add_to_cart (id UInt32, t UInt32, category UInt16)
engine = MergeTree order by (id, t);
insert into add_to_cart
select customer, time, toUInt16(category)
from file('{data}/add_to_cart.parquet');

create table purchase (id UInt32, t UInt32, cents UInt32)
engine = MergeTree order by (id, t);
insert into purchase
select customer, time, toUInt32(amount * 100)
from file('{data}/purchase.parquet');

create table call (id UInt32, t UInt32) engine = MergeTree order by (id, t);
insert into call select customer, time from file('{data}/call.parquet');

create table email_open (id UInt32, t UInt32)
engine = MergeTree order by (id, t);
insert into email_open
select customer, time from file('{data}/email_open.parquet');

create table push_open (id UInt32, t UInt32)
engine = MergeTree order by (id, t);
insert into push_open
select customer, time from file('{data}/push_open.parquet');

create table category_set (category UInt16, kind UInt8)
engine = MergeTree order by category;
insert into category_set
select number as category, multiIf(
  place < 25, 1, place between 100 and 129, 2, 3)
from (select number, (number * 7919 + 13) % 500 as place from numbers(500))
where place < 25 or place between 100 and 129 or place between 200 and 229;

create table category_name (category UInt16, name String)
engine = MergeTree order by category;
insert into category_name select number, toString(number) from numbers(500);

create table category_rank (category UInt16, rank UInt16)
engine = MergeTree order by category;
insert into category_rank
select category, row_number() over (order by name desc) from category_name;

create table person_stored (
  id UInt32, country UInt8, age UInt8, gender UInt8, signed_up UInt32,
  birth_date Date32,
  page_view Nested(t UInt32, channel UInt8),
  product_view Nested(t UInt32, category UInt16),
  add_to_cart Nested(t UInt32, category UInt16),
  purchase Nested(t UInt32, cents UInt32),
  call Nested(t UInt32), email_open Nested(t UInt32),
  push_open Nested(t UInt32)) engine = MergeTree order by id;
insert into person_stored
select id, country, age, gender, signed_up, birth_date,
  pv.rows.1, pv.rows.2, dv.rows.1, dv.rows.2, ac.rows.1, ac.rows.2, pu.rows.1,
  pu.rows.2, ca.t, eo.t, po.t
from profile
left join (select id, arraySort(groupArray((t, channel))) as rows
  from page_view group by id) as pv using (id)
left join (select id, arraySort(groupArray((t, category))) as rows
  from product_view group by id) as dv using (id)
left join (select id, arraySort(groupArray((t, category))) as rows
  from add_to_cart group by id) as ac using (id)
left join (select id, arraySort(groupArray((t, cents))) as rows
  from purchase group by id) as pu using (id)
left join (select id, arraySort(groupArray(t)) as t
  from call group by id) as ca using (id)
left join (select id, arraySort(groupArray(t)) as t
  from email_open group by id) as eo using (id)
left join (select id, arraySort(groupArray(t)) as t
  from push_open group by id) as po using (id)
