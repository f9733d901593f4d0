// Who is at work: carried along through whatever it starts, so that what it asks of others can be told and ordered.
import { AsyncLocalStorage } from "node:async_hooks";

export interface Caller {
  /** A plugin or a part of a component. */
  name: string;
  /** Looks through everything now and then: it lets others go first. */
  scan?: boolean;
}

const current = new AsyncLocalStorage<Caller>();

export const calling = <T>(caller: Caller, work: () => T): T => current.run(caller, work);

export const caller = (): Caller | undefined => current.getStore();
