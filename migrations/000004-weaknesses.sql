-- POA&Ms: what lists, updates and acts say of them, and what follows from that.

create table poam (
  agency_id  integer not null,
  poam_key   bigint not null,
  system_key bigint not null,
  number     text not null,
  known_from bigint not null,
  primary key (agency_id, poam_key)
);
create unique index poam_number on poam (agency_id, system_key, number);
comment on table poam is 'POA&Ms: the plans of a system to mend its weaknesses, by number.';

create table poam_statement (
  agency_id     integer not null,
  poam_key      bigint not null,
  -- The day that the statement is about: of a list its own, of the act that created the POA&M that day.
  day           date not null,
  -- Null: it is about the whole system.
  component_key bigint,
  weakness      text not null,
  severity      text not null check (severity in ('critical', 'high', 'medium', 'low')),
  identified    date not null,
  -- The day on which the clock for its creation starts.
  trigger       date not null,
  created       date not null,
  scheduled     date not null,
  status        text not null check (status in ('open', 'late', 'completed', 'validated', 'accepted', 'cancelled')),
  status_date   date,
  owner         text not null,
  cost          numeric(14, 2),
  finding       text not null,
  comment       text not null,
  -- The line of the file; 0 where an act says it.
  line          integer not null,
  known_from    bigint not null,
  primary key (agency_id, poam_key, known_from)
);
comment on table poam_statement is 'What each list, or the act that created it, says of a POA&M as a whole.';

create table poam_change (
  agency_id  integer not null,
  poam_key   bigint not null,
  day        date not null,
  kind       text not null check (kind in ('update', 'date-change', 'status')),
  comment    text not null,
  scheduled  date,
  status     text check (status in ('open', 'late', 'completed', 'validated', 'accepted', 'cancelled')),
  line       integer not null,
  known_from bigint not null,
  primary key (agency_id, known_from, line)
);
create index poam_change_poam on poam_change (agency_id, poam_key);
comment on table poam_change is 'What files of updates and acts say happened to a POA&M on a day; said again by a file, it stands once.';

create table poam_event (
  agency_id      integer not null,
  poam_key       bigint not null,
  day            date not null,
  ordinal        integer not null,
  -- statement: a list says of its creation what does not stand.
  kind           text not null check (kind in ('created', 'update', 'date-change', 'status', 'statement')),
  comment        text not null,
  scheduled      date,
  status         text,
  -- What an act would have refused.
  flag           text,
  -- How it stands after the event: null before the POA&M is created.
  then_scheduled date,
  then_status    text,
  -- Whether somebody attended to the POA&M, so that the clock for its next update starts anew.
  counts         boolean not null,
  -- The entry that says so, and the line of its file; 0 where an act says it.
  evidence       bigint not null,
  line           integer not null,
  known_from     bigint not null,
  known_until    bigint,
  primary key (agency_id, poam_key, day, ordinal, known_from)
);
comment on table poam_event is 'The history of POA&Ms in order of its days, told anew whenever something is said of one.';

create table poam_spell (
  agency_id     integer not null,
  poam_key      bigint not null,
  duty          text not null check (duty in ('poam.create', 'poam.update', 'poam.complete')),
  system_key    bigint not null,
  component_key bigint,
  class         text not null check (class in ('assessment', 'vulnerability')),
  trigger       date not null,
  -- A spell in which the scheduled day changes has a row for each: this one is said as of days from … until ….
  holds_from    date not null,
  holds_until   date,
  next_trigger  date,
  done          date,
  means         text,
  scheduled     date,
  known_from    bigint not null,
  known_until   bigint,
  primary key (agency_id, poam_key, duty, trigger, holds_from, known_from)
);
create index poam_spell_duty on poam_spell (agency_id, duty);
comment on table poam_spell is 'What is to be done about POA&Ms: created once, updated again and again, completed by the scheduled day.';

do $$
declare t text;
begin
  foreach t in array array['poam', 'poam_statement', 'poam_change', 'poam_event', 'poam_spell'] loop
    execute format('alter table %I enable row level security', t);
    execute format(
      'create policy own_agency on %I to "muster:app"
         using (agency_id = (select nullif(current_setting(''muster.agency'', true), '''')::integer))', t);
    execute format('grant select, insert, update, delete on %I to "muster:app"', t);
  end loop;
end $$;
