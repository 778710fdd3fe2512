"""A mail server by aiosmtpd: prints its port, then each mail as Python's own parser reads it, and as a mailbox keeps it."""

import email.policy
import json
import mailbox
import socket
import tempfile
import time

from aiosmtpd.controller import Controller


def parsed(file):
    return email.message_from_binary_file(file, policy=email.policy.default)


def words(mail):
    return [mail.get_body((part,)).get_content().splitlines() for part in ("plain", "html")]


kept = mailbox.mbox(tempfile.mkdtemp() + "/mbox", factory=parsed)


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        key = kept.add(envelope.content)
        kept.flush()
        again = kept[key]
        shown = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "parts": [part.get_content_type() for part in mail.walk()],
            "text": mail.get_body(("plain",)).get_content(),
            "html": mail.get_body(("html",)).get_content(),
            "defects": [str(defect) for part in mail.walk() for defect in part.defects]
            + [str(defect) for value in mail.values() for defect in value.defects],
            "longest": max(len(line) for line in envelope.content.splitlines()),
            "kept": again.items() == mail.items() and words(again) == words(mail),
        }
        print(json.dumps(shown), flush=True)
        return "250 taken"


with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
Controller(Mailbox(), hostname="127.0.0.1", port=port).start()
print(json.dumps({"port": port}), flush=True)
time.sleep(600)
