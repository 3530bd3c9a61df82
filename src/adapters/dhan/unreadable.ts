/** What was said about an order and could not be understood: kept for diagnosis, refused aloud, never guessed at (R19). */
import type { z } from "zod";
import type { OrderId } from "../../domain/identity.ts";
import type { FrameFault, UnreadableFrame } from "../../engine/ports/broker.ts";

/** Long enough for any frame that was ever seen, short enough to be kept. */
const RAW_CHARACTERS_MAX = 4_000;

export function unreadable(code: string, sentence: string, raw: string, orderId: OrderId | undefined): UnreadableFrame {
  return { code: code as FrameFault, sentence, raw: raw.slice(0, RAW_CHARACTERS_MAX), orderId };
}

/** From the first field that its schema could not read; the schema's message is the code. `raw` is what came, as it came. */
export function unreadableField(error: z.ZodError, fields: Readonly<Record<string, unknown>>, raw: string, orderId: OrderId | undefined): UnreadableFrame {
  const issue = error.issues[0];
  const field = String(issue?.path[0] ?? "?");
  const shown = JSON.stringify(fields[field])?.slice(0, 100) ?? "absent";
  return unreadable(issue?.message ?? "UNREADABLE", `the field ${field} can't be read: ${shown}`, raw, orderId);
}
