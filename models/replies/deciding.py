"""Decides how a message is answered that no survey or double opt-in has taken (`models.replies.asked`).

First STOP, START and HELP; then nothing for who said no; whoever has the conversation; nothing for machines; the
rules; the default reply.
"""

from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.conversations.modes import set_mode
from models.conversations.tables import Mode
from models.replies.built_in import built_in
from models.replies.decisions import CAUSE, SILENCE, Decision, Renderer
from models.replies.heard import Heard, Situation
from models.replies.limits import DEFAULT, default_is_due, is_machine, keyword_is_due
from models.replies.questions import ask_to_join, begin_survey
from models.replies.rules import Rule
from models.replies.studio import flow_webhook, hand_over

SILENT_FOR = timedelta(hours=24)
log = structlog.get_logger(__name__)

_TAG = text("""
    UPDATE contacts SET tags = tags || CAST(:tag AS text), updated_at = :now
    WHERE id = :id AND NOT tags @> ARRAY[CAST(:tag AS text)]
""")


async def decide(connection: AsyncConnection, heard: Heard, situation: Situation) -> Decision:
    """What is said to the message; what its rule does besides is done in this transaction."""
    if heard.keyword is not None:
        said = built_in(heard, situation, heard.keyword)
        return said if not said.says or await keyword_is_due(connection, heard, cause=said.cause) else SILENCE
    if not situation.may_answer or situation.mode is Mode.SILENT:
        return SILENCE
    rule = situation.rules.rule_for(heard.message.body)
    if situation.mode is not Mode.AUTO and not (rule and rule.take_back):
        return _left_to_others(heard, situation)
    if rule is None and situation.rules.default is None:
        return SILENCE
    if await is_machine(connection, heard):
        return await _fall_silent(connection, heard)
    if rule is not None:
        return await _follow(connection, heard, situation, rule)
    return await _by_default(connection, heard, situation)


def _left_to_others(heard: Heard, situation: Situation) -> Decision:
    """A flow of Twilio Studio gets the message; a person of ours reads it."""
    if situation.mode is Mode.STUDIO and situation.studio_flow is not None:
        url = flow_webhook(account_sid=heard.message.account_sid, flow_sid=situation.studio_flow)
        return Decision(CAUSE + "studio", redirect=url)
    return SILENCE


async def _fall_silent(connection: AsyncConnection, heard: Heard) -> Decision:
    log.warning("automatic replies stopped: looks like a machine", conversation_id=str(heard.conversation_id))
    await set_mode(
        connection,
        organization_id=heard.organization_id,
        conversation_id=heard.conversation_id,
        mode=Mode.SILENT,
        until=heard.now + SILENT_FOR,
        reason="looks like a machine",
    )
    return SILENCE


async def _follow(connection: AsyncConnection, heard: Heard, situation: Situation, rule: Rule) -> Decision:
    if rule.tag is not None:
        await connection.execute(_TAG, {"id": heard.contact_id, "tag": rule.tag, "now": heard.now})
    if rule.take_back:
        await set_mode(
            connection,
            organization_id=heard.organization_id,
            conversation_id=heard.conversation_id,
            mode=Mode.AUTO,
        )
    if rule.lookup is not None:
        return Decision(CAUSE + rule.name, lookup=rule.name)
    if rule.studio is not None:
        await hand_over(
            connection,
            organization_id=heard.organization_id,
            conversation_id=heard.conversation_id,
            flow_sid=rule.studio,
            now=heard.now,
        )
    if rule.survey is not None:
        return await begin_survey(connection, heard, rule.survey)
    if rule.join is not None:
        return await ask_to_join(connection, heard, situation, rule.join)
    says = Renderer(situation.values).say(rule.reply, media=rule.media)
    return Decision(CAUSE + rule.name, says, redirect=rule.redirect)


async def _by_default(connection: AsyncConnection, heard: Heard, situation: Situation) -> Decision:
    default = situation.rules.default
    if default is None or not await default_is_due(connection, heard, hours=default.hours):
        return SILENCE
    return Decision(DEFAULT, Renderer(situation.values).say(default.reply))
