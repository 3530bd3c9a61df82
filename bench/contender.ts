/** Who is measured: a program that mirrors the leader's orders at the broker, from its start to its end. */
import type { BrokerProcess } from "./broker-process.ts";
import type { Cast } from "./cast.ts";
import type { Child } from "./child.ts";

export interface Surroundings {
  readonly broker: BrokerProcess;
  readonly cast: Cast;
  /** For whatever it writes; on a real disk, empty at the start, and deleted after the run. */
  readonly folder: string;
  /** How many leader orders it will see. */
  readonly orders: number;
}

export interface Contender {
  readonly child: Child;
  /** Resolves when it mirrors whatever the leader does next. */
  ready(): Promise<void>;
}
