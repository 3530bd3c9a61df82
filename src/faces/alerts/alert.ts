/** What a person is told of his copier, and how it is told: an alert while it is not over, a notice each time a word of it goes out. */
import type { UnixMs } from "../../domain/time.ts";

export type AlertSeverity = "warning" | "critical";

/** One cause that is not over. Names are those of the configuration; nothing here is a secret. */
export interface AlertView {
  readonly severity: AlertSeverity;
  /** A verdict's code, a note's, or one of the alert's own (docs/alerts.md). */
  readonly code: string;
  readonly account?: string;
  readonly copy?: string;
  /** The leader's order that it was last about. */
  readonly order?: string;
  readonly message: string;
  readonly since: UnixMs;
  readonly lastAt: UnixMs;
  /** How often it happened. */
  readonly count: number;
}

/** `repeated`: it happened again since it was last told. `over`: what it told of has ended. `test`: nothing happened. */
export type NoticeState = "raised" | "repeated" | "over" | "test";

/** A word to a person. */
export interface Notice {
  readonly state: NoticeState;
  readonly at: UnixMs;
  readonly alert: AlertView;
}
