"""A mail program: composes mails with Python's own library and delivers them by its LMTP, to the socket and the address it is told."""

import email.policy
import json
import smtplib
import sys
from email.message import EmailMessage

socket, support = sys.argv[1:]
author = "tanvir@shondhan.example.org"


def mail(number, words, **fields):
    composed = EmailMessage(policy=email.policy.SMTP)
    composed["Authentication-Results"] = "mx.careway.example; dmarc=pass header.from=shondhan.example.org"
    composed["From"] = f"তানভীর হোসেন <{author}>"
    composed["To"] = support
    composed["Subject"] = "আলট্রাসাউন্ডের দাম ভুল, " * 6 + str(number)
    composed["Message-ID"] = f"<foreign-{number}@shondhan.example.org>"
    for name, value in fields.items():
        composed[name] = value
    composed.set_content(words)
    return composed


plain = mail(1, "আমার স্লট নেই।\n.\n..two dots\nEnd.\n")
both = mail(2, "Both of them.\n")
both.add_alternative("<p>Both of <b>them</b>.</p>", subtype="html")
files = mail(3, "With files.\n")
files.add_attachment(b"%PDF-1.7\n" + bytes(200_000), maintype="application", subtype="pdf", filename="হিসাব ১.pdf")
files.add_attachment("clinic,price\n4410,12\n", filename="prices.csv")
files.add_attachment(plain)

with smtplib.LMTP(socket) as server:
    for composed in (plain, both, files):
        refused = server.sendmail(author, [support], composed.as_bytes())
        print(json.dumps({"refused": list(refused)}), flush=True)
    refused = server.sendmail(author, [support, "nobody@careway.example"], mail(4, "To somebody, too.\n").as_bytes())
    print(json.dumps({"refused": list(refused), "code": refused["nobody@careway.example"][0]}), flush=True)
