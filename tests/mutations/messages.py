"""Of messages: how they come in, go out and are listed."""

from tests.mutations import Mutation

_SEND = "src/looplane/messages/commands.py"
_INBOUND = "src/looplane/messages/inbound"

MESSAGES = [
    Mutation(
        "an answer goes out after a newer message",
        _SEND,
        "        _check_expectation(expected, found)\n",
        "",
        "messages/test_send_once.py",
    ),
    Mutation(
        "an answer leaves the draft",
        "src/looplane/threads/rules.py",
        'after = {**before, **next_draft(before, {"ai_draft_html": None}, now)}',
        "after = {**before}",
        "messages/test_send_message.py",
    ),
    Mutation(
        "two who bring one message do not wait for each other",
        f"{_INBOUND}/commands.py",
        "        await con.execute(sql.HOLD_NAME, context.workspace_id, external_id)\n",
        "",
        "messages/test_receive_once.py",
    ),
    Mutation(
        "what was erased comes in again",
        f"{_INBOUND}/commands.py",
        "names = [external_id, erased_name(storable(message.external_id))]",
        "names = [external_id]",
        "messages/test_erase_messages.py",
    ),
    Mutation(
        "a blocked domain comes in with another full stop",
        "src/looplane/contacts/blocked_senders/rules.py",
        '_FULL_STOPS.sub(".", host).rstrip(".")',
        "host",
        "messages/test_receive_message.py",
    ),
    Mutation(
        "what is being written is not erased",
        "src/looplane/erasure/sql.py",
        "deleted_at desc nulls first, id for update",
        "deleted_at desc nulls first, id",
        "messages/test_erase_messages.py",
    ),
    Mutation(
        "a list that goes up has the cursor of one that goes down",
        "src/looplane/kit/paging.py",
        'beyond = ">" if self.ascending else "<"',
        'beyond = "<"',
        "messages/test_list_messages.py",
    ),
]
