-- The log: a Merkle tree over each agency's entries, and the checkpoints signed of it.

-- With the agency's code it makes the origin of the log: two agencies of one code, in two
-- databases, are two logs.
alter table agency add column log_id text not null
  default substr(md5(gen_random_uuid()::text), 1, 8) check (log_id ~ '^[0-9a-f]{8}$');

-- What the entry's commitment to the observations is salted with: apart from the file's salt, for
-- observations outlive the file. Null for what was imported before there was such a commitment.
alter table artifact add column observations_salt bytea;

create table log_tile (
  agency_id integer not null,
  level     integer not null,
  number    bigint not null,
  -- Up to 256 hashes of 32 bytes: of leaves, or of full tiles of the level below.
  hashes    bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  primary key (agency_id, level, number)
);
alter table log_tile alter hashes set storage external;
comment on table log_tile is 'The tree in tiles of 256 hashes; those at its right edge grow, full ones stay.';

create table log_head (
  agency_id integer primary key,
  size      bigint not null,
  note      text not null
);
comment on table log_head is 'The last head signed of each tree: a second old at most while a server runs, where a checkpoint may be a minute.';

create table checkpoint (
  agency_id integer not null,
  size      bigint not null,
  note      text not null,
  written   timestamptz(3) not null,
  primary key (agency_id, size)
);
comment on table checkpoint is 'Heads that are kept and copied to witnesses, as signed notes.';

create table checkpoint_key (
  agency_id integer not null,
  number    integer not null,
  key       text not null,
  primary key (agency_id, number)
);
comment on table checkpoint_key is 'The verifier keys of a log in the order in which they came into force.';

do $$
declare t text;
begin
  foreach t in array array['log_tile', 'log_head', 'checkpoint', 'checkpoint_key'] loop
    execute format('alter table %I enable row level security', t);
    execute format(
      'create policy own_agency on %I to "muster:app"
         using (agency_id = (select nullif(current_setting(''muster.agency'', true), '''')::integer))', t);
    execute format('grant select, insert on %I to "muster:app"', t);
  end loop;
end $$;
grant update (size, note) on log_head to "muster:app";
grant update (hashes) on log_tile to "muster:app";
-- INVARIANT: a full tile never changes.
create policy full_tile_stays on log_tile as restrictive for update to "muster:app"
  using (length(hashes) < 8192) with check (true);
