/** See get-nginx.mjs. Rejects with an error whose `hint` says what to install. */
export declare function getNginx(): Promise<{binary: string; modulePath?: string}>
