// Guests: Probot apps that run as plugins, each in a process of its own.
import type { RepoRef } from "../model/github.ts";

/** An app as plugins.yaml names it. */
export interface Guest {
  name: string;
  /** `probot`: a path from plugins.yaml's directory, or a package that is found from there. */
  probot: string;
  /** Names of variables of our environment that it may have. */
  env?: readonly string[];
}

/** A webhook delivery, its payload as text. */
export interface GuestDelivery {
  guid: string;
  event: string;
  body: string;
}

export interface Guests {
  /**
   * Resolves when the app has dealt with it. Rejects with GuestError when the app cannot (error.ts), with an
   * AggregateError of what its handlers threw otherwise; a failure of GitHub's among them has its `status`.
   */
  receive(guest: Guest, delivery: GuestDelivery, repo: RepoRef): Promise<void>;
  /** Ends all of them. */
  close(): Promise<void>;
}
