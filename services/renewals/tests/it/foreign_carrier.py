"""A carrier out of smpplib's own PDUs: prints its port, then each part that it is given, and reports it as delivered."""

import json
import socket
import struct

from smpplib import consts, smpp


class Peer:
    """What smpplib asks for when it makes a PDU."""

    sequence = 1

    def next_sequence(self):
        Peer.sequence += 1
        return Peer.sequence


def read(connection):
    head = connection.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        return None
    body = connection.recv(struct.unpack(">L", head)[0] - 4, socket.MSG_WAITALL)
    return smpp.parse_pdu(head + body, client=Peer(), allow_unknown_opt_params=True)


def answer(connection, command, pdu, **fields):
    response = smpp.make_pdu(command, client=Peer(), **fields)
    response.sequence = pdu.sequence
    connection.sendall(response.generate())


server = socket.create_server(("127.0.0.1", 0))
print(json.dumps({"port": server.getsockname()[1]}), flush=True)
connection, _ = server.accept()
taken = 0
while (pdu := read(connection)) is not None:
    if pdu.command == "bind_transceiver":
        answer(connection, "bind_transceiver_resp", pdu, system_id="foreign")
    elif pdu.command == "submit_sm":
        taken += 1
        carrier_id = f"F{taken}"
        text = pdu.short_message
        shown = {
            "from": pdu.source_addr.decode(),
            "to": pdu.destination_addr.decode(),
            "coding": pdu.data_coding,
            "esm_class": pdu.esm_class,
            "octets": text.hex(),
        }
        answer(connection, "submit_sm_resp", pdu, message_id=carrier_id)
        receipt = f"id:{carrier_id} sub:001 dlvrd:001 submit date:2611281000 done date:2611281001 stat:DELIVRD err:000 text:"
        deliver = smpp.make_pdu(
            "deliver_sm",
            client=Peer(),
            source_addr=pdu.destination_addr.decode(),
            destination_addr=pdu.source_addr.decode(),
            esm_class=consts.SMPP_MSGTYPE_DELIVERYACK,
            short_message=receipt.encode(),
        )
        connection.sendall(deliver.generate())
        print(json.dumps(shown), flush=True)
    elif pdu.command == "enquire_link":
        answer(connection, "enquire_link_resp", pdu)
    elif pdu.command == "unbind":
        answer(connection, "unbind_resp", pdu)
        print(json.dumps({"unbound": True}), flush=True)
        break
