/** When the broker told an account of its orders, on the order stream. */
import { z } from "zod";
import type { Admin } from "./admin.ts";

const sentFrames = z.array(z.object({ sentAt: z.number(), text: z.string() }));

/** Unix milliseconds with a fraction, by the broker's clock: when the first frame about an order went to its owner. */
export async function toldAt(broker: Admin, clientId: string, orderId: string): Promise<number> {
  const frames = sentFrames.parse(await broker.view(`frames?clientId=${clientId}`));
  const first = frames.find(({ text }) => text.includes(`"${orderId}"`));
  if (first === undefined) throw new Error(`nobody was told of order ${orderId}`);
  return first.sentAt;
}
