/** See get-haproxy.mjs. Fetches nothing without `limit`, milliseconds. Never rejects. */
export declare function getHaproxy(options?: {
  readonly limit?: number
}): Promise<{readonly binary: string} | {readonly reason: string}>
