/** Frames of the order stream, as the broker has sent them: to send one again, or to send one that no real order would give. */
import { z } from "zod";
import type { Broker } from "../../processes/support/broker.ts";
import type { Trader } from "../../processes/support/trader.ts";

const sent = z.array(z.object({ text: z.string() }));
const frame = z.object({ Data: z.record(z.string(), z.union([z.string(), z.number()])), Type: z.string() });

/** The texts of an account's frames about one contract, oldest first. */
export async function framesAbout(broker: Broker, of: Trader, contract: string): Promise<readonly string[]> {
  const texts = sent.parse(await broker.view(`frames?clientId=${of.clientId}`)).map(({ text }) => text);
  return texts.filter((text) => frame.parse(JSON.parse(text)).Data["securityId"] === contract);
}

/** Sends the text on the account's stream, as it is. */
export async function sendFrame(broker: Broker, to: Trader, text: string): Promise<void> {
  await broker.act("raw-frame", { clientId: to.clientId, text });
}

/** The frame with members replaced; null takes one out. */
export function frameWith(text: string, members: Readonly<Record<string, string | number | null>>): string {
  const { Data, Type } = frame.parse(JSON.parse(text));
  const changed = Object.entries({ ...Data, ...members }).filter(([, value]) => value !== null);
  return JSON.stringify({ Data: Object.fromEntries(changed), Type });
}
