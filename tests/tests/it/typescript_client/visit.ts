// A patient's visit by a client whose types were made of the OpenAPI document: what is always there needs no asking for.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { env, stdin } from "node:process";
import { text } from "node:stream/consumers";

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./careway.js";

type Careway = Client<paths>;
type Measure = components["schemas"]["Measure"];
type Problem = components["schemas"]["Problem"];

const OUTPATIENT = "OUTPATIENT";

// What openapi-fetch answers. Every refusal is a problem.
type Answer<Data> = { data: Data; error?: never } | { data?: never; error: Problem };

function setting(name: string): string {
  const value = env[name];
  assert(value !== undefined, `${name} is not set`);
  return value;
}

function given<Data>(answer: Answer<Data>): Data {
  assert(answer.error === undefined, JSON.stringify(answer.error));
  return answer.data;
}

function key(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": randomUUID() };
}

async function signedIn(baseUrl: string): Promise<Careway> {
  const body = { email: setting("CAREWAY_EMAIL"), password: setting("CAREWAY_PASSWORD") };
  const { accessToken } = given(await createClient<paths>({ baseUrl }).POST("/v1/sessions", { body }));
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${accessToken}` } });
}

async function started(careway: Careway, memberNumber: string): Promise<string> {
  const answer = await careway.POST("/v1/visits", { params: { header: key() }, body: { memberNumber } });
  const { visit } = given(answer);
  assert(visit.state === "AWAITING_CODE");
  return visit.visitId;
}

async function verified(careway: Careway, visitId: string, code: string): Promise<void> {
  const params = { path: { visitId }, header: key() };
  const answer = given(await careway.POST("/v1/visits/{visitId}/verify", { params, body: { code } }));
  assert(answer.visit.state === "VERIFIED" && answer.coverage.inForce);
  assert(answer.serviceTypes.find((kind) => kind.serviceType === OUTPATIENT)?.allowed === true);
}

function measured({ amount, count }: Measure): string {
  return amount === undefined ? `${count ?? 0}` : `${amount.amount} ${amount.currency}`;
}

const careway = await signedIn(setting("CAREWAY_URL"));
const visitId = await started(careway, setting("CAREWAY_MEMBER"));
await verified(careway, visitId, await text(stdin));

const path = { visitId };
const admit = () =>
  careway.POST("/v1/visits/{visitId}/admit", {
    params: { path, header: key() },
    body: { serviceType: OUTPATIENT },
  });
const admitted = given(await admit());

const { statement } = given(await careway.GET("/v1/visits/{visitId}/benefits", { params: { path } }));
for (const { limit, used, left } of statement.benefits.flatMap((benefit) => benefit.limits)) {
  console.log(measured(limit), measured(used), measured(left));
}

// @ts-expect-error The compiler misses the key, as the gateway does.
const keyless = await careway.POST("/v1/visits", { body: { memberNumber: setting("CAREWAY_MEMBER") } });
assert.equal(keyless.error?.status, 400);
const again = await admit();
assert.equal(again.error?.status, 409);
const left = given(await careway.POST("/v1/visits/{visitId}/discharge", { params: { path, header: key() } }));
console.log(admitted.visit.state, left.visit.state, left.visit.serviceDate);
