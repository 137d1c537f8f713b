"""Every statement on tries to sign in. They are counted in no workspace."""

_ACCOUNT = "sha256(convert_to(lower($1), 'UTF8'))"

# Counts a try, in one statement, so that of many at once no more get through than may. No row where
# a pause lasts. $1 what is guessed at, $2 now, $3 before when tries are forgotten, $4 how many are
# free, $5 the first pause, $6 the longest.
TAKE = f"""
insert into sign_in_attempts as a (account, attempts, last_at, paused_until)
values ({_ACCOUNT}, 1, $2, $2)
on conflict (account) do update set
  attempts = case when a.last_at < $3 then 1 else a.attempts + 1 end,
  last_at = $2,
  paused_until = case
    when a.last_at < $3 or a.attempts + 1 < $4 then $2
    else $2 + least($6::interval, $5::interval * power(2, least(a.attempts + 1 - $4, 20)))
  end
where a.paused_until <= $2
returning attempts"""

FIND_PAUSE = f"select paused_until from sign_in_attempts where account = {_ACCOUNT}"

FORGET = f"delete from sign_in_attempts where account = {_ACCOUNT}"

DELETE_OLD = "delete from sign_in_attempts where last_at < $1 and paused_until < $2"
