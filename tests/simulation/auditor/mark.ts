/** The mark on our orders, worked out from docs/design.md (R9) and not from the program. */
import { createHash } from "node:crypto";

const KOLKATA_MS = 5.5 * 3_600_000;

/** `lks` and sixteen digits of base 36 over leader, cause, day and follower. */
export function stemFor(leader: string, cause: string, createdAt: number, follower: string): string {
  const day = new Date(createdAt + KOLKATA_MS).toISOString().slice(0, 10);
  const digest = createHash("sha256").update(`${leader}|${cause}|${day}|${follower}`).digest("hex");
  const digits = BigInt(`0x${digest.slice(0, 24)}`)
    .toString(36)
    .padStart(16, "0");
  return `lks${digits.slice(-16)}`;
}

/** Undefined: somebody else's order. */
export function stemIn(correlationId: string | undefined): string | undefined {
  return correlationId !== undefined && /^lks[0-9a-z]{22}$/.test(correlationId) ? correlationId.slice(0, 19) : undefined;
}

/** The mark without the attempt: one slice of one leader order in one copy. */
export function sliceIn(correlationId: string): string {
  return correlationId.slice(0, 21);
}
