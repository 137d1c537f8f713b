-- What events carry: threads and messages as the program shows them, which rows take turns with.
create unlogged table bench_documents (number int primary key, thread json, message json);
insert into bench_documents
select x.number, x.thread, m.message from (
  select row_number() over () - 1 as number, :thread as thread
  from (select * from threads limit 997) t :joins) x
join (
  select row_number() over () - 1 as number, :message as message
  from (select * from messages limit 997) ms) m using (number);
analyze bench_documents;
