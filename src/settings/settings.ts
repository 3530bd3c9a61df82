/** The configuration as the program uses it: plain data, whole, checked, in our own units. Made by `readSettings` only. */
import type { AccountId, ClientId } from "../domain/identity.ts";
import type { CopyPolicy } from "../domain/policy.ts";
import type { CalendarChoice } from "./calendar-file.ts";

export interface Settings {
  /** Absolute path of the SQLite journal. */
  readonly journal: string;
  /** Port 0: any free one. */
  readonly server: { readonly host: string; readonly port: number };
  readonly calendar: CalendarChoice;
  readonly dhan: DhanSettings;
  /** In the order of the file; one that is in no copy is among them. */
  readonly accounts: readonly AccountSettings[];
  /** The enabled copies, in the order of the file; at least one. */
  readonly copies: readonly CopyPolicy[];
  /** Where alerts go, beside the log; often none. */
  readonly alerts: readonly AlertChannel[];
  /** One sentence for each default of the design that does nothing yet: to be named at start. */
  readonly notActive: readonly string[];
}

/** Addresses have no slash at their end. */
export interface DhanSettings {
  /** `https://api.dhan.co/v2` */
  readonly rest: string;
  /** Nothing uses it yet. */
  readonly auth: string;
  /** `wss://api-order-update.dhan.co` */
  readonly orderUpdates: string;
  /** Absolute path of the instrument file: the owner's, or where what was fetched is kept. */
  readonly instruments: string;
  /** Where it is fetched every day; undefined: the owner sees to that. */
  readonly instrumentsUrl: string | undefined;
  /** After this the outcome of a request is unknown (R10). */
  readonly requestTimeoutMs: number;
  /** How long the broker's books may lag behind what it accepted (R10). */
  readonly lookupGraceMs: number;
  /** At the first start: how far back into the trading day the books are taken. */
  readonly lookbackMs: number;
}

export interface AccountSettings {
  readonly id: AccountId;
  readonly clientId: ClientId;
  readonly token: TokenReference;
  readonly broker: "dhan";
  readonly rateLimits: RateLimits;
}

/** Where a token, or another secret, is found; it is opened only when a request is made. */
export type TokenReference = { readonly from: "env"; readonly name: string } | { readonly from: "file" /** Absolute. */; readonly path: string };

export type AlertChannel =
  /** `api`: the Bot API, without a slash at its end. */
  | { readonly channel: "telegram"; readonly botToken: TokenReference; readonly chatId: string; readonly api: string }
  | { readonly channel: "webhook"; readonly url: string; readonly secret: TokenReference };

/** Order requests per sliding window, and changes per order (R21). */
export interface RateLimits {
  readonly perSecond: number;
  readonly perMinute: number;
  readonly perHour: number;
  readonly perDay: number;
  readonly modificationsPerOrder: number;
}
