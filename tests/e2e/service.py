#!/usr/bin/env python3
"""What kube-proxy does for one Service: a TCP connection to its address goes to a ready endpoint.

  service.py ADDRESS:PORT FOLDER

Each file in FOLDER is an endpoint: `ADDRESS:PORT [HEALTH-ADDRESS:PORT]`, and is ready while /readyz there says
200, without the second address while it can be connected to; asked twice a second. What was connected before
stays connected. Without a ready one, connections are refused.
"""
import asyncio
import os
import random
import sys

PERIOD = 0.5


def split(address):
    host, port = address.rsplit(":", 1)
    return host, int(port)


async def is_ready(address, health=None):
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(*split(health or address)), 2)
        if not health:
            writer.close()
            return True
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: endpoint\r\nConnection: close\r\n\r\n")
        status = await asyncio.wait_for(reader.readline(), 2)
        writer.close()
        return status.split()[1:2] == [b"200"]
    except (OSError, asyncio.TimeoutError):
        return False


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()


def endpoints_in(folder):
    """Those that are written whole: who adds or removes one does not wait for us."""
    for name in sorted(os.listdir(folder)):
        try:
            with open(os.path.join(folder, name)) as file:
                words = file.read().split()
        except FileNotFoundError:
            continue
        if words:
            yield words


async def main(address, folder):
    ready = []

    async def connected(reader, writer):
        try:
            to_reader, to_writer = await asyncio.open_connection(*split(random.choice(ready)))
        except (OSError, IndexError) as why:
            print(f"lost: {why}", flush=True)
            writer.transport.abort()
            return
        await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer))
        writer.close()
        to_writer.close()

    server = None
    while True:
        endpoints = list(endpoints_in(folder))
        states = await asyncio.gather(*(is_ready(*endpoint) for endpoint in endpoints))
        now = [endpoint[0] for endpoint, good in zip(endpoints, states) if good]
        changed = now != ready
        ready[:] = now
        if ready and not server:
            server = await asyncio.start_server(connected, *split(address))
        elif server and not ready:
            server.close()
            server = None
        if changed:  # said when it is so
            print(f"ready: {' '.join(now)}", flush=True)
        await asyncio.sleep(PERIOD)


asyncio.run(main(*sys.argv[1:]))
