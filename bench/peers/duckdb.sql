-- What the constructs ask of DuckDB beyond the tables of the seed: dates of
-- birth, and the names of categories with their order of code points.

create or replace table profile as
select profile.*, birth_date
from profile join read_parquet('{born}') on id = customer order by id;
create table category_name as
select range::usmallint as category, range::varchar as name from range(500);
create table category_rank as
select category, (row_number() over (order by name desc))::usmallint as rank
from category_name;
