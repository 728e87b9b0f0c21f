type Nginx = {readonly binary: string; readonly modulePath?: string}

/** See get-nginx.mjs. Rejects with an error whose `hint` says what to install. */
export declare function getNginx(): Promise<Nginx>

/** See get-nginx.mjs. Fetches nothing without `limit`, milliseconds. Never rejects. */
export declare function nginxOf(
  suite: string,
  options?: {readonly limit?: number},
): Promise<Nginx | {readonly reason: string}>
