/** Lets a planned fault happen. What lasts is taken back by itself after a while, and all of it at the end. */

import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import type { RequestEffect } from "../../../src/simulator/faults/request-faults.ts";
import { refusal } from "../../../src/simulator/wire/reply.ts";
import type { Fault } from "../counts.ts";
import { pick } from "../workload/draw.ts";
import type { Stage } from "../world/stage.ts";
import type { PlannedFault } from "./plan.ts";

/** The slowest request: with the proof of absence, which takes longer, no order arrives that was proved not to. */
const SLOW_MAX_MS = 6_000;
/** Below `lookupGrace`, which the proof of absence counts on. */
const LAG_MAX_MS = 4_000;

/** What the session has to do with the process after a fault: nothing, or it is to die. */
export type Aftermath = "none" | "die" | "die without a journal";

export class Trouble {
  readonly #stage: Stage;
  /** By the simulator's id: to be counted if it struck. */
  readonly #armed = new Map<number, Fault>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  strike({ fault, chance }: PlannedFault): Aftermath {
    const { world: w, cast, counts, disk } = this.#stage;
    const random = seededRandom(chance, fault);
    const client = pick(random, [...cast.leaders, ...cast.followers]);
    const follower = pick(random, cast.followers);
    const ms = (least: number, most: number): number => least + random.below(most - least);
    switch (fault) {
      case "frame lost":
        return this.#frame(fault, client, { kind: "drop" }, random);
      case "frame doubled":
        return this.#frame(fault, client, { kind: "duplicate" }, random);
      case "frame late":
        return this.#frame(fault, client, { kind: "delay", ms: ms(50, 2_000) }, random);
      case "frames reordered":
        return this.#frame(fault, client, { kind: "reorder" }, random);
      case "frame noise":
        return this.#frame(fault, client, { kind: "noise" }, random);
      case "frame garbage":
        return this.#frame(fault, client, { kind: "garbage" }, random);
      case "two objects in one frame":
        return this.#frame(fault, client, { kind: "join" }, random);
      case "other casing":
        counts.add(fault);
        w.simulator.speak({ casing: pick(random, ["camel", "pascal", "mixed"]) });
        return "none";
      case "stream cut":
        counts.add(fault);
        w.simulator.streams.cut(client);
        return "none";
      case "stream half-open":
        return this.#lasting(
          fault,
          w.simulator.streamFaults.add({ clientId: client, skip: 0, times: undefined, effect: { kind: "half-open" } }),
          ms(2_000, 45_000),
          () => counts.add(fault),
        );
      case "stream silent":
        return this.#lasting(
          fault,
          w.simulator.streamFaults.add({ clientId: client, skip: 0, times: undefined, effect: { kind: "drop" } }),
          ms(1_000, 20_000),
          () => {},
        );
      case "stream refused":
        counts.add(fault);
        w.simulator.refuseUpgrades(pick(random, [502, 503, 429]));
        w.simulator.streams.cut(client);
        w.time.after(ms(500, 15_000), () => w.simulator.refuseUpgrades(undefined));
        return "none";
      case "token dead":
        counts.add(fault);
        w.admin("token", { clientId: client });
        w.time.after(ms(500, 15_000), () => w.renewToken(client));
        return "none";
      case "request slow":
        return this.#request(fault, pick(random, ["before", "after"]), { kind: "delay", ms: ms(50, SLOW_MAX_MS) }, client, random);
      case "request reset before":
        return this.#request(fault, "before", { kind: "reset" }, follower, random);
      case "request reset after":
        return this.#request(fault, "after", { kind: "reset" }, follower, random);
      case "request timed out before":
        return this.#request(fault, "before", { kind: "silence" }, follower, random);
      case "request timed out after":
        return this.#request(fault, "after", { kind: "silence" }, follower, random);
      case "request 429":
        return this.#request(
          fault,
          "before",
          answer(429, "Rate_Limit", "DH-904", "Too many requests on server from single user breaching rate limits."),
          follower,
          random,
        );
      case "request 5xx before":
        return this.#request(
          fault,
          "before",
          answer(pick(random, [500, 502, 504]), "Internal_Server_Error", "DH-908", "Server was not able to process API request."),
          follower,
          random,
        );
      case "request 5xx after":
        return this.#request(
          fault,
          "after",
          answer(pick(random, [500, 502, 504]), "Internal_Server_Error", "DH-908", "Server was not able to process API request."),
          follower,
          random,
        );
      case "request 200 with an error":
        return this.#request(
          fault,
          pick(random, ["before", "after"]),
          answer(200, "Internal_Server_Error", "DH-908", "Server was not able to process API request."),
          follower,
          random,
        );
      case "books lag":
        return this.#lag(fault, client, { booksMs: ms(200, LAG_MAX_MS), correlationMs: 0 }, ms(2_000, 30_000));
      case "look-ups lag":
        return this.#lag(fault, follower, { booksMs: 0, correlationMs: ms(200, LAG_MAX_MS) }, ms(2_000, 30_000));
      case "crash":
        counts.add(fault);
        return "die";
      case "power cut: batch dropped":
        disk.cutPower("drop", random.below(6));
        return "none";
      case "power cut: batch torn":
        disk.cutPower("tear", random.below(6));
        return "none";
      case "power cut: batch kept":
        disk.cutPower("keep", random.below(6));
        return "none";
      case "journal lost":
        counts.add(fault);
        return "die without a journal";
      case "journal full":
        counts.add(fault);
        disk.fill();
        return "none";
      case "clock stepped":
        counts.add(fault);
        w.stepClock(ms(-700, 700));
        this.#stage.auditor.evidence.clockSteppedAt = w.time.elapsed();
        return "none";
    }
  }

  /** Books and look-ups of all accounts lag from now on, until everything is well. */
  lagAll(ms: number): void {
    const { world: w, cast } = this.#stage;
    for (const client of [...cast.leaders, ...cast.followers]) w.simulator.setLag(client, { booksMs: ms, correlationMs: ms });
  }

  /** Everything is well from now on. */
  end(): void {
    const { world: w, counts, cast } = this.#stage;
    for (const { id, struck } of [...w.simulator.streamFaults.list(), ...w.simulator.requestFaults.list()]) {
      const fault = this.#armed.get(id);
      if (fault !== undefined) counts.add(fault, struck);
      if (!w.simulator.requestFaults.remove(id)) w.simulator.streamFaults.remove(id);
    }
    w.simulator.refuseUpgrades(undefined);
    for (const client of [...cast.leaders, ...cast.followers]) w.simulator.setLag(client, { booksMs: 0, correlationMs: 0 });
  }

  #frame(fault: Fault, clientId: string, effect: Parameters<Stage["world"]["simulator"]["streamFaults"]["add"]>[0]["effect"], random: Random): Aftermath {
    this.#armed.set(this.#stage.world.simulator.streamFaults.add({ clientId, skip: random.below(3), times: 1 + random.below(2), effect }), fault);
    return "none";
  }

  #request(fault: Fault, when: "before" | "after", effect: RequestEffect, clientId: string, random: Random): Aftermath {
    const call = pick(random, ["place", "place", "modify", "cancel", "write", "any"] as const);
    this.#armed.set(this.#stage.world.simulator.requestFaults.add({ call, clientId, when, skip: random.below(2), times: 1 + random.below(2), effect }), fault);
    return "none";
  }

  #lasting(fault: Fault, id: number, forMs: number, counted: () => unknown): Aftermath {
    const { world: w, counts } = this.#stage;
    counted();
    w.time.after(forMs, () => {
      const struck = w.simulator.streamFaults.list().find((one) => one.id === id)?.struck ?? 0;
      if (w.simulator.streamFaults.remove(id)) counts.add(fault, Math.min(1, struck));
    });
    return "none";
  }

  #lag(fault: Fault, client: string, lag: { readonly booksMs: number; readonly correlationMs: number }, forMs: number): Aftermath {
    const { world: w, counts } = this.#stage;
    counts.add(fault);
    w.simulator.setLag(client, lag);
    w.time.after(forMs, () => w.simulator.setLag(client, { booksMs: 0, correlationMs: 0 }));
    return "none";
  }
}

function answer(status: number, type: string, code: string, message: string): RequestEffect {
  return { kind: "answer", reply: refusal(status, type, code, message) };
}
