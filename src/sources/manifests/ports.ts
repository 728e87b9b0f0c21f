/** What a port number and a protocol may be. */
export const PORT_NUMBERS = {from: 1, to: 65_535}

/** Zero is how the API says "none" where a port is optional. */
export const OPTIONAL_PORT_NUMBERS = {from: 0, to: 65_535}

export const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
