import { expect, test } from "vitest";
import { frame } from "../domain/order/example.ts";
import type { OrderReport } from "../domain/order/report.ts";
import { quantity } from "../domain/quantity.ts";
import { booksTogether } from "./books-together.ts";
import type { BrokerAccount } from "./ports/broker.ts";

/** A broker whose book tells these in turn, and then what came of reading them together. */
async function read(...books: readonly (readonly OrderReport[])[]) {
  const left = [...books];
  const heard: (readonly OrderReport[])[] = [];
  const broker = {
    orders: async () => ({ ok: true, value: left.shift() ?? [] }),
    positions: async () => {
      expect(heard).toHaveLength(1);
      return { ok: true, value: [] };
    },
  } as unknown as BrokerAccount;
  return { together: await booksTogether(broker, (orders) => heard.push(orders)), heard };
}

const RESTS = [frame(1)];
const FILLED = [frame(2, { filled: quantity(75) })];

test("R1 what the orders tell is heard before the positions are read, and where both do not belong together (seed 63639)", async () => {
  expect(await read(RESTS, RESTS)).toEqual({ together: { orders: RESTS, positions: [] }, heard: [RESTS] });
  expect(await read(RESTS, FILLED)).toEqual({ together: undefined, heard: [RESTS, FILLED] });
});
