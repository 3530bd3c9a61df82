/** A mirror for tests to begin from: Arjun copies an order of Meera's at half, nothing is sent yet. */
import { correlationStem } from "../correlation.ts";
import { clientId, copyId, orderId } from "../identity.ts";
import { BUY, CONTRACT, OPTION, second } from "../order/example.ts";
import { NONE } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import { tradingDay } from "../time.ts";
import { type Mirror, mirrorKey } from "./mirror.ts";

const LEADER = clientId("1000000001");
const FOLLOWER = clientId("1000000002");
const CAUSE = orderId("112611200001");

export const MIRROR: Mirror = {
  key: mirrorKey({ leader: LEADER, follower: FOLLOWER, cause: CAUSE }),
  copy: copyId("meera-arjun"),
  leader: LEADER,
  follower: FOLLOWER,
  cause: CAUSE,
  stem: correlationStem({ leader: LEADER, cause: CAUSE, day: tradingDay(second(0)), follower: FOLLOWER }),
  openedAt: second(0),
  instrument: OPTION,
  contracted: BUY,
  contract: CONTRACT,
  contradiction: undefined,
  scale: { ratio: ratio(1, 2), rounding: "down", minLots: undefined, maxLots: undefined },
  role: { role: "entry" },
  late: false,
  isCut: false,
  withdrawals: [],
  takenAhead: NONE,
  lateGone: NONE,
  orphanExits: [],
  due: undefined,
  exitFilled: NONE,
  attempts: [],
  verdicts: [],
  refusedFor: undefined,
  keptFor: undefined,
};
