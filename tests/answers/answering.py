"""Asks the version of the product that lies in the working folder; run by itself there, with no other test's code.

``python answering.py FILE`` reads a request a line, as JSON, and writes each answer to the file.
"""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path.cwd()))

import httpx

from app.main import create_app


async def answers(lines: Any, write: Any) -> None:
    """Answer each line that comes."""
    app = create_app()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://downhill", timeout=None)
    async with app.router.lifespan_context(app), client:
        for line in lines:
            asked = json.loads(line)
            headers = {"accept": "text/html"} if asked["page"] else {}
            answer = await client.request(asked["method"], asked["path"], json=asked.get("body"), headers=headers)
            body = base64.b64encode(answer.content).decode()
            write({"status": answer.status_code, "type": answer.headers.get("content-type"), "body": body})


def main() -> None:
    """Answer what stands on standard input."""
    with Path(sys.argv[1]).open("w") as sink:
        asyncio.run(answers(sys.stdin, lambda answer: print(json.dumps(answer), file=sink, flush=True)))


if __name__ == "__main__":
    main()
