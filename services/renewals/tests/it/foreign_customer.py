"""A customer of the carrier of development, by smpplib: sends a message in parts and waits for the receipt of each."""

import json
import sys

from smpplib import client, consts, gsm

customer = client.Client("127.0.0.1", int(sys.argv[1]), allow_unknown_opt_params=True)
answers, receipts = [], []
customer.set_message_sent_handler(lambda pdu: answers.append(pdu.message_id.decode()))


def received(pdu):
    receipts.append(pdu.short_message.decode())
    return consts.SMPP_ESME_ROK


customer.set_message_received_handler(received)
customer.connect()
customer.bind_transceiver(system_id="careway", password="secret")
parts, coding, esm_class = gsm.make_parts("Xin chào, " * 20)
for part in parts:
    customer.send_message(
        source_addr_ton=consts.SMPP_TON_ALNUM,
        source_addr="NETCO",
        dest_addr_ton=consts.SMPP_TON_INTL,
        dest_addr_npi=consts.SMPP_NPI_ISDN,
        destination_addr="84912345678",
        short_message=part,
        data_coding=coding,
        esm_class=esm_class,
        registered_delivery=True,
    )
while len(answers) < len(parts):
    customer.read_once()
print(json.dumps({"answers": answers}), flush=True)
while len(receipts) < len(parts):
    customer.read_once()
customer.unbind()
customer.disconnect()
print(json.dumps({"receipts": receipts}), flush=True)
