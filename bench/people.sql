-- :size contacts of one workspace and a quarter as many companies, with names as people have them:
-- some that many share, some that one has. Run by bench/world.py.
insert into workspaces values ('00000000-0000-7000-8000-000000000001', 'Bench', now());
insert into members (workspace_id, id, email, name, role, joined_at)
values ('00000000-0000-7000-8000-000000000001', bench_id('d', 1), 'm@team.example', 'Member', 'USER', now());
-- What comes next of :size is picked by a hash, so that no two lists of names go in step.
create function pg_temp.picked(n bigint, salt int, names text[]) returns text language sql as
$$ select names[1 + abs(hashint8(n * 31 + salt) % cardinality(names))] $$;
insert into companies (workspace_id, id, name, domains, size, revenue, created_at, updated_at)
select '00000000-0000-7000-8000-000000000001', bench_id('c', n),
  pg_temp.picked(n, 1, array['Nordic', 'Baltic', 'Alpine', 'Iberian', 'Adriatic', 'Ägäis', 'Île', 'Åland', 'Pacific', 'Andean'])
  || ' ' || pg_temp.picked(n, 2, array['Freight', 'Foods', 'Energy', 'Textiles', 'Software', 'Paper', 'Timber', 'Optics', 'Robotics', 'Café'])
  || ' ' || initcap(translate(to_hex(hashint8(n)), '0123456789abcdef', 'aeiouklmnprstvbd')),
  array['c' || n || '.example'], n, n * 1000, now() - n * interval '1 minute', now() - n * interval '1 minute'
from generate_series(1, :size / 4) n;
insert into contacts (workspace_id, id, email, name, company_id, created_at, updated_at)
select '00000000-0000-7000-8000-000000000001', bench_id('b', n), 'p' || n || '@c' || (1 + n % (:size / 4)) || '.example',
  pg_temp.picked(n, 3, array['Anna', 'Björn', 'Chloé', 'David', 'Élodie', 'Fatima', 'Grzegorz', 'Hanna', 'Ingrid', 'José',
    'Katarína', 'Luís', 'María', 'Noël', 'Olga', 'Pekka', 'Quentin', 'Renée', 'Søren', 'Tomáš', 'Ulrich', 'Valérie', 'Wei',
    'Ximena', 'Yusuf', 'Zoë', 'Aleksandra', 'Bartholomew', 'Constantin', 'Dragomir', 'Esmeralda', 'Florentina'])
  || ' ' || initcap(translate(to_hex(hashint8(n / 3)), '0123456789abcdef', 'aeiouklmnprstvbd')),
  bench_id('c', 1 + n % (:size / 4)), now() - n * interval '1 minute', now() - n * interval '1 minute'
from generate_series(1, :size) n;
