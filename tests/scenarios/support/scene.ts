/**
 * One row of docs/scenarios.md on a stage that the rows of a file share: each row has a contract of its own, so that positions do
 * not mix, and sees every order call that reached the follower's broker since it began, whatever it was about.
 */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import type { ExplainedOrder } from "../../processes/support/explained-order.ts";
import { type Stage, type StageOptions, setStage } from "../../processes/support/stage.ts";
import { untilStartSecondIsOver } from "../../processes/support/start-second.ts";
import type { OrderCall, OrderRow, TradersOrder } from "../../processes/support/trader.ts";
import { until } from "../../processes/support/until.ts";

/** NIFTY options with lot 75. */
const CONTRACTS = ["37810", "39630", "39631", "50547", "50548", "50978", "50979", "58646", "58647", "58648", "58649", "60849", "60850", "71501", "71502"];
/** The contract of the orders that tell how far the copier has come. */
const MARKER = "37806";
/** After a later order's copy has arrived, for what a wrong copier would still send. Answers and reports are gathered for 3 ms. */
const QUIET_MS = 200;
/** One read of a doubtful order may follow a frame by a second (R1): what would come of it fails the next row, or the end of the file. */
const LAST_READS_MS = 1_200;

export interface Scene extends Pick<Stage, "broker" | "configuration" | "copier" | "leader" | "follower"> {
  /** Security id, segment NSE_FNO. */
  readonly contract: string;
  /** The leader places an order in the contract: to buy, LIMIT at 120.50, 150 units, unless told otherwise. Answers its number. */
  leads(order?: TradersOrder): Promise<string>;
  /** The follower's newest order in the contract, as soon as it stands so in the broker's book. */
  copyIs(status: string): Promise<OrderRow>;
  /** The same, and the copier has been told so: what the leader does next is done to an order that is known to stand so. */
  copyIsKnown(status: string): Promise<OrderRow>;
  /** Both buy and are filled: leader 150, follower 75. The calls of the row count from here. */
  bothHold(): Promise<void>;
  /**
   * Every order call of the row, when all is quiet: the copy of an order that the leader placed after all else has arrived, and
   * nothing else for 200 ms more.
   */
  calls(): Promise<readonly OrderCall[]>;
  /** What `lockstep explain --json` says: of the order itself, and of its one copy. */
  explains(order: string): Promise<{ readonly story: ExplainedOrder; readonly copy: ExplainedOrder["copies"][number]; readonly codes: readonly string[] }>;
}

/** A stage for the rows of a file, or of one `describe`; answers how each row enters it. A call after the end of its row fails the next. */
export function sharedStage(options: StageOptions = {}): () => Promise<Scene> {
  let stage: Stage | undefined;
  let rows = 0;
  /** How many calls there were when the row before had been judged; undefined while one plays, or when it failed. */
  let judged: number | undefined;

  const orderCalls = async (on: Stage): Promise<readonly OrderCall[]> => (await on.follower.orderCalls()).filter((call) => !isMarker(call));

  async function expectNoLateCall(on: Stage): Promise<number> {
    const calls = await orderCalls(on);
    const late = judged === undefined ? [] : calls.slice(judged);
    judged = undefined;
    if (late.length > 0) throw new Error(`calls came after their row had been judged: ${JSON.stringify(late)}`);
    return calls.length;
  }

  beforeAll(async () => {
    // No row is about a request that is not answered: one that a busy machine keeps waiting is not to look like it.
    // The rows follow one another within a second, each in a contract of its own, and are no legs of one another.
    stage = await setStage({ dhan: { requestTimeout: "5s" }, ...options, copy: { basket: { window: "0s" }, ...options.copy } });
    // Of two orders the first could count as older than the start, and wait for its proof, while the second is copied at once.
    await untilStartSecondIsOver(stage.copier);
  }, 30_000);

  afterAll(async () => {
    if (stage === undefined) return;
    await using ending = stage;
    await pause(LAST_READS_MS);
    await expectNoLateCall(ending);
  }, 30_000);

  return async () => {
    const contract = CONTRACTS[rows++];
    if (stage === undefined || contract === undefined) throw new Error("the stage is not set, or has no contract left");
    const on = stage;
    const { broker, configuration, copier, leader, follower } = on;
    let first = await expectNoLateCall(on);
    const scene: Scene = {
      broker,
      configuration,
      copier,
      leader,
      follower,
      contract,
      leads: (order = {}) => leader.places({ securityId: contract, quantity: 150, ...order }),
      copyIs: (status) =>
        until(`the follower's order in ${contract} is ${status}`, async () => {
          const newest = (await follower.orders()).filter((row) => row.securityId === contract).at(-1);
          return newest?.orderStatus === status ? newest : undefined;
        }),
      copyIsKnown: async (status) => {
        const copy = await scene.copyIs(status);
        const about = { code: "FOLLOWER_ORDER", followerOrder: copy.orderId };
        await until(`the copier knows that order ${copy.orderId} is ${status}`, () => copier.lines(about).some(({ message }) => message.startsWith(status)));
        return copy;
      },
      bothHold: async () => {
        const entry = await scene.leads();
        const copy = await scene.copyIs("PENDING");
        await leader.isFilled(entry);
        await follower.isFilled(copy.orderId);
        await copier.tells({ code: "FILLED", order: entry });
        const entries = (await orderCalls(on)).slice(first);
        if (entries.length !== 1) throw new Error(`one call was to lead to the holding, and not ${JSON.stringify(entries)}`);
        first += 1;
      },
      calls: async () => {
        await markerArrives(on);
        await pause(QUIET_MS);
        const calls = await orderCalls(on);
        judged = calls.length;
        return calls.slice(first);
      },
      explains: async (order) => {
        const story = await copier.explains(order);
        const [copy, ...others] = story.copies;
        if (copy === undefined || others.length > 0) throw new Error(`order ${order} is in ${story.copies.length} copies`);
        return { story, copy, codes: copy.verdicts.map(({ code }) => code) };
      },
    };
    return scene;
  };
}

/** The leader places one more order, and its copy reaches the broker: everything before it has been read and decided by then. */
async function markerArrives({ leader, follower }: Stage): Promise<void> {
  const markers = async (): Promise<number> => (await follower.orderCalls()).filter(isMarker).length;
  const before = await markers();
  await leader.places({ securityId: MARKER, quantity: 150, price: 50 });
  await until("the copy of a later order has reached the broker", async () => (await markers()) > before);
}

function isMarker({ body }: OrderCall): boolean {
  return body["securityId"] === MARKER;
}
