-- Vulnerabilities: scans of assets, what they found, and the spells in which a finding was open.

-- An asset that a scan came upon and no inventory declares. An inventory that declares it says so by a row of its own.
alter table asset_fact add column discovered boolean not null default false;

-- What a scanner rates a finding, with the scanner's name: rulebooks rank these words on a scale.
create type finding_rating as enum ('nessus:low', 'nessus:medium', 'nessus:high', 'nessus:critical');
-- remediated: a scan that covered the finding did not see it.
create type finding_means as enum ('remediated');
create type family_status as enum ('enabled', 'disabled', 'mixed');

create table asset_scan (
  agency_id    integer not null,
  asset_key    bigint not null,
  scan_key     bigint not null,
  day          date not null,
  ended        timestamptz,
  -- Scans of an asset that ended at once are ordered by what they say.
  digest       text not null,
  credentialed boolean not null,
  finished     boolean not null,
  -- The file says which families of plugins were enabled; one that does not covers them all.
  has_policy   boolean not null,
  line         integer not null,
  known_from   bigint not null,
  primary key (agency_id, asset_key, scan_key)
);
comment on table asset_scan is
  'Scans that reached an asset, ordered by day, end and digest: one for each file and asset, known_from being the file.';

create table scan_family (
  agency_id  integer not null,
  family     text not null,
  status     family_status not null,
  known_from bigint not null,
  primary key (agency_id, known_from, family)
);
comment on table scan_family is 'The families of plugins that the policy of a file of scans lists.';

create table plugin (
  agency_id   integer not null,
  plugin      integer not null,
  title       text not null,
  family      text not null,
  -- The last scan that said so: of scans that disagree, the last one's words count, whenever it was taken in.
  said_day    date not null,
  said_ended  timestamptz,
  said_digest text not null,
  known_from  bigint not null,
  known_until bigint,
  primary key (agency_id, plugin, known_from)
);

create table finding (
  agency_id     integer not null,
  finding_key   bigint not null,
  asset_key     bigint not null,
  component_key bigint not null,
  plugin        integer not null,
  port          integer not null,
  protocol      text not null,
  -- The first step of its step function: the scan that brought it here, and what that scan said.
  scan_key      bigint not null,
  rating        finding_rating not null,
  line          integer not null,
  known_from    bigint not null,
  primary key (agency_id, finding_key)
);
-- An import looks for the findings of the assets it scanned.
create index finding_asset on finding (agency_id, asset_key);
comment on table finding is 'A vulnerability on an asset: plugin, port and protocol. The row never changes.';

create table finding_state (
  agency_id   integer not null,
  finding_key bigint not null,
  scan_key    bigint not null,
  -- Null: the scan did not see it.
  rating      finding_rating,
  -- Null where the scan did not see it, or said what the one before it said until another came between.
  line        integer,
  known_from  bigint not null,
  primary key (agency_id, finding_key, scan_key)
);
comment on table finding_state is
  'What scans said of a finding after its first step, where that changed: it holds from the scan to the next row''s.';

create table finding_spell (
  agency_id     integer not null,
  finding_key   bigint not null,
  component_key bigint not null,
  plugin        integer not null,
  class         finding_rating not null,
  trigger       date not null,
  -- A spell in which the rating changes has a row for each: this one is said as of days from … until ….
  holds_from    date not null,
  holds_until   date,
  next_trigger  date,
  done          date,
  means         finding_means,
  known_from    bigint not null,
  known_until   bigint,
  primary key (agency_id, finding_key, trigger, holds_from, known_from)
);
-- A census groups by these; without knowing how few groups there are, the planner will not do it in parallel.
create statistics finding_spell_groups (ndistinct) on component_key, class, trigger, done, means from finding_spell;
comment on table finding_spell is
  'A finding is open from the scan that first saw it to the first that covered it and did not.';

create table informational_item (
  agency_id  integer not null,
  asset_key  bigint not null,
  plugin     integer not null,
  port       integer not null,
  protocol   text not null,
  line       integer not null,
  known_from bigint not null,
  primary key (agency_id, asset_key, plugin, port, protocol)
);
comment on table informational_item is 'What scans report without calling it a vulnerability, when first taken in. No duty arises from it.';

create table finding_plan (
  agency_id     integer not null,
  plan_key      bigint not null,
  system_key    bigint not null,
  -- Null: the whole system, with the components it is yet to have.
  component_key bigint,
  plugin        integer not null,
  from_day      date not null,
  until_day     date,
  known_from    bigint not null,
  known_until   bigint,
  primary key (agency_id, plan_key, plugin, known_from)
);
comment on table finding_plan is 'Which findings a plan (POA&M) covers, from its creation to its end.';

create table finding_declaration (
  agency_id   integer not null,
  finding_key bigint not null,
  day         date not null,
  reason      text not null,
  known_from  bigint not null,
  primary key (agency_id, finding_key, known_from)
);
comment on table finding_declaration is 'Acts: the owner said on the day that the finding cannot be fixed in time.';

do $$
declare t text;
begin
  foreach t in array array['asset_scan', 'scan_family', 'plugin', 'finding', 'finding_state', 'finding_spell',
      'informational_item', 'finding_plan', 'finding_declaration'] loop
    execute format('alter table %I enable row level security', t);
    execute format(
      'create policy own_agency on %I to "muster:app"
         using (agency_id = (select nullif(current_setting(''muster.agency'', true), '''')::integer))', t);
    execute format('grant select, insert, update, delete on %I to "muster:app"', t);
  end loop;
end $$;
