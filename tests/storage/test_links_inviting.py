"""Two identities become one person: nothing is sent twice, and what was answered stays."""

from __future__ import annotations

from storage import links
from storage.database import Database
from storage.statements import sql
from tests.outreach.sending import answered, broadcast, delivery, event, person


def test_merge_sends_a_broadcast_and_a_notice_once_and_keeps_answers(database: Database) -> None:
    with database.transaction() as tx:
        keep, give = person(tx), person(tx, channel="slack")
        news, old, brunch, dinner = (
            broadcast(tx), broadcast(tx, key="old"), event(tx), event(tx, key="dinner"),
        )  # fmt: skip
        sent = [delivery(tx, keep, broadcast_id=news, state="sent")]
        delivery(tx, give, broadcast_id=news)
        sent.append(delivery(tx, give, broadcast_id=old))
        sent.append(delivery(tx, keep, "reminder", event_id=brunch, variant="1d"))
        delivery(tx, give, "reminder", event_id=brunch, variant="1d")
        sent.append(delivery(tx, give, "reminder", event_id=brunch, variant="1h"))
        answered(tx, brunch, keep, "going")
        answered(tx, brunch, give, "maybe")
        answered(tx, dinner, give, "going")
        links.merge(tx, keep, give)
        rows = tx.run(sql("SELECT id FROM delivery WHERE person_id = :p ORDER BY id"), p=keep)
        assert [each[0] for each in rows.fetchall()] == sent
        count = tx.run(sql("SELECT count(*) FROM delivery")).fetchone()
        assert count == (len(sent),)
        rsvps = tx.run(sql("SELECT event_id, person_id, state FROM rsvp ORDER BY event_id"))
        assert rsvps.fetchall() == [(brunch, keep, "going"), (dinner, keep, "going")]


def test_merge_does_not_send_again_what_the_other_one_got(database: Database) -> None:
    with database.transaction() as tx:
        keep, give = person(tx), person(tx, channel="slack")
        news, lost, failed, brunch = (
            broadcast(tx), broadcast(tx, key="lost"), broadcast(tx, key="failed"), event(tx),
        )  # fmt: skip
        kept = [delivery(tx, give, broadcast_id=news, state="sent")]
        delivery(tx, keep, broadcast_id=news)
        kept.append(delivery(tx, give, broadcast_id=lost, state="unknown"))
        delivery(tx, keep, broadcast_id=lost, state="held")
        kept.append(delivery(tx, give, broadcast_id=failed, state="failed"))
        kept.append(delivery(tx, keep, broadcast_id=failed))  # waits: nobody got it
        kept.append(delivery(tx, give, "invitation", event_id=brunch, state="sent"))
        delivery(tx, keep, "invitation", event_id=brunch)
        kept.append(delivery(tx, keep, "reminder", event_id=brunch, variant="1d"))
        links.merge(tx, keep, give)
        rows = tx.run(sql("SELECT id FROM delivery WHERE person_id = :p ORDER BY id"), p=keep)
        assert [each[0] for each in rows.fetchall()] == kept
