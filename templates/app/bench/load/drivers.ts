/** Which driver makes which kind of load. */
import type { Driver, MakeDriver, Place } from "./driver.ts";
import { httpDriver } from "./http-driver.ts";
import { idleDriver } from "./idle-driver.ts";
import type { LoadOrder } from "./order.ts";
import { socketDriver } from "./socket-driver.ts";
import type { Tally } from "./tally.ts";

type OrderOf<Kind extends LoadOrder["kind"]> = Extract<LoadOrder, { readonly kind: Kind }>;

const drivers: { readonly [Kind in LoadOrder["kind"]]?: MakeDriver<OrderOf<Kind>> } = {
  http: httpDriver,
  socket: socketDriver,
  idle: idleDriver,
};

export function driverOf(share: LoadOrder, tally: Tally, place: Place): Driver {
  const make = drivers[share.kind] as MakeDriver<LoadOrder> | undefined;
  if (!make) throw new Error(`no driver makes the load "${share.kind}"`);
  return make(share, tally, place);
}
