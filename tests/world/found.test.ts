/** Sessions that random runs found, each with what was wrong, or what was wrongly thought to be. */
import { expect, test } from "vitest";
import { isOpen, run, type Step } from "./session.ts";
import { FOLLOWER } from "./world.ts";

type Session = readonly (readonly [Step, number])[];

test("R16 two alternatives that fill together leave one order open, which closes what they sold too much", async () => {
  const bothFill: Session = [
    [{ do: "enter", lots: 2, market: false, price: 100 }, 0],
    [{ do: "fill-leader", which: 0, tenths: 1 }, 20],
    [{ do: "cancel", which: 0 }, 0],
    [{ do: "fill-follower", which: 0, tenths: 1 }, 0],
    [{ do: "exit", tenths: 1, kind: "LIMIT" }, 0],
    [{ do: "exit", tenths: 1, kind: "STOP_LOSS" }, 1_100],
    [{ do: "fill-follower", which: 0, tenths: 1 }, 0],
    [{ do: "fill-follower", which: 0, tenths: 1 }, 0],
    [{ do: "fill-leader", which: 0, tenths: 1 }, 0],
  ];
  const w = await run(bothFill);
  expect(w.net(FOLLOWER)).toBe(-75);
  expect(w.orders(FOLLOWER).filter(isOpen)).toMatchObject([{ transactionType: "BUY", quantity: 75 }]);
  expect(w.verdicts()).toContain("ALTERNATIVES_CLOSED");
});

test("R14 a refused exit whose place another exit has taken holds up no entry of the account", async () => {
  const exitReplaced: Session = [
    [{ do: "enter", lots: 2, market: false, price: 100 }, 20],
    [{ do: "crash", forMs: 0 }, 0],
    [{ do: "fill-leader", which: 0, tenths: 1 }, 0],
    [{ do: "enter", lots: 2, market: false, price: 101 }, 0],
    [{ do: "fill-follower", which: 0, tenths: 1 }, 4_000],
    [{ do: "exit", tenths: 1, kind: "LIMIT" }, 0],
    [{ do: "exit", tenths: 1, kind: "MARKET" }, 5],
    [{ do: "reject-follower", which: 0 }, 0],
  ];
  const w = await run(exitReplaced);
  expect(w.orders(FOLLOWER).filter(isOpen)).toMatchObject([{ transactionType: "SELL" }, { transactionType: "BUY", price: 101 }]);
});

test("R14 an entry that was withdrawn before anything was sent says so while the leader's order still rests", async () => {
  const outAgain: Session = [
    [{ do: "enter", lots: 3, market: false, price: 100 }, 0],
    [{ do: "fill-leader", which: 0, tenths: 5 }, 0],
    [{ do: "exit", tenths: 10, kind: "MARKET" }, 0],
    [{ do: "fill-leader", which: 1, tenths: 10 }, 0],
    [{ do: "crash", forMs: 0 }, 0],
  ];
  const w = await run(outAgain);
  expect(w.calls()).toEqual([]);
  expect(w.verdicts()).toEqual(["WITHDRAWN", "MET_BY_WITHDRAWAL"]);
});
