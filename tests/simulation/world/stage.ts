/** One session's world: the real engine under virtual time, the exchange, the disk, and the auditor who hears all three. */
import { copiesIn, followerBook, type HoldingKey, leaderBook } from "../../../src/domain/book/book.ts";
import type { OnLeaderFilled, Sizing } from "../../../src/domain/policy.ts";
import { ratio } from "../../../src/domain/ratio.ts";
import { type ForeverLeg, isWaiting } from "../../../src/simulator/exchange/forever-orders.ts";
import type { Listing } from "../../../src/simulator/exchange/listing.ts";
import { averagePrice, type Order } from "../../../src/simulator/exchange/order.ts";
import { seededRandom } from "../../../src/simulator/exchange/random.ts";
import type { SimulatorOptions } from "../../../src/simulator/simulator.ts";
import { CALL, policyOf, tokenOf, type World, world } from "../../world/world.ts";
import { type AtRest, Auditor } from "../auditor/auditor.ts";
import type { Band, Belief, OrderVersion, SuperPlan } from "../auditor/observed.ts";
import type { ProductBelief } from "../auditor/products.ts";
import type { Standing } from "../auditor/standing.ts";
import { Counts } from "../counts.ts";
import { type Cast, type CastCopy, type CastPursuit, castOf, FUNDS_RUPEES } from "../workload/cast.ts";
import { between, pick } from "../workload/draw.ts";
import type { Hours } from "../workload/hours.ts";
import { differenceOf } from "./difference.ts";
import { SimulatedDisk } from "./disk.ts";
import { openMarket } from "./market.ts";
import type { Fate, Medium } from "./medium.ts";
import { Replay } from "./replay.ts";

export interface Stage {
  readonly seed: number;
  readonly cast: Cast;
  readonly world: World;
  readonly disk: SimulatedDisk;
  readonly medium: Medium;
  readonly replay: Replay;
  readonly auditor: Auditor;
  readonly counts: Counts;
}

export async function openStage(seed: number, { start, calendar, reissues }: Hours, medium: Medium, cast = castOf(seed)): Promise<Stage> {
  const counts = new Counts();
  const wires = seededRandom(seed, "wires");
  let elapsed = (): number => 0;
  const windows = { perSecond: cast.perSecond, perMinute: 250, perHour: 1_000 };
  const auditor = new Auditor({
    copies: cast.copies,
    bands: bandsOf(cast),
    windows,
    money: cast.rupees === undefined ? "trusted" : "checked",
    converted: CONVERTED,
    now: () => elapsed(),
  });
  let killed = (_: Fate): void => {};
  const disk = new SimulatedDisk(medium, { durable: (lines) => auditor.durable(lines), cut: (fate) => killed(fate) });
  const made = await world({
    start,
    calendar,
    disk,
    copies: cast.copies.map((copy) =>
      policyOf(copy.id, {
        leader: copy.leader,
        follower: copy.follower,
        sizing: sizingOf(copy),
        orphan: copy.orphan,
        margin: cast.rupees === undefined ? "trust" : "check",
        onLeaderFilled: policyFor(copy.onLeaderFilled),
        amoTime: copy.amoTime,
      }),
    ),
    rates: { ...windows, perDay: 7_000 },
    modificationsPerOrder: cast.modificationsPerOrder,
    ...(cast.band === undefined ? {} : { band: cast.band }),
    // Of a number that is given again the file knows the contract of before alone: nobody tells the freeze quantity of the new one.
    freezeLots: cast.freezeLots === undefined || reissues ? NEVER_REACHED : cast.freezeLots,
    wireMs: () => between(wires, cast.wireMs[0], cast.wireMs[1]),
    simulator: {
      seed,
      ...accountsOf(cast),
      ...(cast.funds === undefined ? {} : { accounts: [...cast.funds].map(([clientId, funds]) => ({ clientId, token: tokenOf(clientId), funds })) }),
      limits: { order: {}, read: { perSecond: 20 }, quote: {} },
      conduct: { exchangeDelayMs: cast.exchangeDelayMs, maxModifications: cast.modificationsPerOrder },
      dialect: cast.dialect,
    },
    tap: {
      sent: (account, { method, path, body }) => {
        auditor.money?.asked(account, path, elapsed());
        if (path.includes("/margincalculator")) return counts.add("margin asked");
        auditor.sent({ account, method, path, body: membersOf(body), at: elapsed() }, disk.isFull);
      },
      arrived: (account, { method, path }, writtenAt) => {
        if (method !== "GET" && !path.includes("/margincalculator")) auditor.wire.arrived(account, { method, path, writtenAt, at: elapsed() });
      },
      answered: (account, { method, path, body }, reply) => {
        if (reply === "reset") return;
        const mark = membersOf(body)["correlationId"];
        auditor.answered(account, { method, path }, { ...reply, mark: typeof mark === "string" ? mark : undefined });
      },
      frame: (account, text) => auditor.frame(account, text),
    },
  });
  elapsed = () => made.time.elapsed();
  killed = (fate) => {
    counts.add(fate === "keep" ? "power cut: batch kept" : fate === "tear" ? "power cut: batch torn" : "power cut: batch dropped");
    if (fate === "keep") counts.add("crash between append and send");
    made.kill();
  };
  made.simulator.exchange.ledger.onChange(({ order }) => auditor.changed(versionOf(made, order)));
  openMarket(seed, made, auditor);
  if (cast.funds !== undefined) moveMoney(seed, cast, made);
  return { seed, cast, world: made, disk, medium, replay: new Replay(), auditor, counts };
}

/** The simulator's own opening cash is more than anybody can spend. */
function accountsOf({ leaders, followers, rupees }: Cast): Pick<SimulatorOptions, "accounts"> | undefined {
  if (rupees === undefined) return undefined;
  const account = (clientId: string) => ({ clientId, token: tokenOf(clientId) });
  return { accounts: [...leaders.map(account), ...followers.map((id) => ({ ...account(id), funds: rupees }))] };
}

function policyFor(pursuit: CastPursuit): OnLeaderFilled {
  if (pursuit.action !== "chase") return pursuit;
  return { action: "chase", afterMs: pursuit.afterMs, maxSlippage: { percent: pursuit.hundredths } };
}

/** Lots: no order of a session is as large. */
const NEVER_REACHED = 1_000;

function sizingOf({ capital, numerator, denominator, rounding, maxLots }: CastCopy): Sizing {
  const bounds = { rounding, ...(maxLots === undefined ? {} : { maxLots }) };
  return capital === undefined
    ? { mode: "ratio", ratio: ratio(numerator, denominator), ...bounds }
    : { mode: "capital", multiplier: ratio(...capital.multiplier), maxRatio: ratio(...capital.maxRatio), ...bounds };
}

/** People pay in and take out while they trade. */
function moveMoney(seed: number, { leaders, followers }: Cast, made: World): void {
  const random = seededRandom(seed, "money");
  for (let times = between(random, 0, 4); times > 0; times -= 1) {
    const clientId = pick(random, [...leaders, ...followers]);
    const rupees = pick(random, FUNDS_RUPEES);
    made.time.after(between(random, 1_000, 120_000), () => made.admin("funds", { clientId, rupees }));
  }
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function bandsOf({ band }: Cast): readonly Band[] {
  if (band === undefined) return [];
  return [{ contract: `${CALL.exchangeSegment}:${CALL.securityId}`, lower: band.lower * 10_000, upper: band.upper * 10_000 }];
}

export function versionOf({ simulator }: Pick<World, "simulator">, order: Order): OrderVersion {
  const { listing, contracted, terms } = order;
  return {
    account: order.clientId,
    orderId: order.orderId,
    correlationId: order.correlationId,
    leg: order.leg?.of === undefined ? undefined : { of: order.leg.of, name: order.leg.leg === "stop" ? "STOP_LOSS_LEG" : "TARGET_LEG" },
    isSuperEntry: order.leg?.leg === "entry",
    holding: holdingOf(listing, contracted.product),
    product: contracted.product,
    lot: listing.lot,
    side: contracted.side,
    type: terms.type,
    validity: terms.validity,
    afterMarket: contracted.afterMarket,
    amoTime: order.amoTime,
    quantity: terms.quantity,
    price: terms.price,
    trigger: terms.triggerPrice,
    filled: order.filled,
    average: averagePrice(order),
    last: simulator.exchange.market.last(listing),
    status: order.status,
    confirmed: order.exchangeOrderId !== undefined,
    createdAt: order.createdAt,
    orderedAt: order.orderedAt,
  };
}

function supersOf({ world: w, cast }: Stage): readonly SuperPlan[] {
  const { exchange, superOrders } = w.simulator;
  return [...cast.leaders, ...cast.followers].flatMap((account) =>
    superOrders.of(account, (id) => exchange.ledger.order(account, id)).map(({ entry, prices }) => ({ account, orderId: entry.orderId, trail: prices.trail })),
  );
}

/** What waits at the leaders' brokers, in the auditor's words. */
function standingOf({ world: w, cast }: Stage): readonly Standing[] {
  const { foreverOrders, conditionalOrders } = w.simulator;
  return cast.leaders.flatMap((account) => [
    ...foreverOrders
      .of(account)
      .filter(({ legs }) => legs.some(isWaiting))
      .map(({ orderId, legs }) => ({ account, key: `forever:${orderId}`, asks: legs.map(legAsks).join(", ") })),
    ...conditionalOrders
      .of(account)
      .filter(({ status }) => status === "ACTIVE")
      .map(({ alertId, orders }) => ({
        account,
        key: `conditional:${alertId}`,
        asks: orders.map(({ terms }) => `${terms.quantity} at ${terms.price}`).join(", "),
      })),
  ]);
}

function legAsks({ name, quantity, price, triggerPrice, status }: ForeverLeg): string {
  const state = status === "CONFIRM" ? "waits" : status === "TRADED" ? "fired" : "over";
  return `${name} ${quantity} at ${price} from ${triggerPrice} ${state}`;
}

/** All of it. */
export function atRestOf(stage: Stage): AtRest {
  return { beliefs: beliefsOf(stage), supers: supersOf(stage), standing: standingOf(stage) };
}
/** Of this one positions are converted from one product to another. */
export const CONVERTED_CONTRACT = { exchangeSegment: "NSE_FNO", securityId: "39651", lot: 75, expiry: "2030-06-25" } as const;
const CONVERTED = `${CONVERTED_CONTRACT.exchangeSegment}:${CONVERTED_CONTRACT.securityId}:${CONVERTED_CONTRACT.expiry}`;

/** As the auditor keeps positions. */
export function holdingOf({ segment, securityId, expiry }: Pick<Listing, "segment" | "securityId" | "expiry">, product: string): string {
  return inAllProducts(`${segment}:${securityId}:${expiry?.slice(0, 10) ?? "-"}:${product}`);
}

/** What is converted is one position, whatever its products; those are judged by themselves. */
function inAllProducts(holding: string): string {
  return holding.startsWith(`${CONVERTED}:`) ? `${CONVERTED}:any` : holding;
}

/** I8: what the fold of the durable journal gives is what the process has in memory. */
export function auditFold({ world: w, disk, replay, auditor }: Stage): void {
  if (!w.isAlive || disk.isFull || w.watch.notReady().includes("the books are not read")) return;
  const replayed = replay.of(disk.reader());
  // An account that somebody asked about has a book, in which nothing stands yet; the next process may not be asked.
  const asked = [...w.book.followers.keys()].filter((id) => !replayed.followers.has(id));
  const askedLeaders = [...w.book.leaders.keys()].filter((id) => !replayed.leaders.has(id));
  for (const id of asked) followerBook(replayed, id);
  for (const id of askedLeaders) leaderBook(replayed, id);
  const difference = differenceOf(replayed, w.book, "the state");
  for (const id of asked) replayed.followers.delete(id);
  for (const id of askedLeaders) replayed.leaders.delete(id);
  if (difference !== undefined) auditor.breaks("I8", `the fold of the journal is not the state in memory: ${difference}`, undefined);
}

/** What the copier has in memory of positions, in the auditor's words. */
function beliefsOf({ world: w, cast }: Stage): readonly Belief[] {
  const found: Belief[] = [];
  const add = (belief: Belief): void => {
    const same = found.findIndex(({ account, of, holding }) => account === belief.account && of === belief.of && holding === belief.holding);
    if (same === -1) found.push(belief);
    else found[same] = { ...belief, net: belief.net + (found[same]?.net ?? 0) };
  };
  for (const account of cast.leaders)
    for (const [key, net] of w.book.leaders.get(account as never)?.positions ?? []) add({ account, of: undefined, holding: inAllProducts(key), net });
  for (const { leader, follower } of cast.copies)
    for (const [key, { net }] of w.book.followers.get(follower as never)?.ledgers.get(leader as never) ?? [])
      add({ account: follower, of: leader, holding: inAllProducts(key), net });
  return found;
}

/** And where it believes the followers to hold what is converted. */
export function productBeliefsOf({ world: w, cast }: Stage): readonly ProductBelief[] {
  return cast.followers.flatMap((account) => {
    const book = w.book.followers.get(account as never);
    if (book === undefined) return [];
    const copies = copiesIn(book);
    return ["INTRADAY", "MARGIN"].map((product) => {
      const key = `${CONVERTED}:${product}` as HoldingKey;
      return { account, product, net: (copies.get(key) ?? 0) + (book.owners.get(key) ?? 0) };
    });
  });
}

/** Accounts of which it was told that they hold one contract on both sides. */
export function toldCrossed({ world: w }: Stage): ReadonlySet<string> {
  return new Set(w.notes.flatMap(({ code, account }) => (code === "POSITION_CROSSED" && account !== undefined ? [account] : [])));
}
