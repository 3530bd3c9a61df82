/**
 * Hears what the engine and the program tell, and knows by the table (`rules.ts`) what of it raises an alert and what ends one. Whether an
 * order is still in doubt, or stands at the exchange by now, is read from the book.
 */
import { unreachable } from "../../domain/assert.ts";
import type { Book } from "../../domain/book/book.ts";
import type { Halt } from "../../domain/halt/halt.ts";
import { accountId, type ClientId } from "../../domain/identity.ts";
import { currentAttempts, isLive, type Mirror, type MirrorKey } from "../../domain/mirror/mirror.ts";
import { isToldUnhedged } from "../../domain/mirror/told-legs.ts";
import { waits } from "../../domain/order/standing.ts";
import type { BookRecord, RequestAnswered } from "../../domain/records.ts";
import { NOTE_CODES, type Note, type NoteCode } from "../../engine/parties.ts";
import type { Listener } from "../after-sending.ts";
import { scopeWords } from "../halt-words.ts";
import { accountName, type Names } from "../log/record-line.ts";
import { STANDING_CODES, waitingWords } from "../standing-words.ts";
import type { Alerts } from "./alerts.ts";
import {
  type Ending,
  FRAME_ALERT,
  HALT_ALERT,
  NOTE_ALERTS,
  PROGRAM_ALERTS,
  type ProgramWarning,
  REFUSAL_ALERTS,
  STANDING_ALERT,
  VERDICT_ALERTS,
  verdictAlert,
} from "./rules.ts";

export interface Watcher extends Listener {
  /** A warning of the program's own. */
  said(line: { readonly code: ProgramWarning; readonly message: string }): void;
  /** What the journal tells of the time before the start: halts, an open breaker and a missing leg outlive the process (R22, R23). */
  begin(): void;
}

const RULES = { ...PROGRAM_ALERTS, ...VERDICT_ALERTS, ...REFUSAL_ALERTS, ...NOTE_ALERTS, HALTED: HALT_ALERT };
const endedBy = (ending: Ending) => Object.entries(RULES).flatMap(([code, row]) => (row !== "none" && "over" in row && row.over === ending ? [code] : []));
const ENDED_BY_ACCEPTANCE = endedBy("accepted");
const ENDED_BY_RESUMPTION = endedBy("resumed");
const ENDED_BY_DECISION = endedBy("decided");
type VerdictGiven = Extract<BookRecord, { type: "verdict-given" }>;
type OrderEnding = Extract<Ending, "settled" | "standing" | "closed">;

export function alertWatcher({ alerts, names }: { readonly alerts: Alerts; readonly names: Names }): Watcher {
  const nobody = { copy: undefined, order: undefined };
  const mirrorOf = (follower: ClientId, key: MirrorKey | undefined): Mirror | undefined =>
    key === undefined ? undefined : names.book.followers.get(follower)?.mirrors.get(key);

  /** Of the alerts about this mirror's order, those that its state by now has ended. */
  const recheck = (mirror: Mirror | undefined): void => {
    if (mirror === undefined) return;
    const place = { account: accountName(mirror.follower, names), copy: mirror.copy };
    for (const [code, ending] of ENDED_BY_STATE) {
      if (!alerts.membersOf(code, place.account, place.copy).has(mirror.cause) || !hasEnded(mirror, ending)) continue;
      alerts.endMembers(code, place, (order) => order === mirror.cause, ENDED_WORDS[ending]);
    }
  };

  const decided = (mirror: Mirror | undefined): void => {
    if (mirror === undefined) return;
    const place = { account: accountName(mirror.follower, names), copy: mirror.copy };
    for (const code of ENDED_BY_DECISION)
      alerts.endMembers(code, place, (order) => order === mirror.cause, "the order is sent, or it is decided that it is not");
  };

  /** The halts that stand, by the account that they are over, the newest of each; of all copies under no name. */
  let halts: ReadonlyMap<string | undefined, Halt> = new Map();
  const recheckHalts = (): void => {
    const before = halts;
    halts = new Map(names.book.halts.flatMap((word) => (word.says === "halt" ? [[haltedAccount(word, names), word] as const] : [])));
    for (const [account, halt] of halts) {
      if (before.get(account)?.at === halt.at) continue;
      const message = halt.why ?? `the operator halted the entries of ${scopeWords(halt.over, (client) => accountName(client, names))}`;
      alerts.raise({ rule: HALT_ALERT, code: "HALTED", account, ...nobody, message });
    }
    for (const account of before.keys())
      if (!halts.has(account)) alerts.end(ENDED_BY_RESUMPTION, account, "the entries are resumed, or are halted with more of them");
  };

  const answered = (record: RequestAnswered): void => {
    const account = accountName(record.follower, names);
    const { result } = record;
    if (result.outcome === "accepted") alerts.end(ENDED_BY_ACCEPTANCE, account, "the broker takes the account's requests again");
    if (result.outcome !== "refused") return;
    const rule = REFUSAL_ALERTS[result.refusal.code];
    if (rule === "none") return;
    alerts.raise({ rule, code: result.refusal.code, account, ...nobody, message: `the broker refused the account: ${result.refusal.brokerSaid}` });
  };

  const verdictGiven = ({ follower, mirror: key, verdict, ...given }: Omit<VerdictGiven, "type" | "at">): void => {
    const { code, sentence: message } = verdict;
    const mirror = mirrorOf(follower, key);
    if (mirror !== undefined && !ENDED_BY_DECISION.includes(code) && isDecision(mirror, given)) decided(mirror);
    const account = accountName(follower, names);
    if (code === "HEDGED" && mirror !== undefined) alerts.endMembers("UNHEDGED", { account, copy: mirror.copy }, (order) => order === mirror.cause, message);
    const rule = verdictAlert(code);
    if (rule !== undefined) alerts.raise({ rule, code, account, copy: rule.per === "copy" ? mirror?.copy : undefined, order: mirror?.cause, message });
  };

  const standingReported = (record: Extract<BookRecord, { type: "leader-standing-reported" }>): void => {
    const { leader, order } = record;
    alerts.raise({
      rule: STANDING_ALERT,
      code: STANDING_CODES[order.kind],
      account: accountName(leader, names),
      copy: undefined,
      order: order.orderId,
      message: waitingWords(record),
    });
  };

  const noted = ({ level, code, account, message }: Note): void => {
    const row = isNoteCode(code) ? NOTE_ALERTS[code] : FRAME_ALERT;
    if (row === "none") return;
    if ("ends" in row) alerts.end(row.ends, account, message);
    else if (level !== "info") alerts.raise({ rule: row, code, account, ...nobody, message });
  };

  return {
    begin: () => {
      recheckHalts();
      for (const [follower, { breaker, mirrors }] of names.book.followers) {
        if (breaker.state === "open")
          noted({ level: "critical", code: "BREAKER_OPEN", account: accountId(accountName(follower, names)), message: breaker.why });
        for (const { key, verdicts } of [...mirrors.values()].filter(isToldUnhedged)) {
          const said = verdicts.findLast(({ code }) => code === "UNHEDGED");
          if (said !== undefined) verdictGiven({ follower, mirror: key, verdict: said, refuses: undefined });
        }
      }
    },
    said: ({ code, message }) => {
      const rule = PROGRAM_ALERTS[code];
      const [sentence = ""] = message.split("\n", 1); // of a bug the log has the stack
      if (rule !== "none") alerts.raise({ rule, code, account: undefined, ...nobody, message: sentence });
    },
    noted,
    recorded: (record) => {
      switch (record.type) {
        case "verdict-given":
          return verdictGiven(record);
        case "request-answered":
          answered(record);
          return recheck(mirrorOf(record.follower, record.mirror));
        case "placement-intended":
        case "modification-intended":
        case "cancel-intended":
          return decided(mirrorOf(record.follower, record.mirror));
        case "look-answered":
        case "order-adopted":
        case "follower-forever-fired":
          return recheck(mirrorOf(record.follower, record.mirror));
        case "leader-standing-reported":
          if (waits(record.order)) standingReported(record);
          return;
        case "follower-order-reported":
          return recheck(mirrorOf(record.follower, names.book.followers.get(record.follower)?.byOrder.get(record.report.orderId)));
        case "entries-halted":
        case "operator-halted":
        case "operator-resumed":
          return recheckHalts();
        case "day-turned":
          return recheckAll(names.book, recheck);
        // What is wrong with these is said by a note or a verdict.
        case "engine-started":
        case "journal-cut":
        case "leader-order-reported":
        case "leader-positions-read":
        case "leader-trades-read":
        case "leader-order-lacked":
        case "leader-standing-gone":
        case "leader-forever-fired":
        case "follower-standing-read":
        case "follower-order-lacked":
        case "leader-frame-refused":
        case "follower-positions-read":
        case "follower-funds-read":
        case "margin-quoted":
        case "follower-trades-read":
        case "mirror-opened":
        case "mirrors-put-away":
          return;
        default:
          return unreachable(record);
      }
    },
  };
}

/** Of an order that rests at the follower's broker things are said that decide nothing of what is to be added to it. */
function isDecision(mirror: Mirror, { refuses, keeps }: Pick<VerdictGiven, "refuses" | "keeps">): boolean {
  return refuses !== undefined || keeps !== undefined || !isLive(mirror);
}

const ENDED_BY_STATE: readonly (readonly [string, OrderEnding])[] = Object.entries(VERDICT_ALERTS).flatMap(([code, row]) =>
  row !== "none" && (row.over === "settled" || row.over === "standing" || row.over === "closed") ? [[code, row.over] as const] : [],
);

const ENDED_WORDS: Readonly<Record<OrderEnding, string>> = {
  settled: "it is known what became of the order",
  standing: "the order stands at the exchange, or has been filled",
  closed: "the follower's order is over",
};

function hasEnded(mirror: Mirror, ending: OrderEnding): boolean {
  const last = currentAttempts(mirror);
  switch (ending) {
    case "settled":
      return last.every(({ placing, order }) => placing.state !== "in-doubt" || order !== undefined);
    case "standing":
      return last.length > 0 && last.every(({ order }) => order !== undefined && order.end !== "rejected" && order.confirmed && order.doubt === undefined);
    case "closed":
      return !isLive(mirror);
    default:
      return unreachable(ending);
  }
}

function haltedAccount({ over }: Halt, names: Names): string | undefined {
  switch (over.of) {
    case "all":
      return undefined;
    case "account":
      return accountName(over.account, names);
    case "follower":
    case "copy":
      return accountName(over.follower, names);
    default:
      return unreachable(over);
  }
}

function recheckAll(book: Book, recheck: (mirror: Mirror) => void): void {
  for (const { mirrors } of book.followers.values()) for (const mirror of mirrors.values()) recheck(mirror);
}

function isNoteCode(code: Note["code"]): code is NoteCode {
  return NOTE_CODES.some((known) => known === code);
}
