"""A small client of the Language Server Protocol (3.17): it opens a text, asks, and reads the marks."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark under the text, lines and columns counted from 1, the end exclusive."""

    line: int
    column: int
    end_column: int
    message: str


class Editor:
    """Plays an editor whose YAML files are told to follow a schema."""

    def __init__(self, script: Path, schema: Path, folder: Path) -> None:
        self._settings = {
            "yaml": {
                "schemas": {schema.as_uri(): "*.yaml"},
                "schemaStore": {"enable": False, "url": ""},
                "validate": True,
                "hover": True,
                "completion": True,
            }
        }
        self._folder = folder
        self._waiting: dict[int, Queue[Any]] = {}
        self._marks: dict[str, Queue[list[Mark]]] = {}
        self._count = 0
        self._process = subprocess.Popen(
            ["node", str(script), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        self._reader = Thread(target=self._listen, daemon=True)
        self._reader.start()
        formats = {"documentationFormat": ["markdown"], "snippetSupport": True}
        able = {
            "textDocument": {"completion": {"completionItem": formats}, "hover": {"contentFormat": ["markdown"]}},
            "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
        }
        self._ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": able})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})

    def close(self) -> None:
        """Say goodbye; a server that does not listen is ended."""
        self._ask("shutdown", None)
        self._tell("exit", None)
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reader.join(PATIENCE_SECONDS)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def open(self, text: str) -> str:
        """Show a text as a file of its own; its address."""
        self._count += 1
        address = (self._folder / f"{self._count}.yaml").as_uri()
        self._marks[address] = Queue()
        document = {"uri": address, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        return address

    def marks(self, text: str) -> list[Mark]:
        """What the server marks in a text."""
        return self._marks[self.open(text)].get(timeout=PATIENCE_SECONDS)

    def hover(self, text: str) -> str:
        """What is shown over the place marked ▮, less the line that names the schema's file."""
        found = self._ask_at("textDocument/hover", text)
        return str(found["contents"]["value"]).rpartition("\n\nSource:")[0]

    def completions(self, text: str) -> list[dict[str, Any]]:
        """What is proposed at the place marked ▮."""
        items = self._ask_at("textDocument/completion", text)["items"]
        return sorted(items, key=lambda item: item.get("sortText") or item["label"])

    def _ask_at(self, method: str, text: str) -> Any:
        before, _, after = text.partition("▮")
        place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        address = self.open(before + after)
        self._marks[address].get(timeout=PATIENCE_SECONDS)  # then it has read the schema and the text
        return self._ask(method, {"textDocument": {"uri": address}, "position": place})

    def _ask(self, method: str, params: Any) -> Any:
        self._count += 1
        self._waiting[self._count] = answer = Queue()
        self._send({"id": self._count, "method": method, "params": params})
        return answer.get(timeout=PATIENCE_SECONDS)

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            length = int(header.partition(b":")[2])
            while stream.readline().strip():
                pass
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            self._waiting.pop(message["id"]).put(message.get("result"))
        elif message["method"] == "workspace/configuration":
            wanted = message["params"]["items"]
            self._send({"id": message["id"], "result": [self._settings.get(item["section"]) for item in wanted]})
        elif message["method"] == "textDocument/publishDiagnostics":
            self._take_marks(message["params"])
        elif "id" in message:
            self._send({"id": message["id"], "result": None})

    def _take_marks(self, params: dict[str, Any]) -> None:
        if params["uri"] in self._marks:
            marks = [
                _mark(each["range"]["start"], each["range"]["end"], each["message"]) for each in params["diagnostics"]
            ]
            self._marks[params["uri"]].put(marks)


def _mark(start: dict[str, int], end: dict[str, int], message: str) -> Mark:
    return Mark(start["line"] + 1, start["character"] + 1, end["character"] + 1, message)
