export type HaPrograms = {readonly keepalived: string; readonly bird: string}

/** See get-ha.mjs. Fetches nothing without `limit`, milliseconds. Never rejects. */
export declare function getHa(options?: {
  readonly limit?: number
}): Promise<HaPrograms | {readonly reason: string}>
