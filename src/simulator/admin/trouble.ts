/** Faults on demand, for REST calls and for frames, and frames that no real order would give. */
import { z } from "zod";
import type { Simulator } from "../simulator.ts";
import { CALL_KINDS } from "../wire/call.ts";
import { type Reply, refusal } from "../wire/reply.ts";
import type { Done } from "./accounts.ts";
import { findOrder } from "./orders.ts";

const DONE: Done = { ok: true };
const counts = {
  /** Every account when left out. */
  clientId: z.string().optional(),
  /** How many pass unharmed first. */
  skip: z.int().min(0).default(0),
  /** How many are struck; until the fault is removed when left out. */
  times: z.int().positive().optional(),
};

/** `answer`: `body` is sent as it is; without one, an error body of Dhan's. */
export const requestFault = z.strictObject({
  on: z.literal("request"),
  call: z.enum([...CALL_KINDS, "write", "read", "any"]).default("any"),
  when: z.enum(["before", "after"]).default("before"),
  ...counts,
  effect: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("delay"), ms: z.number().min(0) }),
    z.strictObject({ kind: z.literal("hold") }),
    z.strictObject({ kind: z.literal("silence") }),
    z.strictObject({ kind: z.literal("reset") }),
    z.strictObject({ kind: z.literal("answer"), status: z.int().min(200).max(599), body: z.string().optional() }),
  ]),
});

export const streamFault = z.strictObject({
  on: z.literal("stream"),
  ...counts,
  effect: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.enum(["drop", "duplicate", "reorder", "join", "garbage", "noise", "half-open", "refuse-login", "cut"]) }),
    z.strictObject({ kind: z.literal("delay"), ms: z.number().min(0) }),
  ]),
});

export const anyFault = z.discriminatedUnion("on", [requestFault, streamFault]);

export type Added = { readonly ok: true; readonly id: number };

export function addFault(simulator: Simulator, fault: z.infer<typeof anyFault>): Added {
  if (fault.on === "stream") {
    const { clientId, skip, times, effect } = fault;
    return { ok: true, id: simulator.streamFaults.add({ clientId, skip, times, effect }) };
  }
  const { call, when, clientId, skip, times } = fault;
  const effect = fault.effect.kind === "answer" ? { kind: "answer" as const, reply: replyOf(fault.effect) } : fault.effect;
  return { ok: true, id: simulator.requestFaults.add({ call, when, clientId, skip, times, effect }) };
}

function replyOf({ status, body }: { readonly status: number; readonly body?: string | undefined }): Reply {
  if (body !== undefined) return { status, body };
  if (status === 429)
    return refusal(429, "Rate_Limit", "DH-904", "Too many requests on server from single user breaching rate limits. Try throttling API calls.");
  return refusal(status, "Internal_Server_Error", "DH-908", "Server was not able to process API request. This will occur rarely.");
}

/** All when no id is named. What a fault holds back is let go. */
export const faultRemoval = z.strictObject({ id: z.int().optional() });

export function removeFaults(simulator: Simulator, { id }: z.infer<typeof faultRemoval>): Done {
  const faults = [...simulator.requestFaults.list(), ...simulator.streamFaults.list()].map((fault) => fault.id);
  if (id !== undefined && !faults.includes(id)) return { ok: false, why: `there is no fault ${id}` };
  for (const one of id === undefined ? faults : [id]) if (!simulator.requestFaults.remove(one)) simulator.streamFaults.remove(one);
  return DONE;
}

/** Exactly this to an account's streams: `text`, or `hex` for a binary frame. */
export const rawFrame = z.strictObject({ clientId: z.string(), text: z.string().optional(), hex: z.string().optional() });

export function sendRawFrame(simulator: Simulator, { clientId, text, hex }: z.infer<typeof rawFrame>): Done {
  if (text === undefined && hex === undefined) return { ok: false, why: "text or hex is needed" };
  simulator.streams.inject(clientId, text ?? new Uint8Array(Buffer.from(hex ?? "", "hex")));
  return DONE;
}

/** The newest frame of an order with members replaced, or left out by null: a missing orderNo, an unknown orderType, a false Rejected. */
export const alteredFrame = z.strictObject({
  clientId: z.string(),
  orderId: z.string().optional(),
  correlationId: z.string().optional(),
  members: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).default({}),
});

export function sendAlteredFrame(simulator: Simulator, wanted: z.infer<typeof alteredFrame>): Done {
  const found = findOrder(simulator, wanted);
  if (!found.ok) return found;
  simulator.streams.publishAltered({ kind: kindOf(found.value.status), order: found.value }, wanted.members);
  return DONE;
}

/** Ends an account's streams without a Close frame; everybody's when none is named. */
export const streamCut = z.strictObject({ clientId: z.string().optional() });

export function cutStreams(simulator: Simulator, { clientId }: z.infer<typeof streamCut>): Done {
  if (clientId === undefined) simulator.streams.cutAll();
  else simulator.streams.cut(clientId);
  return DONE;
}

/** The HTTP status that new streams get at the upgrade; none: they are let in again. */
export const upgradeRefusal = z.strictObject({ status: z.int().min(400).max(599).optional() });

export function refuseUpgrades(simulator: Simulator, { status }: z.infer<typeof upgradeRefusal>): Done {
  simulator.refuseUpgrades(status);
  return DONE;
}

function kindOf(status: string): "received" | "accepted" | "executed" | "cancelled" | "rejected" | "expired" {
  switch (status) {
    case "TRANSIT":
      return "received";
    case "PART_TRADED":
    case "TRADED":
      return "executed";
    case "CANCELLED":
      return "cancelled";
    case "REJECTED":
      return "rejected";
    case "EXPIRED":
      return "expired";
    default:
      return "accepted";
  }
}
