/** Plays a script on the stage, step by step, each when the copier has done its part for the one before. */
import { Floor } from "./floor.ts";
import type { Player } from "./players.ts";
import { ScriptFault } from "./script-fault.ts";
import { isSettled, unsettled } from "./settled.ts";
import type { Stage } from "./stage.ts";
import type { Step } from "./step.ts";
import { LOOK_EVERY_MS, pass, until } from "./until.ts";

/** Something that the script itself says, beside what the journal tells. */
export type Aside = (text: string) => void;

const SETTLED_WITHIN_MS = 15_000;
const HELD_WITHIN_MS = 5_000;
const COPIED_WITHIN_MS = 15_000;

/** What could not be done: the order had ended meanwhile, say. `fails`: the script is wrong then; `goes-on`: markets are like that. */
export type Setback = "fails" | "goes-on";

export class Director {
  readonly floor: Floor;
  readonly #stage: Stage;
  readonly #aside: Aside;
  readonly #setback: Setback;
  readonly #held = new Set<Player>();

  constructor(stage: Stage, { aside, setback }: { readonly aside: Aside; readonly setback: Setback }) {
    this.floor = new Floor(stage.simulator);
    this.#stage = stage;
    this.#aside = aside;
    this.#setback = setback;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.act(step);
      await this.#settle();
    }
  }

  /** One step, without waiting for what follows from it. */
  async act(step: Step): Promise<void> {
    if (this.#stage.isClosed) throw new ScriptFault("the stage is closed");
    switch (step.do) {
      case "at-once":
        for (const one of step.steps) await this.act(one);
        return;
      case "wait":
        return pass(step.ms, this.#stage.timers);
      case "await-held":
        return until(() => this.#heldRequests() >= step.requests, `${step.requests} requests are held`, HELD_WITHIN_MS, this.#stage);
      case "await-copy":
        return until(() => this.floor.copiesOf(step.order, step.at).length > 0, `${step.at} has a copy of "${step.order}"`, COPIED_WITHIN_MS, this.#stage);
      case "drop": {
        const inFlight = await this.#stage.dropCopier();
        this.#aside(`the copier is dropped: sockets destroyed, nothing flushed, ${inFlight} requests in flight`);
        return;
      }
      case "rebuild": {
        const remembered = await this.#stage.startCopier();
        this.#aside(`a new copier is built from the journal file alone: ${remembered} records`);
        return;
      }
      case "transit":
        if (step.state === "hold") this.#held.add(step.of);
        else this.#held.delete(step.of);
    }
    const done = this.floor.play(step);
    if (!done.ok && this.#setback === "fails") throw new ScriptFault(`the script cannot ${step.do}: ${done.why}`);
  }

  /** Twice in a row, because what a request changes at the exchange takes effect a moment after its answer. */
  async #settle(): Promise<void> {
    const { copier, simulator } = this.#stage;
    if (copier === undefined) return;
    let times = 0;
    const twice = (): boolean => {
      times = isSettled(copier, simulator, this.#held) ? times + 1 : 0;
      return times >= 2;
    };
    await pass(LOOK_EVERY_MS, this.#stage.timers);
    try {
      await until(twice, "the copier has done its part", SETTLED_WITHIN_MS, this.#stage);
    } catch (error) {
      if (error instanceof ScriptFault) throw new ScriptFault(`${error.message} (${unsettled(copier, simulator, this.#held) ?? "settled at last"})`);
      throw error;
    }
  }

  #heldRequests(): number {
    return this.#stage.simulator.requestFaults.list().reduce((sum, { waiting }) => sum + waiting, 0);
  }
}
