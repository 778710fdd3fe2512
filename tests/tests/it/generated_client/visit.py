"""A patient's visit by a client that was generated from the OpenAPI document: what is always there needs no asking for."""

import sys
from uuid import UUID, uuid4

from careway_client import AuthenticatedClient
from careway_client.api.benefit import get_visit_benefits
from careway_client.api.visit import admit_visit, discharge_visit, start_visit, verify_visit
from careway_client.models import (
    AdmitVisitRequest,
    AdmitVisitResponse,
    DischargeVisitRequest,
    DischargeVisitResponse,
    GetVisitBenefitsResponse,
    Problem,
    StartVisitRequest,
    StartVisitResponse,
    VerifyVisitRequest,
    VerifyVisitResponse,
    VisitState,
)


def key() -> str:
    return str(uuid4())


def started(client: AuthenticatedClient, member_number: str) -> UUID:
    body = StartVisitRequest(member_number=member_number)
    answer = start_visit.sync(client=client, body=body, idempotency_key=key())
    assert isinstance(answer, StartVisitResponse), answer
    assert answer.visit.state is VisitState.AWAITING_CODE
    return answer.visit.visit_id


def verified(client: AuthenticatedClient, visit: UUID, code: str) -> str:
    body = VerifyVisitRequest(code=code)
    answer = verify_visit.sync(visit, client=client, body=body, idempotency_key=key())
    assert isinstance(answer, VerifyVisitResponse), answer
    assert answer.visit.state is VisitState.VERIFIED and answer.coverage.in_force
    return next(kind.service_type for kind in answer.service_types if kind.allowed)


def main(base: str, token: str, member_number: str) -> None:
    client = AuthenticatedClient(base_url=base, token=token)
    visit = started(client, member_number)
    service_type = verified(client, visit, input())

    admission = AdmitVisitRequest(service_type=service_type)
    admitted = admit_visit.sync(visit, client=client, body=admission, idempotency_key=key())
    assert isinstance(admitted, AdmitVisitResponse), admitted

    benefits = get_visit_benefits.sync(visit, client=client)
    assert isinstance(benefits, GetVisitBenefitsResponse), benefits
    for ceiling in benefits.statement.ceilings:
        print(ceiling.limit.limit, ceiling.limit.used, ceiling.limit.left)

    again = admit_visit.sync(visit, client=client, body=admission, idempotency_key=key())
    assert isinstance(again, Problem) and again.status == 409, again
    left = discharge_visit.sync(visit, client=client, body=DischargeVisitRequest(), idempotency_key=key())
    assert isinstance(left, DischargeVisitResponse), left
    print(admitted.visit.state, left.visit.state, left.visit.service_date.isoformat())


if __name__ == "__main__":
    main(*sys.argv[1:])
