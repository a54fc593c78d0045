-- Derived tables: each row follows from entries and observations, and a rebuild gives it again.
-- known_from and known_until are entry indexes; null means known until now.

create table adoption (
  agency_id  integer not null,
  rulebook   text not null,
  source     text not null,
  known_from bigint not null,
  primary key (agency_id, known_from)
);
comment on table adoption is 'Rulebooks as adopted, their bytes included.';

create table agency_fact (
  agency_id  integer not null,
  kind       text not null,
  time_zone  text not null,
  -- Its data is invented, and whatever is shown of it says so.
  demonstration boolean not null,
  known_from bigint not null,
  primary key (agency_id, known_from)
);

create table system (
  agency_id  integer not null,
  system_key bigint not null,
  name       text not null,
  known_from bigint not null,
  primary key (agency_id, system_key)
);

create table system_fact (
  agency_id   integer not null,
  system_key  bigint not null,
  -- '-infinity': stated without a day, so it holds from the beginning.
  from_day    date not null,
  impact      text not null check (impact in ('low', 'moderate', 'high')),
  line        integer not null,
  known_from  bigint not null,
  known_until bigint,
  primary key (agency_id, system_key, from_day, known_from)
);

create table component (
  agency_id     integer not null,
  component_key bigint not null,
  system_key    bigint not null,
  name          text not null,
  known_from    bigint not null,
  primary key (agency_id, component_key)
);

create table component_fact (
  agency_id     integer not null,
  component_key bigint not null,
  from_day      date not null,
  environment   text not null check (environment in ('cloud', 'on-premises')),
  fti           boolean not null,
  line          integer not null,
  known_from    bigint not null,
  known_until   bigint,
  primary key (agency_id, component_key, from_day, known_from)
);

create table asset (
  agency_id     integer not null,
  asset_key     bigint not null,
  component_key bigint not null,
  name          text not null,
  known_from    bigint not null,
  primary key (agency_id, asset_key)
);

create table asset_fact (
  agency_id   integer not null,
  asset_key   bigint not null,
  from_day    date not null,
  fqdn        text not null,
  ip          text not null,
  platform    text not null,
  role        text not null,
  line        integer not null,
  known_from  bigint not null,
  known_until bigint,
  primary key (agency_id, asset_key, from_day, known_from)
);

create type account_status as enum ('active', 'disabled', 'deactivated', 'quarantined', 'absent');
create type account_class as enum ('user', 'privileged');
create type account_means as enum ('signed-in', 'disabled', 'deactivated', 'quarantined', 'removed');

create type account_said as (
  last_login date, status_changed date, status account_status, privileged boolean, created date, person text
);

create table account (
  agency_id     integer not null,
  account_key   bigint not null,
  component_key bigint not null,
  name          text not null,
  known_from    bigint not null,
  primary key (agency_id, account_key)
);

create table account_list (
  agency_id     integer not null,
  component_key bigint not null,
  day           date not null,
  known_from    bigint not null,
  primary key (agency_id, component_key, day)
);
comment on table account_list is 'The days for which a list of a component''s accounts is known.';

create table account_state (
  agency_id      integer not null,
  account_key    bigint not null,
  day            date not null,
  status         account_status not null,
  status_changed date,
  last_login     date,
  created        date,
  privileged     boolean not null,
  person         text not null,
  -- The entry of the list that said so, and its line; no line where a list's silence says it.
  evidence       bigint not null,
  line           integer,
  known_from     bigint not null,
  known_until    bigint,
  primary key (agency_id, account_key, day, known_from)
);
comment on table account_state is
  'What the lists say of an account, one row for each change: it holds from the list of its day to the next row''s.';

create table account_disablement (
  agency_id   integer not null,
  account_key bigint not null,
  day         date not null,
  known_from  bigint not null,
  primary key (agency_id, account_key, known_from)
);
comment on table account_disablement is 'Acts: a person recorded that the account was disabled on the day.';

create table account_spell (
  agency_id     integer not null,
  account_key   bigint not null,
  component_key bigint not null,
  class         account_class not null,
  trigger       date not null,
  -- A spell in which the class changes has a row for each: this one is said as of days from … until ….
  holds_from    date not null,
  holds_until   date,
  next_trigger  date,
  done          date,
  means         account_means,
  -- The day of creation, where no list shows that the account had not signed in before `trigger`.
  surmised_from date,
  known_from    bigint not null,
  known_until   bigint,
  primary key (agency_id, account_key, trigger, holds_from, known_from)
);
-- A census groups by these; without knowing how few groups there are, the planner will not do it in parallel.
create statistics account_spell_groups (ndistinct) on component_key, class, trigger, done, means from account_spell;
comment on table account_spell is 'Idle spells: from a sign-in to the next, or to the day the account was no longer usable.';

create table acceptance (
  agency_id   integer not null,
  duty        text not null,
  subject_key bigint not null,
  trigger     date not null,
  accepted    date not null,
  until       date not null,
  reason      text not null,
  known_from  bigint not null,
  primary key (agency_id, known_from)
);

do $$
declare t text;
begin
  foreach t in array array['adoption', 'agency_fact', 'system', 'system_fact', 'component', 'component_fact',
      'asset', 'asset_fact', 'account', 'account_list', 'account_state', 'account_disablement',
      'account_spell', 'acceptance'] loop
    execute format('alter table %I enable row level security', t);
    execute format(
      'create policy own_agency on %I to "muster:app"
         using (agency_id = (select nullif(current_setting(''muster.agency'', true), '''')::integer))', t);
    execute format('grant select, insert, update, delete on %I to "muster:app"', t);
  end loop;
end $$;
