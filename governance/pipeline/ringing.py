"""How a worker takes leave of a message."""

from __future__ import annotations

from celery.worker.request import Request
from kombu.transport import virtual


class Ring(Request):
    """A message whose acknowledgment does not reach the broker gives its place free all the same.

    Celery only logs that it could not be sent. The place stays taken, and once that happened to as many as
    the worker takes at a time it takes nothing any more: it does not even look whether the broker is there,
    so that a link that was cut for a moment leaves a worker that lives and does nothing. The message will
    come again; it only says that there may be work.
    """

    def acknowledge(self) -> None:
        super().acknowledge()
        channel = self.message.channel
        if not self.message.acknowledged and isinstance(channel, virtual.Channel):
            virtual.QoS.ack(channel.qos, self.message.delivery_tag)
