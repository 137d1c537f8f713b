from tests.test_list_threads_pages import *
from tests.test_list_threads_pages import _statement
async def test_show(crowded):
    con, by, links = crowded; await con.execute("set local join_collapse_limit=8; set local from_collapse_limit=8")
    out=[]
    for number, fields in enumerate([*FIXED, *({name: links[name]} for name in LINKS)]):
        query = (await _statement(con, by, fields)).query
        count = max(n for n in range(1, 30) if f"${n}" in query)
        await con.execute("discard plans"); await con.execute(f"prepare list_{number} as {query}")
        await con.execute("set local plan_cache_mode=force_generic_plan"); rows = await con.fetch(f"explain (summary on) execute list_{number}({', '.join(['null'] * count)})")
        out.append(f"== {fields}\n"+"\n".join(r[0] for r in rows if 'SubPlan' not in r[0])+"")
    import pathlib; pathlib.Path('/tmp/threads_shim/plans').write_text('\n'.join(out))
