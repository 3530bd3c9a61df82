/**
 * The trading floor: plays the steps of a script at the simulated broker, as the leader at his terminal and as the exchange. It acts in
 * the simulator's own process, past its wire, as `/admin` does; the copier sees none of it but through its sockets.
 */
import { unreachable } from "../../domain/assert.ts";
import { correlationStem } from "../../domain/correlation.ts";
import { orderId } from "../../domain/identity.ts";
import { tradingDay } from "../../domain/time.ts";
import { changeToken, type Done, holdInTransit, setFunds } from "../../simulator/admin/accounts.ts";
import { setDialect, setPrice } from "../../simulator/admin/market.ts";
import { cancelAsOwner, endOrder, fillOrder, modifyAsOwner, placeAsOwner, rejectOrder } from "../../simulator/admin/orders.ts";
import { removeFaults } from "../../simulator/admin/trouble.ts";
import type { Answer } from "../../simulator/exchange/exchange.ts";
import { isFinal, type Order } from "../../simulator/exchange/order.ts";
import type { Simulator } from "../../simulator/simulator.ts";
import { CLIENT_IDS, type Follower, LEADER, type Player } from "./players.ts";
import type { LeaderChange, LeaderOrder, OrderName, Step } from "./step.ts";
