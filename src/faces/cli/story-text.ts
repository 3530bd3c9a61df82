/** A story for people: what happened, in order, with India's times; copy by copy. */
import { unreachable } from "../../domain/assert.ts";
import type { ClientId } from "../../domain/identity.ts";
import type { Contract } from "../../domain/instrument.ts";
import type { Attempt } from "../../domain/mirror/attempt.ts";
import type { Role } from "../../domain/mirror/mirror.ts";
import { priceText } from "../../domain/money.ts";
import type { KnownOrder } from "../../domain/order/known.ts";
import { EXIT_LEGS } from "../../domain/order/plan.ts";
import { stateOf } from "../../domain/order/status.ts";
import type { BookRecord, LookAnswered, MirrorOpened, Stages } from "../../domain/records.ts";
import { tradingDay } from "../../domain/time.ts";
import type { CopyStory, Story, StoryOrder } from "../../engine/views/story.ts";
import { kolkataClock } from "../kolkata-time.ts";
import { answerWords } from "../log/record-line.ts";
import { cancelWords, changeWords, legWords, orderWords, reportWords, termsWords } from "../order-words.ts";
import { comparisonWords, fillLines, tradesWords } from "./fills-text.ts";

/** What the configuration calls an account. */
export type AccountNames = (client: ClientId) => string;

export function storyText(story: Story, names: AccountNames): string {
  const contract = contractOf(story);
  return [
    `Order ${story.order} of ${names(story.leader)}: ${story.known === undefined ? "nothing of it was understood" : knownWords({ ...story.known, contract })}`,
    "Times are India's.",
    "",
    `Seen at the leader, ${names(story.leader)}`,
    ...timeline(story.seen, contract),
    ...fillLines(story.fills).map((line) => `  ${line}`),
    ...story.copies.flatMap((copy) => ["", ...copyLines(copy, contract, names)]),
    ...(story.copies.length === 0 ? ["", "It was in no copy: the broker had not shown it pending or traded, or no copy was enabled."] : []),
    "",
  ].join("\n");
}

/** The frames name it, and the instrument file; a book does not. All of a story is in one contract. */
function contractOf({ known, copies }: Story): Contract | undefined {
  const opened = copies.flatMap(({ records }) => records).find((record) => record.type === "mirror-opened");
  return known?.contract ?? opened?.contract;
}

function copyLines(
  { copy, follower, records, requests, orders, comparison }: CopyStory,
  contract: Contract | undefined,
  names: AccountNames,
): readonly string[] {
  const unanswered = requests.filter(({ answer }) => answer === undefined).length;
  return [
    `Copy ${copy}, follower ${names(follower)}`,
    ...timeline(records, contract),
    ...(unanswered === 0 ? [] : [`  of its requests ${unanswered} without a recorded answer`]),
    ...(orders.length === 0 ? ["  In the end: no order was sent"] : orders.flatMap(orderLines)),
    ...(comparison === undefined ? [] : [`  Against the leader: ${comparisonWords(comparison)}`]),
  ];
}

function orderLines(order: StoryOrder): readonly string[] {
  return [`  In the end: ${orderEndWords(order)}`, ...fillLines(order.fills).map((line) => `    ${line}`)];
}

/** A line for each record, under the day on which it was made. */
function timeline(records: readonly BookRecord[], contract: Contract | undefined): readonly string[] {
  let day = "";
  return records.flatMap((record) => {
    const words = record.type === "look-answered" ? lookWords(record, records) : recordWords(record, contract);
    if (words === undefined) return [];
    const today = tradingDay(record.at);
    const heading = today === day ? [] : [`  ${today}`];
    day = today;
    return [...heading, `    ${kolkataClock(record.at)}  ${words.what.padEnd(9)}  ${words.said}`];
  });
}

interface RecordWords {
  readonly what: string;
  readonly said: string;
}

/** Of a forever order the account's list of those is read, in which nothing bears our mark. */
function lookWords({ mirror, attempt, answer }: LookAnswered, records: readonly BookRecord[]): RecordWords {
  const isForever = records.some((one) => one.type === "placement-intended" && one.mirror === mirror && one.attempt === attempt && one.forever === true);
  const where = isForever ? "in the account's list of forever orders" : "by its correlation id and in the book";
  return { what: "looked", said: `for the order in doubt, ${where}: ${answer}` };
}

function recordWords(record: Exclude<BookRecord, LookAnswered>, contract: Contract | undefined): RecordWords | undefined {
  switch (record.type) {
    case "leader-order-reported":
    case "follower-order-reported":
      return { what: record.report.source.kind === "frame" ? "stream" : "book", said: reportWords(record.report, contract) };
    case "leader-trades-read":
    case "follower-trades-read":
      return { what: "trades", said: `order ${record.order} in the trade book, ${tradesWords(record.trades)}` };
    case "leader-order-lacked":
    case "follower-order-lacked":
      return { what: "book", said: `order ${record.order}, made after market on an earlier day, is in no book of today: it is over` };
    case "leader-forever-fired":
    case "follower-forever-fired":
      return { what: "fired", said: `forever order ${record.order}: order ${record.by} was sent for it` };
    case "leader-frame-refused":
      return { what: "refused", said: `${record.code}: ${record.sentence}` };
    case "order-adopted":
      return { what: "adopted", said: `order ${record.report.orderId} bears our mark: ${reportWords(record.report, contract)}` };
    case "mirror-opened":
      return { what: "taken up", said: openedWords(record) };
    case "verdict-given":
      return { what: "decided", said: `${record.verdict.code}: ${record.verdict.sentence}` };
    case "placement-intended":
      return {
        what: "sending",
        said: [
          record.forever === true ? "a forever order" : "a placement",
          termsWords(record.terms),
          ...(record.product === undefined ? [] : [`in ${record.product}`]),
          ...legWords(record.legs),
          `correlation id ${record.correlationId}`,
        ].join(", "),
      };
    case "modification-intended":
      return { what: "sending", said: `a change of order ${record.orderId} to ${changeWords(record)}` };
    case "cancel-intended":
      return { what: "sending", said: `a cancel of ${cancelWords(record)}` };
    case "request-answered":
      return { what: "answered", said: `${answerWords(record)}${stagesWords(record.stages)}` };
    case "engine-started":
    case "day-turned":
    case "journal-cut":
    case "operator-halted":
    case "operator-resumed":
    case "entries-halted":
    case "leader-positions-read":
    case "leader-standing-reported":
    case "leader-standing-gone":
    case "follower-standing-read":
    case "follower-positions-read":
    case "follower-funds-read":
    case "margin-quoted":
    case "mirrors-put-away":
      return undefined;
    default:
      return unreachable(record);
  }
}

function openedWords({ role, contracted, contract, instrument, scale, late }: MirrorOpened): string {
  const name = contract?.displayName ?? `${instrument.segment} ${instrument.securityId}`;
  const factor = scale.ratio.numerator / scale.ratio.denominator;
  const sized = role.role === "closing" || role.role === "orphan" ? "" : `, at ratio ${Number(factor.toFixed(6))}, rounding ${scale.rounding}`;
  return `${contracted.side} ${name} ${contracted.product}, ${roleWords(role)}${sized}${late ? ", older than the start" : ""}`;
}

function roleWords(role: Role): string {
  switch (role.role) {
    case "entry":
      return "an entry";
    case "exit":
      return `an exit from ${role.exit.leaderPosition} units of the leader's, of which ${role.exit.held} are copied here`;
    case "reverse":
      return `an exit from ${role.exit.leaderPosition} units of the leader's, of which ${role.exit.held} are copied here, and an entry for the rest`;
    case "closing":
      return `an order of our own that closes ${role.units} units`;
    case "orphan":
      return `an order of our own that exits ${role.units} units too much of an order that the leader ended`;
    default:
      return unreachable(role);
  }
}

function stagesWords(stages: Stages | undefined): string {
  if (stages === undefined) return "";
  const { decidedMs, journalledMs, wireMs, answeredMs } = stages;
  const parts = [
    ...(decidedMs === undefined ? [] : [`decided ${ms(decidedMs)}`]),
    `journalled ${ms(journalledMs)}`,
    ...(wireMs === undefined ? [] : [`on the wire ${ms(wireMs)}`]),
    `answered ${ms(answeredMs)}`,
  ];
  return ` (${parts.join(", ")})`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function knownWords(known: KnownOrder): string {
  return `${orderWords(known)}, ${stateOf(known)}${filledWords(known)}`;
}

function orderEndWords({ attempt, adopted }: StoryOrder): string {
  const { orderId, order, placing, terms } = attempt;
  const state = order === undefined ? `placement ${placing.state}` : `${stateOf(order)}${filledWords(order)}`;
  return `order ${orderId ?? attempt.correlationId}${adopted ? " (adopted)" : ""}, ${termsWords(terms)}: ${state}${reasonWords(order)}${legEnds(attempt)}`;
}

/** `; its target: filled, 75 of 75 filled at 135.00; its stop: cancelled` */
function legEnds({ legs }: Attempt): string {
  return EXIT_LEGS.flatMap((leg) => {
    const order = legs?.orders[leg];
    return order === undefined ? [] : `; its ${leg}: ${stateOf(order)}${filledWords(order)}`;
  }).join("");
}

function filledWords({ filled, averagePrice, terms }: KnownOrder): string {
  return filled === 0 ? "" : `, ${filled} of ${terms.quantity} filled at ${priceText(averagePrice)}`;
}

function reasonWords(order: KnownOrder | undefined): string {
  return order?.end === "rejected" && order.reason !== "" ? `, ${order.reason}` : "";
}
