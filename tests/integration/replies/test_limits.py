"""How much is said: so many replies a minute, none to machines, none to who is nobody's number."""

from tests.integration.replies.conftest import Talk

RULES = "{rules: [{words: [a, b, c, d, e, f, g], reply: ['one', 'two']}, {words: [x], reply: 'x'}]}"


async def test_five_a_minute_whole_answers_only(talk: Talk) -> None:
    await talk.rules(RULES)
    assert [len(await talk.say(body)) for body in ("a", "b", "c")] == [2, 2, 0]
    assert await talk.say("x") == ["x"]
    assert await talk.say("x") == []
    await talk.do("UPDATE messages SET created_at = created_at - interval '61 seconds'")
    assert len(await talk.say("d")) == 2
    assert await talk.rows("SELECT count(*) FROM messages WHERE direction = 'inbound'") == [(6,)]


async def test_the_limit_is_the_numbers_over_all_its_conversations(talk: Talk) -> None:
    await talk.rules(RULES)
    said = [len(await talk.say(body, whatsapp=place % 2 == 0)) for place, body in enumerate(("a", "b", "c"))]
    assert said == [2, 2, 0]


async def test_the_same_text_again_and_again_is_a_machine(talk: Talk) -> None:
    await talk.rules(RULES)
    assert [await talk.say("x") for _ in range(5)] == [["x"], ["x"], ["x"], [], []]
    marked = "SELECT mode, mode_reason FROM conversations"
    assert await talk.rows(marked) == [("silent", "looks like a machine")]
    assert await talk.say("a") == []
    await talk.do("UPDATE conversations SET mode_until = now()")
    assert len(await talk.say("a")) == 2


async def test_a_stop_is_obeyed_and_confirmed_whatever_the_limit(talk: Talk) -> None:
    await talk.rules(RULES)
    for body in ("x", "a", "b", "c", "d"):
        await talk.say(body, whatsapp=True)
    assert len(await talk.say("STOP", whatsapp=True)) == 1
    assert await talk.rows("SELECT DISTINCT state FROM consents") == [("opted_out",)]


async def test_help_is_given_three_times_in_ten_minutes(talk: Talk) -> None:
    """Enough for a person; two machines that ask each other for help come to an end."""
    await talk.rules(RULES)
    assert [len(await talk.say("HELP", whatsapp=True)) for _ in range(5)] == [1, 1, 1, 0, 0]
