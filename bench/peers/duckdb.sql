-- What the constructs ask of DuckDB beyond the tables of the seed: dates of
-- birth, the names of categories with their order of code points, and runs.
-- `over ()` goes in the order of a table, which is (id, t), and streams: four
-- times as fast as `over (partition by id order by t)`.

create or replace table profile as
select profile.*, birth_date
from profile join read_parquet('{born}') on id = customer order by id;
create table category_name as
select range::usmallint as category, range::varchar as name from range(500);
create table category_rank as
select category, (row_number() over (order by name desc))::usmallint as rank
from category_name;
-- The people with 8 different times on a channel, none more than 30 days behind
-- the one before.
create macro runs_of_8(wanted) as table
select id
from (
  select id, t, lag(id, 7) over () as first, lag(t, 1) over () as t1,
    lag(t, 2) over () as t2, lag(t, 3) over () as t3, lag(t, 4) over () as t4,
    lag(t, 5) over () as t5, lag(t, 6) over () as t6, lag(t, 7) over () as t7
  from (
    select id, t
    from (
      select id, t::integer as t, lag(id) over () as who,
        lag(t) over () as before
      from page_view where channel = wanted)
    where who is distinct from id or before <> t))
where id = first and greatest(t - t1, t1 - t2, t2 - t3, t3 - t4, t4 - t5,
                              t5 - t6, t6 - t7) <= 30 * 86400;
