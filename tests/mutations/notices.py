"""Of who is told what, and when."""

from tests.mutations import Mutation

_RULES = "src/looplane/notices/rules.py"
_SQL = "src/looplane/notices/sql.py"
_QUIET = "src/looplane/notices/settings/rules.py"
_TABLE = "notices/test_table.py"
_FAN_OUT = "notices/test_fan_out.py"

NOTICES = [
    Mutation(
        "people are told of what they did",
        _RULES,
        "return not is_own and (",
        "return (",
        _TABLE,
    ),
    Mutation(
        "a VIEWER is told of everything",
        _RULES,
        'tells_viewers or member.role != "VIEWER"',
        'tells_viewers or member.role != "GUEST"',
        _TABLE,
    ),
    Mutation(
        "a mention is told as a comment",
        _RULES,
        "min(each, key=lambda one: REASONS.index(one.reason))",
        "max(each, key=lambda one: REASONS.index(one.reason))",
        f"{_TABLE} {_FAN_OUT}",
    ),
    Mutation(
        "a notice that does not leave begets another one",
        _RULES,
        'channels & {"in_app"} if happening.delivery_kind == "notice" else channels',
        "channels",
        _TABLE,
    ),
    Mutation(
        "mail leaves without its notice",
        "src/looplane/deliveries/sql.py",
        "  join {subjects} s on s.id = y.subject_id",
        "  cross join (select 1) s",
        f"{_FAN_OUT} test_update_thread_notify.py",
    ),
    Mutation(
        "one is told of each time that a comment still mentions one",
        _SQL,
        "and o.member_id = x.member_id and o.subject_id = x.subject_id and o.reason = x.reason",
        "and o.member_id = x.member_id and o.id = x.id",
        _FAN_OUT,
    ),
    Mutation(
        "quiet hours begin on the day on which they end",
        _QUIET,
        "for day in (today - _DAY, today):",
        "for day in (today,):",
        "notices/test_quiet_hours.py",
    ),
    Mutation(
        "in autumn it is quiet until the first half past two",
        _QUIET,
        "max(self._moments(end_day, self.end))",
        "min(self._moments(end_day, self.end))",
        "notices/test_quiet_hours.py",
    ),
    Mutation(
        "a tab forgets what another one chose meanwhile",
        "src/looplane/notices/settings/commands.py",
        "        await con.execute(sql.HOLD, *key)\n",
        "",
        "notices/test_settings.py",
    ),
    Mutation(
        "who left the team is told what was planned before",
        "src/looplane/notices/words/sql.py",
        "and (nt.member_id is null or me.id is not null)",
        "and true",
        "notices/test_words.py",
    ),
    Mutation(
        "all threads there are are read for the notices of one member",
        "src/looplane/notices/words/sql.py",
        """(nt.thread_id is null or (
    select true from""",
        """(nt.thread_id is null or exists (
    select from""",
        "notices/test_many.py",
    ),
]
