/**
 * Turns what the copier recorded into lines that a person can follow. It knows nothing but the records, as they come: the same that
 * `explain` reads from the journal later.
 */
import { unreachable } from "../../../domain/assert.ts";
import type { ClientId, OrderId } from "../../../domain/identity.ts";
import { type InstrumentKey, instrumentText } from "../../../domain/instrument.ts";
import type { MirrorKey } from "../../../domain/mirror/mirror.ts";
import type { OrderReport } from "../../../domain/order/report.ts";
import type { Terms } from "../../../domain/order/terms.ts";
import { NONE } from "../../../domain/quantity.ts";
import type { BookRecord, LookAnswered, MirrorOpened, RequestAnswered } from "../../../domain/records.ts";
import type { UnixMs } from "../../../domain/time.ts";
import type { Verdict } from "../../../domain/verdict.ts";
import { FOLLOWERS, playerOf } from "../players.ts";
import { Lags } from "./lags.ts";
import type { Line } from "./line.ts";
import { type News, orderNews, withoutPrefix } from "./order-news.ts";
import { sideVerb, sizeWords, termsWords } from "./order-words.ts";
import { emptyTally, type Tally } from "./tally.ts";
import { TONE_WORDS, VERDICT_TONES } from "./verdict-tone.ts";

/** A request that was meant, until its answer. */
interface Intent {
  readonly at: UnixMs;
  readonly terms: Terms | undefined;
}

interface KnownContract {
  readonly name: string;
  readonly lot: number;
}

const QUIET: readonly Line[] = [];

export class Narrator {
  readonly tally: Tally = emptyTally();
  readonly lags = new Lags();
  readonly #reports = new Map<OrderId, OrderReport>();
  readonly #contracts = new Map<string, KnownContract>();
  readonly #mirrors = new Map<MirrorKey, MirrorOpened>();
  readonly #sums = new Map<MirrorKey, string>();
  readonly #leaderHeardAt = new Map<OrderId, UnixMs>();
  readonly #intents = new Map<string, Intent>();
  readonly #cancelled = new Set<OrderId>();

  tell(record: BookRecord): readonly Line[] {
    switch (record.type) {
      case "leader-order-reported":
        return this.#leaderReported(record.leader, record.report, record.at);
      case "follower-order-reported":
      case "order-adopted":
        return this.#followerReported(record.follower, record.report, record.at);
      case "mirror-opened":
        this.#mirrors.set(record.mirror, record);
        return QUIET;
      case "placement-intended":
      case "modification-intended":
        this.#intents.set(intentKey(record), { at: record.at, terms: record.terms });
        return QUIET;
      case "cancel-intended":
        this.#intents.set(intentKey(record), { at: record.at, terms: undefined });
        this.#cancelled.add(record.orderId);
        return QUIET;
      case "request-answered":
        return this.#answered(record);
      case "look-answered":
        return this.#looked(record);
      case "verdict-given":
        return this.#judged(record.follower, record.mirror, record.verdict, record.at);
      case "entries-halted":
        return [{ at: record.at, who: nameOf(record.follower), what: "halted", size: "", lagMs: undefined, text: record.why, tone: "trouble" }];
      case "leader-frame-refused":
        return [{ at: record.at, who: nameOf(record.leader), what: "not read", size: "", lagMs: undefined, text: record.sentence, tone: "trouble" }];
      case "engine-started":
      case "day-turned":
      case "journal-cut":
      case "operator-halted":
      case "operator-resumed":
      case "leader-positions-read":
      case "leader-trades-read":
      case "leader-order-lacked":
      case "leader-standing-reported":
      case "leader-standing-gone":
      case "leader-forever-fired":
      case "follower-forever-fired":
      case "follower-standing-read":
      case "follower-order-lacked":
      case "follower-positions-read":
      case "follower-funds-read":
      case "margin-quoted":
      case "follower-trades-read":
      case "mirrors-put-away":
        return QUIET;
      default:
        return unreachable(record);
    }
  }

  #leaderReported(leader: ClientId, report: OrderReport, at: UnixMs): readonly Line[] {
    // What a book told was not heard when it happened, so nothing can be late after it.
    if (report.source.kind === "frame") this.#leaderHeardAt.set(report.orderId, at);
    else this.#leaderHeardAt.delete(report.orderId);
    const news = this.#news(report);
    if (news === undefined) return QUIET;
    if (news.about === "new") this.tally.orders += 1;
    return [lineOf(nameOf(leader), news, at)];
  }

  /** Fills, and ends that nobody asked for; the rest is said by the request's own line, or by the verdict. */
  #followerReported(follower: ClientId, report: OrderReport, at: UnixMs): readonly Line[] {
    const before = this.#reports.get(report.orderId);
    const news = this.#news(report, before ?? { ...report, filled: NONE, status: "PENDING" });
    if (news?.about === "fill") this.tally.fills += 1;
    const isTold = news?.about === "end" && (report.status === "REJECTED" || this.#cancelled.has(report.orderId));
    if (news === undefined || news.about === "change" || isTold) return QUIET;
    return [lineOf(nameOf(follower), news, at)];
  }

  #news(report: OrderReport, before: OrderReport | undefined = this.#reports.get(report.orderId)): News | undefined {
    this.#reports.set(report.orderId, report);
    if (report.contract !== undefined) this.#contracts.set(instrumentText(report.instrument), { name: report.contract.displayName, lot: report.contract.lot });
    return orderNews(before, report, this.#contract(report.instrument));
  }

  #contract(instrument: InstrumentKey): KnownContract {
    return this.#contracts.get(instrumentText(instrument)) ?? { name: `${instrument.segment} ${instrument.securityId}`, lot: 1 };
  }

  #answered(record: RequestAnswered): readonly Line[] {
    const opened = this.#mirrors.get(record.mirror);
    const intent = this.#intents.get(intentKey(record));
    if (opened === undefined || intent === undefined) return QUIET;
    const { at, follower, request, result } = record;
    const about = {
      at,
      who: nameOf(follower),
      size: intent.terms === undefined ? "" : sizeWords(intent.terms.quantity, this.#contract(opened.instrument).lot),
    };
    switch (result.outcome) {
      case "accepted":
        return [{ ...about, ...this.#accepted(record, opened, intent), tone: "calm" }];
      case "refused":
        return [{ ...about, what: "refused", lagMs: undefined, text: `the ${request}: ${withoutPrefix(result.refusal.brokerSaid)}`, tone: "refused" }];
      case "not-sent":
        return [{ ...about, what: "not sent", lagMs: undefined, text: `the ${request}: ${result.cause}`, tone: "trouble" }];
      case "unknown":
        return [
          {
            ...about,
            what: "no answer",
            lagMs: undefined,
            text: `to the ${request} (${result.because}): the books are read before anything is sent again`,
            tone: "trouble",
          },
        ];
      default:
        return unreachable(result);
    }
  }

  #accepted(record: RequestAnswered, opened: MirrorOpened, intent: Intent): Pick<Line, "what" | "lagMs" | "text"> {
    const lagMs = this.#lag(record, opened, intent);
    const terms = intent.terms === undefined ? "" : termsWords(intent.terms);
    switch (record.request) {
      case "placement": {
        this.tally.copies += 1;
        const sum = this.#sums.get(record.mirror);
        return { what: sideVerb(opened.contracted.side), lagMs, text: sum === undefined || record.attempt > 0 ? terms : `${terms} (${sum})` };
      }
      case "modification":
        this.tally.changes += 1;
        return { what: "changes", lagMs, text: terms };
      case "cancel":
        this.tally.cancels += 1;
        return { what: "cancels", lagMs, text: "" };
      default:
        return unreachable(record.request);
    }
  }

  /** From the leader's frame to the first byte of the request. What was not an answer to a frame, as the cancel of an alternative, has none. */
  #lag({ attempt, follower, request, stages }: RequestAnswered, opened: MirrorOpened, intent: Intent): number | undefined {
    const heardAt = this.#leaderHeardAt.get(opened.cause);
    const isDirect = stages?.decidedMs !== undefined;
    if (stages === undefined || stages.wireMs === undefined || heardAt === undefined || !(isDirect || (request === "placement" && attempt === 0)))
      return undefined;
    // What had to wait for a slot of the order budget was decided later: then the records' own times tell.
    const lagMs = (stages.decidedMs ?? intent.at - heardAt) + stages.journalledMs + stages.wireMs;
    const name = FOLLOWERS.find((one) => one === playerOf(follower));
    if (name !== undefined) this.lags.add(name, lagMs);
    return lagMs;
  }

  #looked({ answer, at, follower }: LookAnswered): readonly Line[] {
    if (answer === "failed") return QUIET;
    const text =
      answer === "found"
        ? "an order without an answer stands in the broker's book: it is taken on, and not sent again"
        : "an order without an answer is not in the broker's book, for now";
    return [{ at, who: nameOf(follower), what: "looks", size: "", lagMs: undefined, text, tone: "trouble" }];
  }

  #judged(follower: ClientId, mirror: MirrorKey, { code, sentence }: Verdict, at: UnixMs): readonly Line[] {
    if (code === "COPIED") this.#sums.set(mirror, sentence);
    const tone = VERDICT_TONES[code];
    if (tone === "refused") this.tally.refusals += 1;
    return tone === "quiet" ? QUIET : [{ at, who: nameOf(follower), what: TONE_WORDS[tone], size: "", lagMs: undefined, text: withoutPrefix(sentence), tone }];
  }
}

function lineOf(who: string, { what, size, text, tone }: News, at: UnixMs): Line {
  return { at, who, what, size, lagMs: undefined, text, tone };
}

function nameOf(client: ClientId): string {
  return playerOf(client) ?? client;
}

function intentKey(record: { readonly type: string; readonly mirror: MirrorKey; readonly attempt: number; readonly request?: string }): string {
  return `${record.mirror}/${record.attempt}/${record.request ?? record.type.replace("-intended", "")}`;
}
