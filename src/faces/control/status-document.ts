/**
 * What the copier answers when it is asked how it stands: the JSON of `lockstep status --json` (docs/operating.md). The names are a
 * contract; members may be added. Times are ISO 8601 with India's offset; what is not known is left out.
 */
import { z } from "zod";
import type { ClientId } from "../../domain/identity.ts";
import type { UnixMs } from "../../domain/time.ts";
import type { CopyStanding } from "../../engine/command.ts";
import type { Status } from "../../engine/views/status.ts";
import type { AlertView } from "../alerts/alert.ts";
import { scopeWords } from "../halt-words.ts";
import { kolkataIso } from "../kolkata-time.ts";
import { standingWords } from "../standing-words.ts";

const count = z.number();
const text = z.string();

export const haltDocument = z.object({ by: z.enum(["operator", "stranger"]), since: text, over: text, why: text.optional() });
export const copyDocument = z.object({ copy: text, leader: text, follower: text, halt: haltDocument.optional() });
const mirrors = z.object({ waiting: count, inFlight: count, inDoubt: count, resting: count, filled: count, refused: count, ended: count });
const budget = z.object({
  windows: z.array(z.object({ window: z.enum(["second", "minute", "hour", "day"]), limit: count, used: count, kept: count })),
  waiting: count,
  lastLeavesInMs: count.optional(),
  pausedForMs: count,
  rateLimited: count,
  breaker: z.enum(["closed", "open", "half-open"]),
});

export const statusDocument = z.object({
  at: text,
  version: text,
  startedAt: text,
  uptimeSeconds: count,
  ready: z.boolean(),
  reasons: z.array(text),
  journal: z.object({ path: text, records: count, broken: text.optional() }),
  accounts: z.array(
    z.object({
      account: text,
      role: z.enum(["leader", "follower", "both"]),
      stream: z.object({ state: z.enum(["open", "closed"]), since: text.optional() }),
      lastFrameAt: text.optional(),
      token: z.object({ state: z.enum(["unasked", "alive", "dead", "missing"]), validUntil: text.optional() }),
      books: z.object({ readAt: text.optional(), unreadableSince: text.optional(), behind: z.boolean() }),
      unreadable: count,
      budget: budget.optional(),
    }),
  ),
  copies: z.array(copyDocument.extend({ mirrors })),
  inDoubt: z.array(z.object({ copy: text, account: text, order: text, request: z.enum(["placement", "modification"]), correlationId: text, since: text })),
  waiting: z.array(z.object({ account: text, kind: z.enum(["forever", "conditional"]), order: text, what: text })),
  alerts: z.array(
    z.object({
      severity: z.enum(["warning", "critical"]),
      code: text,
      account: text.optional(),
      copy: text.optional(),
      order: text.optional(),
      message: text,
      since: text,
      lastAt: text,
      count,
    }),
  ),
});
export type StatusDocument = z.infer<typeof statusDocument>;
export type CopyDocument = z.infer<typeof copyDocument>;

type Names = (client: ClientId) => string;

export function statusJson(status: Status, alerts: readonly AlertView[], nameOf: Names): StatusDocument {
  const { now, version, startedAt, reasons, journal } = status;
  return {
    at: kolkataIso(now),
    version,
    startedAt: kolkataIso(startedAt),
    uptimeSeconds: Math.floor((now - startedAt) / 1_000),
    ready: reasons.length === 0,
    reasons: [...reasons],
    journal,
    accounts: status.accounts.map((account) => ({
      account: account.name,
      role: account.role,
      stream: { state: account.stream.state, since: iso(account.stream.since) },
      lastFrameAt: iso(account.lastFrameAt),
      token: { state: account.token, validUntil: iso(account.tokenValidUntil) },
      books: { readAt: iso(account.booksReadAt), unreadableSince: iso(account.booksUnreadableSince), behind: account.isBehind },
      unreadable: account.unreadable,
      budget: account.budget === undefined ? undefined : { ...account.budget, windows: account.budget.windows.map((window) => ({ ...window })) },
    })),
    copies: status.copies.map((copy) => ({ ...copyJson(copy, nameOf), mirrors: copy.mirrors })),
    inDoubt: status.inDoubt.map(({ follower, since, ...one }) => ({ ...one, account: nameOf(follower), since: kolkataIso(since) })),
    waiting: status.waiting.map(({ leader, order }) => ({ account: nameOf(leader), kind: order.kind, order: order.orderId, what: standingWords(order) })),
    alerts: alerts.map((alert) => ({ ...alert, since: kolkataIso(alert.since), lastAt: kolkataIso(alert.lastAt) })),
  };
}

export function copyJson({ copy, leader, follower, halt }: CopyStanding, nameOf: Names): CopyDocument {
  const ends = { copy, leader: leader.name, follower: follower.name };
  return halt === undefined ? ends : { ...ends, halt: { by: halt.by, since: kolkataIso(halt.at), over: scopeWords(halt.over, nameOf), why: halt.why } };
}

function iso(at: UnixMs | undefined): string | undefined {
  return at === undefined ? undefined : kolkataIso(at);
}
