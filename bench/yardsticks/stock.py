"""A room as Channels' own tutorial has it, with the layer in memory: `stock.py PORT SIZE`."""

import sys
from typing import Any

import uvicorn
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

PORT, SIZE = (int(argument) for argument in sys.argv[1:])
settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}})


class Room(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        assert text_data is not None
        await self.channel_layer.group_send("room", {"type": "told", "text": text_data.ljust(SIZE)})

    async def told(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard("room", self.channel_name)


if __name__ == "__main__":
    uvicorn.run(
        Room.as_asgi(),
        port=PORT,
        lifespan="off",
        log_level="error",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )
