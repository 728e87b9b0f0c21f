/** Valid port numbers and protocols. */
export const PORT_NUMBERS = {from: 1, to: 65_535}

/** In an optional field of the API, 0 means "not set". */
export const OPTIONAL_PORT_NUMBERS = {from: 0, to: 65_535}

export const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
