"""A server that answers with the bytes it is given, be they HTTP or not."""

from collections.abc import Generator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread

NOT_HTTP = b"SSH-2.0-OpenSSH_9.2\r\n"
REFUSED_AND_SILENT = b"HTTP/1.1 503 Away\r\nContent-Length: 9\r\n\r\n"
CUT_OFF = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
NOT_AN_ANSWER = (NOT_HTTP, REFUSED_AND_SILENT, CUT_OFF)


@contextmanager
def answering(raw: bytes) -> Generator[str]:
    """Answer each request so, and hang up, or after a refusal do not. Gives the address."""
    is_over = Event()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            while line := self.rfile.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            self.rfile.read(length)
            self.wfile.write(raw)
            if raw == REFUSED_AND_SILENT:
                is_over.wait()

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            is_over.set()
            server.shutdown()
            thread.join()
